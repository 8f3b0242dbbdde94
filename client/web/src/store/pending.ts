import type { Change, Write } from '../protocol/types'
import { cellKey } from './record'

/** An own change that is not committed yet. */
export interface Pending {
  change: Change
  /** It may have been sent: neither its id nor its content changes any more. */
  sealed: boolean
  /** Records that it writes or names: two changes that share one must keep their order. */
  touched: ReadonlySet<string>
  /** The stay in a text field in which it was made, whatever its episode. */
  readonly stay: string | undefined
}

/** What edits have in common that may be put into one change. */
export type Together = Pick<Change, 'branch' | 'gesture' | 'episode'> & { readonly stay?: string }

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

  push(change: Change, { sealed = false, stay }: { sealed?: boolean; stay?: string } = {}): Pending {
    const pending = { change, sealed, touched: touched(change), stay }
    this.list.push(pending)
    this.byId.set(change.id, pending)
    return pending
  }

  /** The newest change, if edits of the same gesture and stay may still be put into it. */
  extendable(edits: Together, writes: number, most: number): Pending | undefined {
    const last = this.list.at(-1)
    if (!last || last.sealed || last.change.undo || last.change.merge) return undefined
    if (edits.gesture === undefined && edits.stay === undefined) return undefined
    const { branch, gesture, episode } = last.change
    const alike =
      branch === edits.branch && gesture === edits.gesture && episode === edits.episode && last.stay === edits.stay
    return alike && last.change.writes.length + writes <= most ? last : undefined
  }

  /** Puts more into a change that `extendable` found. */
  extend(pending: Pending, base: number, writes: readonly Write[]): void {
    const { change } = pending
    pending.change = { ...change, base: Math.min(change.base, base), writes: coalesced(change.writes, writes) }
    pending.touched = touched(pending.change)
  }

  /** The newest change that writes a cell of a branch. */
  newest(branch: string, record: string, prop: string): Change | undefined {
    return this.list.findLast(({ change }) => (change.branch ?? '') === branch && writesCell(change, record, prop))
      ?.change
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
    const pending = this.byId.get(id)
    return pending !== undefined && writesCell(pending.change, record, prop)
  }
}

function writesCell(change: Change, record: string, prop: string): boolean {
  return change.writes.some((w) => w[0] === record && w[1] === prop)
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
