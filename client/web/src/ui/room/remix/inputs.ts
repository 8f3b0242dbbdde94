import type { Job } from '../../../protocol/types'
import type { CanvasRecord, Room } from '../../../store/api'
import { number, sizeOf, text } from '../canvas/geometry'
import { type Media, mediaOfRecord } from '../results/media'

/** Something a prompt works from: an edge of role `input` leads from it to the prompt. */
export interface PromptInput {
  edge: string
  record: CanvasRecord
  media: Media
  /** Above 0. */
  weight: number
}

export const inputRole = 'input'
export const maxInputs = 8
export const maxWeight = 4
const rowHeight = 46

const edgesBy = new WeakMap<ReadonlyMap<string, CanvasRecord>, Map<string, CanvasRecord[]>>()
const noEdges: CanvasRecord[] = []

/** The input edges of a prompt, the oldest first. Worked out once for each records map, however many prompts ask. */
export function inputEdges(records: ReadonlyMap<string, CanvasRecord>, prompt: string): CanvasRecord[] {
  let by = edgesBy.get(records)
  if (!by) {
    by = new Map()
    for (const record of records.values()) {
      if (record.kind !== 'edge' || record.props.role !== inputRole) continue
      const to = text(record.props.to)
      const known = by.get(to)
      if (known) known.push(record)
      else by.set(to, [record])
    }
    // Their ids are of version 7, which sort by time.
    for (const edges of by.values()) edges.sort((a, b) => (a.id < b.id ? -1 : 1))
    edgesBy.set(records, by)
  }
  return by.get(prompt) ?? noEdges
}

export function inputsOf(
  records: ReadonlyMap<string, CanvasRecord>,
  jobs: ReadonlyMap<string, Job>,
  prompt: string,
): PromptInput[] {
  return inputEdges(records, prompt).flatMap((edge) => {
    const record = records.get(text(edge.props.from))
    const media = record && mediaOfRecord(record, jobs)
    if (!record || !media?.asset) return []
    return [{ edge: edge.id, record, media, weight: weightOf(edge) }]
  })
}

export function weightOf({ props }: CanvasRecord): number {
  const weight = number(props.weight, 1)
  return weight > 0 ? weight : 1
}

/** The part of each input in what comes out, and the prompt's own, as the server counts: the prompt weighs 1 unless it is empty. */
export function partsOf(weights: readonly number[], prompt: string): { inputs: number[]; prompt: number } {
  const own = prompt.trim() ? 1 : 0
  const sum = weights.reduce((total, weight) => total + weight, own)
  return { inputs: weights.map((weight) => weight / sum), prompt: sum > 0 ? own / sum : 0 }
}

/** Makes a record an input of a prompt, once, and gives the prompt's card room for its row. */
export function addInput(room: Room, source: string, prompt: string): 'added' | 'there' | 'full' {
  const { records } = room.store.getState()
  const edges = inputEdges(records, prompt)
  if (edges.some((edge) => edge.props.from === source)) return 'there'
  if (edges.length >= maxInputs) return 'full'
  const record = records.get(prompt)
  room.create('edge', { from: source, to: prompt, role: inputRole })
  if (record) room.edit([[prompt, 'h', Math.round(sizeOf(record).h + rowHeight)]])
  return 'added'
}

export function removeInput(room: Room, input: PromptInput, prompt: string): void {
  const record = room.store.getState().records.get(prompt)
  room.remove([input.edge])
  if (record) room.edit([[prompt, 'h', Math.max(300, Math.round(sizeOf(record).h - rowHeight))]])
}
