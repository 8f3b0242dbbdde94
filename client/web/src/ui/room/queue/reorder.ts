import type { Job } from '../../../protocol/types'
import { type Entry, nextOf } from './grouping'

/** Whose jobs somebody may put in another order. */
export type Mover = (user: string) => boolean

/** The job of an entry that may be moved; undefined when there is none. */
export function movable(entry: Entry, may: Mover): Job | undefined {
  const job = nextOf(entry)
  return job.state === 'queued' && may(job.user) ? job : undefined
}

/** One requester's jobs that may be moved among each other: turns belong to people. */
export interface Line {
  readonly user: string
  readonly name: string
  /** Ids, in their order. */
  readonly ids: readonly string[]
}

/** “yours”, or “Ben’s”. */
export function whose({ user, name }: Line, self: string | undefined): string {
  return user === self ? 'yours' : `${name}’s`
}

/** The lines that one may change. */
export function linesOf(waiting: readonly Entry[], may: Mover): Line[] {
  const lines = new Map<string, { user: string; name: string; ids: string[] }>()
  for (const entry of waiting) {
    const job = movable(entry, may)
    if (!job) continue
    const line = lines.get(job.user)
    if (line) line.ids.push(job.id)
    else lines.set(job.user, { user: job.user, name: job.user_name, ids: [job.id] })
  }
  return [...lines.values()]
}

/** The order after one job went to an index among the others. */
export function movedTo(order: readonly string[], id: string, index: number): string[] {
  const others = order.filter((other) => other !== id)
  const at = Math.min(others.length, Math.max(0, index))
  return [...others.slice(0, at), id, ...others.slice(at)]
}

/** The job that a job stands before in an order; undefined when it is the last. */
export function before(order: readonly string[], id: string): string | undefined {
  return order[order.indexOf(id) + 1]
}

/** The waiting entries with some in a wanted order: they change among their own places, and nothing else moves. */
export function reordered(waiting: readonly Entry[], wanted: readonly string[] | undefined): readonly Entry[] {
  if (!wanted) return waiting
  const moved = new Map(
    waiting.map((entry) => [nextOf(entry).id, entry] as const).filter(([id]) => wanted.includes(id)),
  )
  if (moved.size !== wanted.length) return waiting
  let next = 0
  return waiting.map((entry) => (moved.has(nextOf(entry).id) ? (moved.get(wanted[next++] ?? '') ?? entry) : entry))
}

/** Where something let go at a height lands among rows with these middles, counted without itself. */
export function indexAt(middles: readonly number[], y: number): number {
  return middles.filter((middle) => middle < y).length
}
