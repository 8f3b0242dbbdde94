import type { ModelChoice } from '../providers'

/** Inputs as a model wants them, as docs/http.md tells it. */
export type Wanted = ModelChoice['inputs']

const anyKind = 'any'

/** The sources in the order in which a model takes them; undefined when it cannot work from just these. */
export function arranged<T extends { kind: string }>(
  { kinds = [], least = 0 }: Wanted,
  transform: string,
  sources: readonly T[],
): T[] | undefined {
  const needed = transform === 'generate' ? 0 : least
  if (sources.length < needed) return undefined
  if (sources.length === 0) return []
  if (kinds.length === 0) return undefined
  const left = [...sources]
  const order: T[] = []
  for (let i = 0; i < sources.length; i++) {
    const want = kinds[Math.min(i, kinds.length - 1)]
    const at = left.findIndex(({ kind }) => want === anyKind || want === kind)
    if (at < 0) return undefined
    order.push(...left.splice(at, 1))
  }
  return order
}

/** The transform by which a prompt uses a model: it makes something new where it can, else what it does at all. */
export function promptTransform({ transforms }: ModelChoice): string {
  return transforms.includes('generate') || transforms.length === 0 ? 'generate' : (transforms[0] ?? 'generate')
}

/** What a model needs to be usable with these sources, in words; empty when nothing is missing. */
export function missingText(model: ModelChoice, sources: readonly { kind: string }[]): string {
  if (arranged(model.inputs, promptTransform(model), sources)) return ''
  const { kinds = [] } = model.inputs
  if (kinds.length === 0) return 'takes no inputs'
  return `works from ${kinds.map((kind) => kindNames[kind] ?? kind).join(' and ')}`
}

const kindNames: Record<string, string> = {
  image: 'a picture',
  video: 'a film',
  audio: 'a sound',
  text: 'a text',
  any: 'anything',
}
