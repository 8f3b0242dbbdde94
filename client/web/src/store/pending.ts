import type { Change, Write } from '../protocol/types'
import { cellKey } from './record'

/** An own change that is not committed yet. */
export interface Pending {
  change: Change
  /** It may have been sent: neither its id nor its content changes any more. */
  sealed: boolean
  /** Records that it writes or names: two changes that share one must keep their order. */
  touched: ReadonlySet<string>
}

/** Own changes in the order they were made. */
export class PendingChanges {
  private list: Pending[] = []
  private readonly byId = new Map<string, Pending>()

  get size(): number {
    return this.list.length
  }

  [Symbol.iterator](): IterableIterator<Pending> {
    return this.list.values()
  }

  get changes(): Change[] {
    return this.list.map(({ change }) => change)
  }

  get(id: string): Pending | undefined {
    return this.byId.get(id)
  }

  push(change: Change, sealed = false): Pending {
    const pending = { change, sealed, touched: touched(change) }
    this.list.push(pending)
    this.byId.set(change.id, pending)
    return pending
  }

  /** The newest change, if edits of the same gesture and episode may still be put into it. */
  extendable(change: Pick<Change, 'gesture' | 'episode'>, writes: number, most: number): Pending | undefined {
    const last = this.list.at(-1)
    if (!last || last.sealed || last.change.undo) return undefined
    if (change.gesture === undefined && change.episode === undefined) return undefined
    const alike = last.change.gesture === change.gesture && last.change.episode === change.episode
    return alike && last.change.writes.length + writes <= most ? last : undefined
  }

  /** Puts more into a change that `extendable` found. */
  extend(pending: Pending, base: number, writes: readonly Write[]): void {
    const { change } = pending
    pending.change = { ...change, base: Math.min(change.base, base), writes: coalesced(change.writes, writes) }
    pending.touched = touched(pending.change)
  }

  remove(id: string): Pending | undefined {
    const pending = this.byId.get(id)
    if (pending) {
      this.byId.delete(id)
      this.list = this.list.filter((p) => p !== pending)
    }
    return pending
  }

  writes(id: string, record: string, prop: string): boolean {
    return this.byId.get(id)?.change.writes.some((w) => w[0] === record && w[1] === prop) ?? false
  }
}

/** Later writes of a cell replace earlier ones, in their place; the earlier one's basis is what both started from. */
function coalesced(earlier: readonly Write[], later: readonly Write[]): Write[] {
  const cells = new Map(earlier.map((w) => [cellKey(w[0], w[1]), w]))
  for (const w of later) {
    const [record, prop, value, basis] = w
    const known = cells.get(cellKey(record, prop))
    const from = known ? known[3] : basis
    cells.set(cellKey(record, prop), from === undefined ? [record, prop, value] : [record, prop, value, from])
  }
  return [...cells.values()]
}

function touched(change: Change): Set<string> {
  const ids = new Set<string>()
  for (const [record, , value] of change.writes) {
    ids.add(record)
    if (typeof value === 'string' && value.length === 36) ids.add(value)
  }
  return ids
}
