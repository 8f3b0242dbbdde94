import type { Change, Merge, StoredWrite, Write } from '../protocol/types'
import { same } from '../protocol/values'
import { cellKey } from './record'

export interface CellEdit {
  readonly record: string
  readonly prop: string
  readonly before: unknown
  readonly after: unknown
  /** Words of others may be in it: the server takes back our own. */
  readonly words: boolean
}

/** One piece of own work that can be taken back, or done again. Immutable. */
export interface Entry {
  /** In ascending order of when it was put on its stack. */
  readonly id: string
  readonly stack: 'undo' | 'redo'
  readonly branch: string
  /** Of records above branches: it can be taken back from every branch. */
  readonly above: boolean
  readonly key: string | undefined
  readonly cells: ReadonlyMap<string, CellEdit>
  /** A merge, which the server takes back as a whole. */
  readonly merge?: Merge
  /** Changes of it that are not committed yet. */
  readonly open: readonly string[]
  readonly last: string
  /** Up to here everything was seen when the newest change of it was made or committed. */
  readonly seen: number
}

/** What to send to take an entry back: writes on its branch, or for a merge none. */
export interface Reversal {
  readonly entry: Entry
  readonly writes: Write[]
}

/** Where work was done. */
export interface Place {
  readonly branch: string
  readonly above: boolean
}

const most = 200
/** That are kept over a reload. */
const mostKept = 50

/**
 * This session's own work, newest last. Taking back is a new change that says which values this session had left; the
 * server leaves alone what is not so any more. Entries belong to the branch that they were made on.
 */
export class History {
  private entries: readonly Entry[] = []

  constructor(private readonly newId: () => string) {}

  /** To be kept over a reload. */
  get kept(): readonly Entry[] {
    return this.entries.slice(-mostKept)
  }

  /** What an earlier life of this session kept. Nothing extends it. */
  restore(entries: readonly Entry[], isPending: (change: string) => boolean): void {
    this.entries = entries.map((entry) => ({ ...entry, key: undefined, open: entry.open.filter(isPending) }))
  }

  can(stack: Entry['stack'], branch: string): boolean {
    const entry = this.newest(stack, branch)
    return entry !== undefined && !isMerging(entry)
  }

  /** New work. The same key again (a gesture, a stay in a field) extends the newest entry. */
  record(change: string, key: string | undefined, place: Place, base: number, edits: readonly CellEdit[]): void {
    this.begin(place.branch)
    const top = this.newest('undo', place.branch)
    const fits = key !== undefined && top?.key === key && top.above === place.above && continues(top, edits)
    if (top && fits) this.replace(top, extended(top, change, base, edits))
    else this.push({ stack: 'undo', ...place, key, ...begun(change, base, edits) })
  }

  /** A merge of our own. */
  merged(change: string, merge: Merge, base: number): void {
    this.begin('')
    this.push({ stack: 'undo', branch: '', above: false, key: undefined, merge, ...begun(change, base, []) })
  }

  /** Off the stack; undefined when there is nothing, or a merge that is not answered yet. */
  take(stack: Entry['stack'], branch: string): Reversal | undefined {
    const entry = this.newest(stack, branch)
    if (!entry || isMerging(entry)) return undefined
    this.entries = this.entries.filter((e) => e !== entry)
    return { entry, writes: reversed(entry) }
  }

  /** The reversal was made as this change: from now on it can be reversed itself. */
  reversed({ entry }: Reversal, change: string, base = entry.seen): void {
    const edits = [...entry.cells.values()].map((cell) => ({ ...cell, before: cell.after, after: cell.before }))
    const { branch, above, merge } = entry
    const stack = entry.stack === 'undo' ? 'redo' : 'undo'
    this.push({ stack, branch, above, key: undefined, merge, ...begun(change, base, edits) })
  }

  /** A change is durable: what became of its cells, where they are not words, is what this session has left. */
  committed(change: string, rev: number, stored: readonly StoredWrite[]): void {
    for (const entry of this.entries) {
      if (!entry.open.includes(change)) continue
      const cells = entry.last === change ? asStored(entry.cells, stored) : entry.cells
      const open = entry.open.filter((id) => id !== change)
      this.replace(entry, { ...entry, cells, open, seen: Math.max(entry.seen, rev) })
    }
  }

  /** A change was kept on another branch than it was made for: there it can be taken back. */
  moved(change: Change, branch: string): void {
    for (const entry of this.entries) {
      if (!entry.open.includes(change.id) || entry.branch === branch || entry.above) continue
      const [moved, rest] = parted(entry.cells, change)
      if (rest.size === 0) this.replace(entry, { ...entry, branch })
      else {
        this.replace(entry, { ...entry, cells: rest, open: entry.open.filter((id) => id !== change.id) })
        this.push({ ...entry, branch, cells: moved, open: [change.id], last: change.id })
      }
    }
  }

