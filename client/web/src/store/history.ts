import type { Write } from '../protocol/types'
import { same } from '../protocol/values'
import { cellKey } from './record'

interface Cell {
  readonly record: string
  readonly prop: string
  before: unknown
  after: unknown
  /** Somebody else wrote here since: no longer ours to take back. */
  overtaken: boolean
}

interface Entry {
  readonly key: string | undefined
  readonly cells: Map<string, Cell>
  /** Changes of it that are not committed yet. */
  readonly open: Set<string>
  last: string
  /** Up to here everything was seen when the newest change of it was made or committed. */
  seen: number
}

/** What to send to take an entry back. */
export interface Reversal {
  readonly undo: string
  readonly base: number
  readonly writes: Write[]
  readonly skipped: { record: string; prop: string }[]
  readonly entry: Entry
}

export interface CellEdit {
  readonly record: string
  readonly prop: string
  readonly before: unknown
  readonly after: unknown
}

const most = 200

/**
 * This session's own work, newest last. Taking back is a new change; a cell that somebody else wrote since is left alone
 * (the server judges by the same rule, since the change's base is what this session had seen of its own work).
 */
export class History {
  private undoable: Entry[] = []
  private redoable: Entry[] = []

  get canUndo(): boolean {
    return this.undoable.length > 0
  }

  get canRedo(): boolean {
    return this.redoable.length > 0
  }

  /** New work. The same key again (a gesture, an episode) extends the newest entry. */
  record(change: string, key: string | undefined, base: number, edits: readonly CellEdit[]): void {
    this.redoable = []
    const top = this.undoable.at(-1)
    const entry = top && key !== undefined && top.key === key ? top : this.push(this.undoable, key)
    this.extend(entry, change, base, edits)
  }

  takeUndo(): Reversal | undefined {
    return reversal(this.undoable.pop())
  }

  takeRedo(): Reversal | undefined {
    return reversal(this.redoable.pop())
  }

  /** The reversal was made as this change: from now on it can be reversed itself. */
  undone(r: Reversal, change: string): void {
    this.reversed(this.redoable, r, change)
  }

  redone(r: Reversal, change: string): void {
    this.reversed(this.undoable, r, change)
  }

  committed(change: string, rev: number): void {
    for (const entry of this.all()) {
      if (entry.open.delete(change)) entry.seen = Math.max(entry.seen, rev)
    }
  }

  /** Somebody else's committed write. It precedes our own writes that are not committed, and follows the others. */
  overtake([record, prop, value]: Write, isOpen: (change: string, record: string, prop: string) => boolean): void {
    for (const entry of this.all()) {
      const cell = entry.cells.get(cellKey(record, prop))
      if (!cell) continue
      if ([...entry.open].some((change) => isOpen(change, record, prop))) cell.before = value
      else if (!same(cell.after, value)) cell.overtaken = true
    }
  }

  /** After a new snapshot nobody knows who wrote what: a committed cell that is not as we left it is not ours. */
  compare(committed: (record: string, prop: string) => unknown): void {
    for (const entry of this.all()) {
      if (entry.open.size > 0) continue
      for (const cell of entry.cells.values()) {
        if (!same(committed(cell.record, cell.prop), cell.after)) cell.overtaken = true
      }
    }
  }

  /** A change did not come to be, or not in these cells. */
  forget(change: string, cells: readonly { record: string; prop: string }[]): void {
    for (const entry of this.all()) {
      if (entry.last !== change && !entry.open.has(change)) continue
      for (const { record, prop } of cells) entry.cells.delete(cellKey(record, prop))
    }
    this.undoable = this.undoable.filter((entry) => entry.cells.size > 0)
    this.redoable = this.redoable.filter((entry) => entry.cells.size > 0)
  }

  private *all(): Iterable<Entry> {
    yield* this.undoable
    yield* this.redoable
  }

  private push(stack: Entry[], key: string | undefined): Entry {
    const entry: Entry = { key, cells: new Map(), open: new Set(), last: '', seen: 0 }
    stack.push(entry)
    if (stack.length > most) stack.shift()
    return entry
  }

  private extend(entry: Entry, change: string, base: number, edits: readonly CellEdit[]): void {
    entry.open.add(change)
    entry.last = change
    entry.seen = Math.max(entry.seen, base)
    for (const edit of edits) {
      const key = cellKey(edit.record, edit.prop)
      const known = entry.cells.get(key)
      if (known && !known.overtaken) known.after = edit.after
      else entry.cells.set(key, { ...edit, overtaken: false })
    }
  }

  private reversed(stack: Entry[], r: Reversal, change: string): void {
    const edits = [...r.entry.cells.values()].filter((cell) => !cell.overtaken)
    this.extend(
      this.push(stack, undefined),
      change,
      r.base,
      edits.map(({ record, prop, before, after }) => ({ record, prop, before: after, after: before })),
    )
  }
}

function reversal(entry: Entry | undefined): Reversal | undefined {
  if (!entry) return undefined
  const cells = [...entry.cells.values()]
  const ours = cells.filter((cell) => !cell.overtaken)
  const dies = new Set(
    ours.filter((cell) => cell.prop === 'deleted' && cell.before === true).map((cell) => cell.record),
  )
  const writes = ours
    .filter((cell) => cell.prop === 'deleted' || !dies.has(cell.record))
    .map((cell): Write => [cell.record, cell.prop, cell.before ?? null])
  // A record lives before its props are written.
  writes.sort((a, b) => Number(b[1] === 'deleted') - Number(a[1] === 'deleted'))
  const skipped = cells.filter((cell) => cell.overtaken).map(({ record, prop }) => ({ record, prop }))
  return { undo: entry.last, base: entry.seen, writes, skipped, entry }
}
