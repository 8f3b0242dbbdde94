import { guarded } from '../protocol/policy'
import type { Write } from '../protocol/types'
import { same } from '../protocol/values'
import type { EditWrite } from './api'
import { cellKey } from './record'

export interface Seen {
  /** Newest revision that is here. */
  rev(): number
  kindOf(record: string): string
  /** What shows, own pending changes included. */
  value(record: string, prop: string): unknown
  /** What is committed. */
  standing(record: string, prop: string): { value: unknown; rev: number }
  /** Base of the newest own pending change that writes the cell. */
  pendingBase(record: string, prop: string): number | undefined
}

/**
 * What each write was made from: the value its author had before them, and the newest revision they had seen of it. That
 * is what shows, but for a text field: within an episode it is the field's own text, whatever came in meanwhile.
 */
export class Bases {
  private readonly begun = new Map<string, { episode: string; value: unknown }>()

  /** The writes with the basis that each guarded one needs, and the base of a change of them. */
  of(
    writes: readonly EditWrite[],
    branch: string,
    episode: string | undefined,
    seen: Seen,
  ): { writes: Write[]; base: number } {
    let base = seen.rev()
    const based = writes.map((write): Write => {
      const [record, prop, value] = write
      if (!guarded(seen.kindOf(record), prop)) return [record, prop, value]
      const basis = this.basis(write, branch, episode, seen)
      base = Math.min(base, baseOf(record, prop, basis, seen))
      if (episode !== undefined) this.begun.set(key(branch, record, prop), { episode, value })
      return [record, prop, value, basis ?? null]
    })
    return { writes: based, base }
  }

  /** What was written here did not come to be: nothing can be built on it. */
  forget(branch: string, cells: readonly { record: string; prop: string }[]): void {
    for (const { record, prop } of cells) this.begun.delete(key(branch, record, prop))
  }

  private basis(write: EditWrite, branch: string, episode: string | undefined, seen: Seen): unknown {
    const [record, prop] = write
    if (write.length === 4) return write[3]
    const own = this.begun.get(key(branch, record, prop))
    return own && own.episode === episode ? own.value : seen.value(record, prop)
  }
}

/** A value that does not stand any more was seen before the revision that replaced it. */
function baseOf(record: string, prop: string, basis: unknown, seen: Seen): number {
  const own = seen.pendingBase(record, prop)
  if (own !== undefined) return own
  const { value, rev } = seen.standing(record, prop)
  return same(value, basis) ? seen.rev() : Math.max(0, rev - 1)
}

function key(branch: string, record: string, prop: string): string {
  return `${branch} ${cellKey(record, prop)}`
}