  /** Somebody else's committed write. It precedes our own writes that are not committed. */
  overtaken(branch: string, [record, prop, value]: StoredWrite, isOpen: (change: string) => boolean): void {
    for (const entry of this.entries) {
      const cell = entry.branch === branch ? entry.cells.get(cellKey(record, prop)) : undefined
      if (!cell || cell.words || !entry.open.some(isOpen)) continue
      const cells = new Map(entry.cells).set(cellKey(record, prop), { ...cell, before: value })
      this.replace(entry, { ...entry, cells })
    }
  }

  /** A change did not come to be, or not in these cells. */
  forget(change: string, cells: readonly { record: string; prop: string }[]): void {
    for (const entry of this.entries) {
      if (entry.last !== change && !entry.open.includes(change)) continue
      const left = new Map(entry.cells)
      for (const { record, prop } of cells) left.delete(cellKey(record, prop))
      this.replace(entry, { ...entry, cells: left })
    }
    this.entries = this.entries.filter((entry) => entry.cells.size > 0 || entry.merge)
  }

  /** A merge, or the undo of one, was refused. */
  refused(change: string): void {
    this.entries = this.entries.filter((entry) => !(entry.merge && entry.last === change))
  }

  /** After new work there is nothing to do again. */
  private begin(branch: string): void {
    this.entries = this.entries.filter((entry) => entry.stack === 'undo' || !isOf(entry, branch))
  }

  private newest(stack: Entry['stack'], branch: string): Entry | undefined {
    return this.entries.findLast((entry) => entry.stack === stack && isOf(entry, branch))
  }

  private push(entry: Omit<Entry, 'id'>): void {
    this.entries = [...this.entries, { ...entry, id: this.newId() }].slice(-most)
  }

  private replace(entry: Entry, next: Entry): void {
    this.entries = this.entries.map((e) => (e === entry ? next : e))
  }
}

function isOf(entry: Entry, branch: string): boolean {
  return entry.above || entry.branch === branch
}

function isMerging({ merge, open }: Entry): boolean {
  return merge !== undefined && open.length > 0
}

function begun(change: string, base: number, edits: readonly CellEdit[]) {
  const cells = new Map(edits.map((edit) => [cellKey(edit.record, edit.prop), edit]))
  return { cells, open: [change], last: change, seen: base }
}

/** Text goes on from what this session has left in it; what was taken over from others meanwhile is not taken back. */
function continues(entry: Entry, edits: readonly CellEdit[]): boolean {
  return edits.every((edit) => {
    const known = entry.cells.get(cellKey(edit.record, edit.prop))
    return !known || !edit.words || same(known.after, edit.before)
  })
}

function extended(entry: Entry, change: string, base: number, edits: readonly CellEdit[]): Entry {
  const cells = new Map(entry.cells)
  for (const edit of edits) {
    const known = cells.get(cellKey(edit.record, edit.prop))
    const ours = known && same(known.after, edit.before)
    cells.set(cellKey(edit.record, edit.prop), ours ? { ...known, after: edit.after } : edit)
  }
  const open = entry.open.includes(change) ? entry.open : [...entry.open, change]
  return { ...entry, cells, open, last: change, seen: Math.max(entry.seen, base) }
}

function asStored(cells: Entry['cells'], stored: readonly StoredWrite[]): Entry['cells'] {
  const next = new Map(cells)
  for (const write of stored) {
    const cell = next.get(cellKey(write[0], write[1]))
    if (cell && !cell.words && write.length > 2) next.set(cellKey(write[0], write[1]), { ...cell, after: write[2] })
  }
  return next
}

/** The cells that a change writes, and the others. */
function parted(cells: Entry['cells'], change: Change): [Cells, Cells] {
  const made = new Set(change.writes.filter((w) => w[1] === 'kind').map((w) => w[0]))
  const written = new Set(change.writes.map((w) => cellKey(w[0], w[1])))
  const moved = new Map<string, CellEdit>()
  const rest = new Map<string, CellEdit>()
  for (const [key, cell] of cells) {
    const is = written.has(key) || (cell.prop === 'deleted' && made.has(cell.record))
    ;(is ? moved : rest).set(key, cell)
  }
  return [moved, rest]
}

type Cells = Map<string, CellEdit>

function reversed({ cells }: Entry): Write[] {
  const edits = [...cells.values()]
  const dies = new Set(edits.filter((cell) => cell.prop === 'deleted' && cell.before === true).map((c) => c.record))
  const writes = edits
    .filter((cell) => cell.prop === 'deleted' || !dies.has(cell.record))
    .map((cell): Write => [cell.record, cell.prop, cell.before ?? null, cell.after ?? null])
  // A record lives before its props are written.
  return writes.sort((a, b) => Number(b[1] === 'deleted') - Number(a[1] === 'deleted'))
}
