import type { JobRequest, Place, Step, Sweep } from '../../../protocol/types'
import type { CanvasRecord } from '../../../store/api'
import { boxOf } from '../canvas/geometry'
import type { ModelChoice } from '../providers'
import type { Media } from '../results/media'
import { arranged } from './fitting'

const gap = 48
const usualWidth = 320

/** What is to be made of sources. */
export interface Wish {
  transform: string
  kind: string
  model: ModelChoice
  prompt: string
  count?: number
  sweep?: Sweep
  seed?: number
  /** Asset id of the mask. */
  mask?: string
  /** A chain that goes on from it. */
  steps?: Step[]
}

/** To the right of the record that shows the source; without one where the canvas begins. */
export function placeBeside(record: CanvasRecord | undefined): Place {
  if (!record) return { x: 0, y: 0, w: usualWidth }
  const { x, y, w } = boxOf(record)
  const wide = record.kind === 'image' || record.kind === 'video' ? w : usualWidth
  return { x: x + w + gap, y, w: wide, source: record.id }
}

export function remixRequest(sources: readonly Media[], wish: Wish, place: Place): Omit<JobRequest, 'id'> {
  const inputs = arranged(wish.model.inputs, wish.transform, sources) ?? sources
  const request: Omit<JobRequest, 'id'> = {
    kind: wish.kind,
    transform: wish.transform,
    provider: wish.model.provider,
    model: wish.model.model,
    prompt: wish.prompt.trim(),
    inputs: inputs.map(({ asset }) => asset),
    place,
  }
  const params = shapeOf(sources[0], wish)
  if (params) request.params = params
  if (wish.sweep) request.sweep = wish.sweep
  else if (wish.count && wish.count > 1) request.count = wish.count
  if (wish.seed && wish.seed > 0) request.seed = Math.round(wish.seed)
  if (wish.mask) request.mask = wish.mask
  return wish.steps ? chained(request, wish.steps) : request
}

/** A request with the steps that go on from its results. */
export function chained(request: Omit<JobRequest, 'id'>, steps: Step[]): Omit<JobRequest, 'id'> {
  // biome-ignore lint/suspicious/noThenProperty: the wire calls it so, and nothing awaits a request
  return { ...request, then: steps }
}

const keepsShape = new Set(['variation', 'edit'])

/** A variation or an edit of a picture has its size, where a picture may be that large. */
function shapeOf(source: Media | undefined, { transform }: Wish): Record<string, unknown> | undefined {
  if (source?.kind !== 'image' || !keepsShape.has(transform)) return undefined
  const { width, height } = source
  return width >= 64 && height >= 64 && width <= 2048 && height <= 2048 ? { width, height } : undefined
}
