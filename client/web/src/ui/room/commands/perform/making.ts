import type { SpokenCommand } from '../../../../store/commands'
import { createAt, duplicateSelected, removeSelected } from '../../canvas/actions'
import { defaultSize, drawn } from '../../canvas/geometry'
import { placeOn } from '../../comments/place'
import { requestOf, shapes } from '../../generate'
import { queueUp } from '../../queue/queueUp'
import { remixesOf } from '../../remix/choices'
import { boxesOf, freeHeight } from '../../remix/freePlace'
import { inputsOf } from '../../remix/inputs'
import { placeBeside, remixRequest } from '../../remix/request'
import { mediaIn, type Performance, Refusal, recordsOf, type Stage } from './stage'

const shapeNames: Record<string, string> = { square: 'Square', wide: 'Wide 16:9', tall: 'Tall 9:16' }

function generate({ kind = 'image', prompt = '', count = 1, shape }: SpokenCommand, stage: Stage): void {
  const able = stage.models.filter((model) => model.kind === kind && model.transforms.includes('generate'))
  const model = able.find((one) => one.default) ?? able[0]
  if (!model) throw new Refusal(`No model here makes ${kind}.`)
  const wanted = shapes.find(({ label }) => label === shapeNames[shape ?? 'square']) ?? shapes[0]
  const params = { width: wanted.width, height: wanted.height, count }
  const id = put(stage, 'prompt', { prompt, provider: model.provider, model: model.model, params })
  const record = stage.room.store.getState().records.get(id)
  if (record) queueUp(stage.room, requestOf(record, model))
}

const run: Performance = (command, stage) => {
  const { records, jobs } = stage.room.store.getState()
  for (const record of recordsOf(command, stage)) {
    const { provider, model } = record.props
    const chosen =
      stage.models.find((one) => one.provider === provider && (one.model === model || !model)) ??
      stage.models.find((one) => one.default) ??
      stage.models[0]
    queueUp(stage.room, requestOf(record, chosen, inputsOf(records, jobs, record.id)))
  }
}

const remix: Performance = (command, stage) => {
  const sources = mediaIn(command, stage)
  const found = remixesOf(stage.models, sources).find(({ transform }) => transform === command.transform)
  if (!found) throw new Refusal('No model here can do that with it.')
  const { transform, kind, models } = found
  const wish = { transform, kind, model: models[0], prompt: command.prompt ?? '', count: command.count }
  const shown = stage.room.store.getState().records.get(sources[0]?.record ?? '')
  queueUp(stage.room, remixRequest(sources, wish, placeBeside(shown)))
}

/** A record in the middle of the view, or the first free place below, selected. */
function put({ room, ui, middle }: Stage, kind: string, props: Record<string, unknown>): string {
  const { w, h } = defaultSize(kind)
  const at = middle()
  const box = { x: Math.round(at.x - w / 2), y: Math.round(at.y - h / 2), w, h }
  const y = freeHeight([...boxesOf(room.store.getState().records)], box)
  const id = room.create(kind, { ...box, y, ...props })
  ui.setState({ selection: new Set([id]), tool: 'select' })
  return id
}

const add =
  (kind: string, prop: string): Performance =>
  ({ text }, stage) => {
    if (text) put(stage, kind, { [prop]: text })
    else createAt(stage.room, stage.ui, kind, stage.middle())
  }

const comment: Performance = (command, stage) => {
  const [record] = recordsOf(command, stage)
  const { x, y } = stage.middle()
  const place = record ? placeOn(record) : { x: Math.round(x), y: Math.round(y) }
  const thread = stage.room.create('comment', { text: command.text ?? '', mentions: [], ...place })
  stage.ui.setState({ panel: 'comments', thread })
}

const onSelected =
  (act: (room: Stage['room'], ui: Stage['ui']) => void): Performance =>
  ({ of = [] }, { room, ui }) => {
    ui.setState({ selection: new Set(of) })
    act(room, ui)
  }

/** What changes the canvas or asks for generations: editors may. */
export const making: Readonly<Record<string, Performance>> = {
  generate,
  run,
  remix,
  add_note: add('note', 'text'),
  add_text: add('text', 'text'),
  add_prompt: add('prompt', 'prompt'),
  delete: onSelected(removeSelected),
  duplicate: onSelected(duplicateSelected),
  undo: ({ times = 1 }, { room }) => repeat(times, () => room.undo()),
  redo: ({ times = 1 }, { room }) => repeat(times, () => room.redo()),
  make_branch: ({ name }, { room }) => room.look(room.createBranch(name ?? 'Branch')),
  merge_branch: ({ branch }, { ui }) => ui.setState({ merging: branch ?? null }),
  name_version: ({ name = '' }, { room }) => void room.nameVersion(name),
  cancel: ({ job = '' }, { room }) => room.cancelJob(job),
  retry: ({ job = '' }, { room }) => room.retryJob(job),
  clear_queue: (_, { room }) => room.clearQueue(room.store.getState().self?.user),
}

/** What commenters may. */
export const remarking: Readonly<Record<string, Performance>> = {
  comment,
  rate: (command, stage) => {
    const [media] = mediaIn(command, stage)
    if (!media?.job) throw new Refusal('Only results can be rated.')
    return stage.room.rateJob(media.job, media.index, command.stars ?? 0)
  },
  pick: (command, stage) => {
    const [media] = mediaIn(command, stage)
    if (!media?.job) throw new Refusal('Only results can be picked.')
    return stage.room.pickResult(media.job, media.index)
  },
}

export function selectable(kind: string, wanted: string | undefined): boolean {
  return drawn(kind) && (wanted === undefined || kind === wanted)
}

function repeat(times: number, act: () => void): void {
  for (let i = 0; i < times; i++) act()
}
