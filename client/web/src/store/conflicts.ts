import { each, fields, list, number, string } from '../protocol/shape'
import type { CellConflict, Change } from '../protocol/types'
import type { CanvasRecord, EditWrite } from './api'
import { cellKey } from './record'

/** One cell of a refused change: what this session wrote and what stands. Undefined: no value. */
export interface ConflictCell {
  readonly record: string
  readonly prop: string
  readonly mine: unknown
  readonly theirs: unknown
  /** Id of the user whose value stands. */
  readonly user?: string
}

/** A change that the server refused because somebody else wrote there, unseen. It waits for `resolve`. */
export interface Conflict {
  /** Id of the (newest) refused change. */
  readonly id: string
  readonly cells: readonly ConflictCell[]
  /** Writes that were in the same change without being in conflict. */
  readonly rest: readonly EditWrite[]
  /** The records in question as they were then, for a copy of what is deleted or not loaded. */
  readonly origins: readonly CanvasRecord[]
}

/** The cells that a CONFLICT error names. */
export function conflictCells(details: unknown): CellConflict[] {
  return each(list(fields(details)?.conflicts), (x) => {
    const body = fields(x)
    const record = string(body?.record)
    const prop = string(body?.prop)
    if (!body || record === undefined || prop === undefined) return undefined
    return { record, prop, rev: number(body.rev) ?? 0, theirs: body.theirs, user: string(body.user) }
  })
}

/**
 * The refused change as what a person can decide on; undefined when there is nothing to decide (rev 0: what the change
 * links to is not there). When theirs is the record's deletion, mine is what was written to it.
 */
export function conflictOf(
  change: Change,
  cells: readonly CellConflict[],
  recordOf: (id: string) => CanvasRecord | undefined,
): Conflict | undefined {
  if (cells.length === 0 || cells.some((cell) => cell.rev === 0)) return undefined
  const named = new Map(cells.map((cell) => [cellKey(cell.record, cell.prop), cell]))
  const byRecord = new Map(cells.map((cell) => [cell.record, cell]))
  const asked: ConflictCell[] = []
  const rest: EditWrite[] = []
  for (const [record, prop, value] of change.writes) {
    const cell = named.get(cellKey(record, prop))
    const other = byRecord.get(record)
    if (cell) asked.push({ record, prop, mine: value, theirs: cell.theirs, user: cell.user })
    else if (other?.prop === 'deleted') asked.push({ record, prop, mine: value, theirs: undefined, user: other.user })
    else if (prop === 'deleted' && other) asked.push({ record, prop, mine: value, theirs: null, user: other.user })
    else rest.push([record, prop, value])
  }
  const origins = [...new Set(asked.map((cell) => cell.record))].flatMap((id) => recordOf(id) ?? [])
  return asked.length > 0 ? { id: change.id, cells: asked, rest, origins } : undefined
}

/** One open question per cell: the newest of mine against the newest of theirs. */
export function withConflict(open: readonly Conflict[], next: Conflict): Conflict[] {
  const cells = new Set(next.cells.map((cell) => cellKey(cell.record, cell.prop)))
  const overlaps = (c: Conflict) => c.cells.some((cell) => cells.has(cellKey(cell.record, cell.prop)))
  const older = open.filter(overlaps)
  const kept = older.flatMap((c) => c.cells.filter((cell) => !cells.has(cellKey(cell.record, cell.prop))))
  const rest = older.flatMap((c) => c.rest)
  const origins = [...older.flatMap((c) => c.origins), ...next.origins]
  const merged = { ...next, cells: [...kept, ...next.cells], rest: [...rest, ...next.rest], origins }
  return [...open.filter((c) => !overlaps(c)), merged]
}
