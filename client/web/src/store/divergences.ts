import { each, fields, list, number, string } from '../protocol/shape'
import type { Branched, CellConflict, Change } from '../protocol/types'
import type { Divergence, MetCell } from './api'
import { cellKey } from './record'

/** What became of the changes of one episode. Immutable. */
export interface Tally {
  /** The episode's. */
  readonly id: string
  /** Ids of changes: those that are where they were made for, and those that were kept on a branch. */
  readonly applied: readonly string[]
  readonly kept: readonly string[]
  readonly branch?: string
  readonly name?: string
  readonly cells: readonly MetCell[]
}

/** Where a change is, and what it met there as far as this client can tell. */
export interface Landing {
  readonly branch: string
  readonly name?: string
  readonly cells: readonly MetCell[]
}

/** Episodes of which nothing has diverged (yet) that are remembered. */
const mostUndiverged = 32

/** Counts what became of each episode, to tell of those that ended up on two sides. Told twice counts once. */
export class Divergences {
  private readonly tallies = new Map<string, Tally>()
  private told: readonly Divergence[] = []

  /** Those that wait for the person. */
  get open(): readonly Divergence[] {
    return this.told
  }

  /** To be kept over a reload: what waits, and what is still being sent. */
  kept(pending: Iterable<Change>): Tally[] {
    const unsent = new Set([...pending].map(episodeOf))
    return [...this.tallies.values()].filter((tally) => tally.branch !== undefined || unsent.has(tally.id))
  }

  restore(tallies: readonly Tally[]): void {
    for (const tally of tallies) this.tallies.set(tally.id, tally)
    this.retell()
  }

  /** A change is durable. */
  landed(change: Change, { branch, name, cells }: Landing): void {
    if (change.undo !== undefined || change.merge || change.restored) return
    const id = episodeOf(change)
    const before = this.tallies.get(id) ?? { id, applied: [], kept: [], cells: [] }
    if (branch === '' || branch === (change.branch ?? '')) {
      this.put({ ...before, applied: including(before.applied, change.id) })
      return
    }
    const same = before.branch === branch
    const met = same ? withMine(before.cells, change) : []
    this.put({
      ...before,
      branch,
      name: name ?? (same ? before.name : undefined),
      kept: including(same ? before.kept : [], change.id),
      cells: withCells(
        met,
        cells.filter((cell) => !met.some((m) => m.record === cell.record && m.prop === cell.prop)),
      ),
    })
  }

  /** The server's word on a change that was kept on a branch: what it met, and whose that is. */
  answered(change: string, { branch, name, cells = [] }: Branched): void {
    for (const tally of [...this.tallies.values()]) {
      if (tally.branch !== branch || !tally.kept.includes(change)) continue
      this.put({ ...tally, name, cells: withCells(tally.cells, cells.map(metCell)) })
    }
  }

  dismiss(id: string): void {
    if (this.tallies.delete(id)) this.retell()
  }

  /** Nothing waits on these branches: they were merged or archived. */
  closed(isClosed: (branch: string) => boolean): void {
    for (const { id, branch } of [...this.tallies.values()]) {
      if (branch !== undefined && isClosed(branch)) this.dismiss(id)
    }
  }

  private put(tally: Tally): void {
    this.tallies.delete(tally.id)
    this.tallies.set(tally.id, tally)
    const undiverged = [...this.tallies.values()].filter(({ branch }) => branch === undefined)
    for (const { id } of undiverged.slice(0, -mostUndiverged)) this.tallies.delete(id)
    if (tally.branch !== undefined) this.retell()
  }

  private retell(): void {
    this.told = [...this.tallies.values()].flatMap(divergenceOf)
  }
}

/** As the server groups them (docs/canvas.md, Divergence). */
function episodeOf({ episode, gesture, id }: Change): string {
  return episode ?? gesture ?? id
}

function divergenceOf({ id, branch, name = '', applied, kept, cells }: Tally): Divergence[] {
  return branch === undefined ? [] : [{ id, branch, name, applied: applied.length, kept: kept.length, cells }]
}

function including(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids : [...ids, id]
}

/** The newest of mine, while the person types on. */
function withMine(cells: readonly MetCell[], { writes }: Change): readonly MetCell[] {
  return cells.map((cell) => {
    const write = writes.findLast((w) => w[0] === cell.record && w[1] === cell.prop)
    return write ? { ...cell, mine: write[2] } : cell
  })
}

/** What is known of a cell, and over it what is said now. */
function withCells(known: readonly MetCell[], said: readonly MetCell[]): readonly MetCell[] {
  const cells = new Map(known.map((cell) => [cellKey(cell.record, cell.prop), cell]))
  for (const cell of said) {
    const key = cellKey(cell.record, cell.prop)
    const was = cells.get(key)
    cells.set(key, { ...cell, base: cell.base ?? was?.base, mine: cell.mine ?? was?.mine })
  }
  return [...cells.values()]
}

export function metCell({ record, prop, base, theirs, mine, user }: CellConflict): MetCell {
  return { record, prop, base, theirs, mine, user }
}

/** The cells that a reply or the details of an error name under `conflicts`, `skipped` or `cells`. */
export function readCells(x: unknown): CellConflict[] {
  return each(list(x), (item) => {
    const body = fields(item)
    const record = string(body?.record)
    const prop = string(body?.prop)
    if (!body || record === undefined || prop === undefined) return undefined
    const { base, theirs, mine } = body
    return { record, prop, rev: number(body.rev) ?? 0, base, theirs, mine, user: string(body.user) }
  })
}

export function readBranched(x: unknown): Branched | undefined {
  const body = fields(x)
  const branch = string(body?.branch)
  return body && branch !== undefined
    ? { branch, name: string(body.name) ?? '', cells: readCells(body.cells) }
    : undefined
}
