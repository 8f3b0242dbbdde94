import type { Job, JobRequest } from '../../protocol/types'
import type { CanvasRecord } from '../../store/api'
import { boxOf, number, text } from './canvas/geometry'
import type { ModelChoice } from './providers'
import { arranged, promptTransform } from './remix/fitting'
import type { PromptInput } from './remix/inputs'

export interface Shape {
  key: string
  label: string
  width: number
  height: number
}

export const shapes: readonly [Shape, ...Shape[]] = [
  { key: '1024x1024', label: 'Square', width: 1024, height: 1024 },
  { key: '1152x768', label: 'Wide 3:2', width: 1152, height: 768 },
  { key: '1280x720', label: 'Wide 16:9', width: 1280, height: 720 },
  { key: '768x1152', label: 'Tall 2:3', width: 768, height: 1152 },
  { key: '720x1280', label: 'Tall 9:16', width: 720, height: 1280 },
]

const gap = 48
const resultWidth = 320

/** The settings of a prompt record, read leniently: others may have written anything into params. */
export function paramsOf({ props }: CanvasRecord): { shape: Shape; count: number } {
  const params = (typeof props.params === 'object' && props.params !== null ? props.params : {}) as Record<
    string,
    unknown
  >
  const key = `${params.width}x${params.height}`
  const count = Math.round(number(params.count, 1))
  return { shape: shapes.find((s) => s.key === key) ?? shapes[0], count: Math.min(8, Math.max(1, count)) }
}

/** What a prompt record asks for, its result to the right of it. Inputs stand in the order in which the model takes them. */
export function requestOf(
  record: CanvasRecord,
  model: ModelChoice | undefined,
  inputs: readonly PromptInput[] = [],
): Omit<JobRequest, 'id'> {
  const { shape, count } = paramsOf(record)
  const { x, y, w } = boxOf(record)
  const kind = model?.kind ?? 'image'
  const request: Omit<JobRequest, 'id'> = {
    kind,
    prompt: text(record.props.prompt),
    count,
    place: { x: x + w + gap, y, w: resultWidth, source: record.id },
  }
  if (shaped.has(kind)) request.params = { width: shape.width, height: shape.height }
  if (model) Object.assign(request, { provider: model.provider, model: model.model })
  const transform = model ? promptTransform(model) : 'generate'
  if (transform !== 'generate') request.transform = transform
  const negative = text(record.props.negative)
  if (negative) request.negative = negative
  const seed = number(record.props.seed, 0)
  if (seed > 0) request.seed = Math.round(seed)
  return { ...request, ...inputsIn(model, transform, inputs) }
}

function inputsIn(
  model: ModelChoice | undefined,
  transform: string,
  inputs: readonly PromptInput[],
): Pick<JobRequest, 'inputs' | 'weights'> {
  if (inputs.length === 0) return {}
  const sources = inputs.map((input) => ({ ...input, kind: input.media.kind }))
  const order = (model && arranged(model.inputs, transform, sources)) ?? sources
  const weights = order.map(({ weight }) => weight)
  const even = weights.every((weight) => weight === 1)
  return { inputs: order.map(({ media }) => media.asset), ...(even ? {} : { weights }) }
}

/** Kinds whose results have a width and a height. */
export const shaped: ReadonlySet<string> = new Set(['image', 'video'])

const final = new Set(['succeeded', 'failed', 'cancelled'])

export function isFinal(job: Job): boolean {
  return final.has(job.state)
}

/** How many jobs of a prompt record are still to come. */
export function unfinished(jobs: ReadonlyMap<string, Job>, record: string): number {
  let count = 0
  for (const job of jobs.values()) if (job.place?.source === record && !isFinal(job)) count += 1
  return count
}
