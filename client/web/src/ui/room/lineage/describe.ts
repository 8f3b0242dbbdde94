import type { LineageNode } from '../../app/services'
import { workText } from '../queue/wording'
import type { Media } from '../results/media'

/** How an asset came about: “Upload”, “Picture”, “Variation”. */
export function originText(node: LineageNode): string {
  if (node.uploaded || (!node.job && !node.transform)) return 'Upload'
  return workText(node)
}

export function mediaOfNode(node: LineageNode): Media {
  return {
    kind: node.kind,
    asset: node.asset,
    thumb: node.thumb ?? (node.kind === 'image' ? node.asset : ''),
    placeholder: node.placeholder ?? '',
    width: node.width ?? 0,
    height: node.height ?? 0,
    length: (node.duration_ms ?? 0) / 1000,
    words: node.text ?? '',
    title: '',
    prompt: node.prompt ?? '',
    alt: '',
    record: node.record,
    job: node.job,
    index: node.index ?? 0,
  }
}

/** Where it stands to the asset that was asked for. */
export function standText({ depth }: LineageNode): string {
  if (depth === 0) return 'This'
  const steps = Math.abs(depth)
  const far = steps === 1 ? '1 step' : `${steps} steps`
  return depth < 0 ? `${far} before` : `${far} after`
}
