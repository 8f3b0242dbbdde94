import type { Step } from '../../../protocol/types'
import type { ModelChoice } from '../providers'
import { workText } from '../queue/wording'
import { arranged } from './fitting'

/** One thing that can be made of sources, and the models that do it, the default one first. */
export interface Remix {
  transform: string
  /** Of what comes out. */
  kind: string
  models: readonly [ModelChoice, ...ModelChoice[]]
  /** One of the models takes a mask. */
  takesMask: boolean
}

const order = ['variation', 'edit', 'upscale', 'soundtrack', 'animate', 'describe']

/** What the models can make of the sources, which are taken together. */
export function remixesOf(models: readonly ModelChoice[], sources: readonly { kind: string }[]): Remix[] {
  const found = new Map<string, { transform: string; kind: string; models: [ModelChoice, ...ModelChoice[]] }>()
  if (sources.length === 0) return []
  for (const model of models) {
    for (const transform of model.transforms) {
      if (transform === 'generate' || !arranged(model.inputs, transform, sources)) continue
      const known = found.get(`${transform} ${model.kind}`)
      if (!known) found.set(`${transform} ${model.kind}`, { transform, kind: model.kind, models: [model] })
      else if (model.default) known.models.unshift(model)
      else known.models.push(model)
    }
  }
  return [...found.values()]
    .map((remix) => ({
      ...remix,
      takesMask: remix.transform === 'edit' && remix.models.some((model) => model.inputs.mask === true),
    }))
    .sort((a, b) => rank(a.transform) - rank(b.transform) || a.transform.localeCompare(b.transform))
}

function rank(transform: string): number {
  const at = order.indexOf(transform)
  return at < 0 ? order.length : at
}

/** A chain that the models can run: its first step and those that go on from it. */
export interface Recipe {
  key: string
  /** “Soundtrack → Film → Description”. */
  title: string
  first: { kind: string; transform: string; model: ModelChoice }
  /** What goes on from it. */
  steps: Step[]
}

interface Wish {
  kind: string
  transform: string
  /** Which steps it works from; the first of these that a model can use is taken. */
  from: readonly (readonly number[])[]
}

const description = (from: Wish['from']): Wish => ({ kind: 'text', transform: 'describe', from })

/** In a step's `from`: what the request was made on. */
const source = -1

const fromSources: readonly (readonly Wish[])[] = [
  [
    { kind: 'audio', transform: 'soundtrack', from: [] },
    { kind: 'video', transform: 'animate', from: [[source, 0], [0]] },
    description([[1], [0]]),
  ],
  [
    { kind: 'image', transform: 'variation', from: [] },
    { kind: 'audio', transform: 'soundtrack', from: [[0]] },
    { kind: 'video', transform: 'animate', from: [[0, 1]] },
    description([[2], [0]]),
  ],
  [{ kind: 'video', transform: 'animate', from: [] }, description([[0]])],
]

const fromWords: readonly (readonly Wish[])[] = [
  [
    { kind: 'image', transform: 'generate', from: [] },
    { kind: 'audio', transform: 'soundtrack', from: [[0]] },
    { kind: 'video', transform: 'animate', from: [[0, 1]] },
    description([[2], [0]]),
  ],
  [
    { kind: 'image', transform: 'generate', from: [] },
    { kind: 'image', transform: 'upscale', from: [[0]] },
  ],
]

/** The ready chains that the models can run on these sources; without sources, on a prompt. */
export function recipesOf(models: readonly ModelChoice[], sources: readonly { kind: string }[]): Recipe[] {
  const wishes = sources.length > 0 ? fromSources : fromWords
  return wishes.flatMap((chain) => recipeOf(models, sources, chain) ?? [])
}

function recipeOf(
  models: readonly ModelChoice[],
  sources: readonly { kind: string }[],
  wishes: readonly Wish[],
): Recipe | undefined {
  const [wish, ...later] = wishes
  const model = wish && modelFor(models, wish, sources)
  if (!wish || !model) return undefined
  const kinds = [wish.kind]
  const steps: Step[] = []
  for (const next of later) {
    const step = stepOf(models, next, kinds, sources)
    if (!step) return undefined
    steps.push(step)
    kinds.push(next.kind)
  }
  const { kind, transform } = wish
  const title = wishes.map(workText).join(' → ')
  return { key: title, title, first: { kind, transform, model }, steps }
}

function stepOf(
  models: readonly ModelChoice[],
  wish: Wish,
  kinds: readonly string[],
  sources: readonly { kind: string }[],
): Step | undefined {
  const { kind, transform } = wish
  for (const from of wish.from) {
    if (from.includes(source) && sources.length !== 1) continue // which of them, it cannot say
    const given = from.map((step) => ({ step, kind: (step === source ? sources[0]?.kind : kinds[step]) ?? '' }))
    const model = modelFor(models, wish, given)
    const order = model && arranged(model.inputs, transform, given)
    if (model && order) {
      return { kind, transform, provider: model.provider, model: model.model, from: order.map(({ step }) => step) }
    }
  }
  return undefined
}

function modelFor(
  models: readonly ModelChoice[],
  { kind, transform }: Wish,
  sources: readonly { kind: string }[],
): ModelChoice | undefined {
  const fit = models.filter(
    (model) =>
      model.kind === kind && model.transforms.includes(transform) && arranged(model.inputs, transform, sources),
  )
  return fit.find((model) => model.default) ?? fit[0]
}
