import type { Job } from '../../../protocol/types'
import { type Entry, nextOf } from './grouping'

/** The job of an entry that its requester may move; undefined when there is none. */
export function movable(entry: Entry, self: string | undefined): Job | undefined {
  const job = nextOf(entry)
  return job.state === 'queued' && job.user === self && self !== undefined ? job : undefined
}

/** Ids of one's own jobs that can be moved, in their order. */
export function ownOrder(waiting: readonly Entry[], self: string | undefined): string[] {
  return waiting.flatMap((entry) => movable(entry, self)?.id ?? [])
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

/**
 * The waiting entries with one's own in a wanted order. Turns belong to people, so one's own jobs change among the places
 * that are one's own and nobody else's moves.
 */
export function reordered(
  waiting: readonly Entry[],
  self: string | undefined,
  wanted: readonly string[] | undefined,
): readonly Entry[] {
  if (!wanted) return waiting
  const own = new Map(
    waiting.flatMap((entry) => {
      const job = movable(entry, self)
      return job ? [[job.id, entry] as const] : []
    }),
  )
  if (own.size !== wanted.length || !wanted.every((id) => own.has(id))) return waiting
  let next = 0
  return waiting.map((entry) => {
    if (!movable(entry, self)) return entry
    const id = wanted[next++]
    return (id !== undefined && own.get(id)) || entry
  })
}

/** Where something let go at a height lands among rows with these middles, counted without itself. */
export function indexAt(middles: readonly number[], y: number): number {
  return middles.filter((middle) => middle < y).length
}
