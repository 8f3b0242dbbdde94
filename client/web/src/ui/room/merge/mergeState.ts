import { propOf } from '../../../protocol/policy'
import { same } from '../../../protocol/values'
import type { Choice, MetCell, Resolution } from '../../../store/api'
import type { DiffProp, DiffRecord, RoomDiff } from '../../../store/versioning'
import { isSilent } from '../describe/cells'

/**
 * - `applies`: the branch alone changed it
 * - `stays`: main alone changed it
 * - `joins`: both did, and the server puts both together, as far as they fit
 * - `asks`: both did, and somebody has to say which
 */
export type CellFate = 'applies' | 'stays' | 'joins' | 'asks'

export interface MergeCell {
  prop: string
  fate: CellFate
  base: unknown
  main: unknown
  branch: unknown
}

export interface MergeRecord {
  id: string
  kind: string
  cells: readonly MergeCell[]
}

export interface MergeState {
  records: readonly MergeRecord[]
  /** Ids of records that are left on the branch. */
  left: ReadonlySet<string>
  /** By cell, for those that ask. */
  choices: ReadonlyMap<string, Choice>
}

export function mergeCellKey(record: string, prop: string): string {
  return `${record}\n${prop}`
}

/** The choices to make, of a diff of main and the branch. */
export function mergeState({ records }: RoomDiff): MergeState {
  return {
    records: records
      .map(({ record, kind, props }) => ({ id: record, kind, cells: cellsOf(kind, props) }))
      .filter(({ cells }) => cells.length > 0),
    left: new Set(),
    choices: new Map(),
  }
}

function cellsOf(kind: string, props: DiffRecord['props']): MergeCell[] {
  const mainDeleted = props.some(({ prop, a }) => prop === 'deleted' && a === true)
  return props.flatMap((cell) => {
    const { prop, base, a: main, b: branch } = cell
    if (same(main, branch)) return []
    return [{ prop, base, main, branch, fate: fateOf(kind, cell, mainDeleted) }]
  })
}

function fateOf(kind: string, { prop, base, a: main, b: branch }: DiffProp, mainDeleted: boolean): CellFate {
  const schema = propOf(kind, prop)
  if (same(branch, base)) return 'stays'
  if (mainDeleted && schema?.policy !== 'lww') return 'asks'
  if (same(main, base) || !schema || schema.policy === 'lww') return 'applies'
  return schema.policy === 'merge' || schema.form === 'text' ? 'joins' : 'asks'
}

export function withLeft(state: MergeState, record: string, left: boolean): MergeState {
  const next = new Set(state.left)
  if (left) next.add(record)
  else next.delete(record)
  return { ...state, left: next }
}

/** Both is said of a whole record: its sibling has everything that the branch shows. So is taking that back. */
export function withChoice(state: MergeState, record: string, prop: string, choice: Choice): MergeState {
  const cells = asking(state, record)
  const wasBoth = cells.some((cell) => state.choices.get(mergeCellKey(record, cell.prop)) === 'both')
  const props = choice === 'both' ? cells.map((cell) => cell.prop) : [prop]
  const choices = new Map(state.choices)
  if (wasBoth && choice !== 'both') for (const cell of cells) choices.delete(mergeCellKey(record, cell.prop))
  for (const name of props) choices.set(mergeCellKey(record, name), choice)
  return { ...state, choices }
}

/** Without a record: of all. */
export function withChoiceForAll(state: MergeState, choice: Choice, record?: string): MergeState {
  const choices = new Map(state.choices)
  for (const { id, cells } of state.records) {
    if (record !== undefined && id !== record) continue
    for (const { prop, fate } of cells) if (fate === 'asks') choices.set(mergeCellKey(id, prop), choice)
  }
  return { ...state, choices }
}

/** The server asks about more cells than the page could tell: texts that do not join, things deleted meanwhile. */
export function withConflicts(state: MergeState, conflicts: readonly MetCell[]): MergeState {
  const met = new Map(conflicts.map((cell) => [mergeCellKey(cell.record, cell.prop), cell]))
  const records = state.records.map((record) => ({
    ...record,
    cells: record.cells.map((cell) => {
      const key = mergeCellKey(record.id, cell.prop)
      const found = met.get(key)
      met.delete(key)
      return found
        ? { prop: cell.prop, fate: 'asks' as const, base: found.base, main: found.theirs, branch: found.mine }
        : cell
    }),
  }))
  for (const { record: id, prop, base, theirs: main, mine: branch } of met.values()) {
    const cell: MergeCell = { prop, fate: 'asks', base, main, branch }
    const i = records.findIndex((record) => record.id === id)
    const record = records[i]
    if (record) records[i] = { ...record, cells: [...record.cells, cell] }
    else records.push({ id, kind: '', cells: [cell] })
  }
  return { ...state, records }
}

/** Newer values keep what was chosen, and what the server had asked about. */
export function renewed(before: MergeState, diff: RoomDiff): MergeState {
  const next = mergeState(diff)
  const there = new Map(next.records.map(({ id, cells }) => [id, new Map(cells.map((cell) => [cell.prop, cell]))]))
  const asked = before.records.flatMap(({ id, cells }) =>
    cells
      .filter(({ fate, prop }) => fate === 'asks' && there.get(id)?.has(prop))
      .map(({ prop }) => {
        const { base, main, branch } = there.get(id)?.get(prop) ?? {}
        return { record: id, prop, base, theirs: main, mine: branch }
      }),
  )
  return withConflicts({ ...next, left: before.left, choices: before.choices }, asked)
}

export function asking(state: MergeState, record?: string): MergeCell[] {
  return picked(state)
    .filter(({ id }) => record === undefined || id === record)
    .flatMap(({ cells }) => cells.filter((cell) => cell.fate === 'asks'))
}

export function picked(state: MergeState): MergeRecord[] {
  return state.records.filter(({ id }) => !state.left.has(id))
}

/** How many cells still need a word. */
export function unanswered(state: MergeState): number {
  return picked(state).reduce(
    (sum, { id, cells }) =>
      sum + cells.filter((cell) => cell.fate === 'asks' && !state.choices.has(mergeCellKey(id, cell.prop))).length,
    0,
  )
}

export function resolutions(state: MergeState): Resolution[] {
  return picked(state).flatMap(({ id, cells }) =>
    cells.flatMap(({ prop, fate }) => {
      const choice = fate === 'asks' ? state.choices.get(mergeCellKey(id, prop)) : undefined
      return choice ? [[id, prop, choice] as Resolution] : []
    }),
  )
}

/** Ids to merge; undefined is the whole branch. */
export function cherries(state: MergeState): string[] | undefined {
  return state.left.size === 0 ? undefined : picked(state).map(({ id }) => id)
}

/** How many cells people would name have each fate. */
export function counts(state: MergeState): Record<CellFate, number> {
  const sums = { applies: 0, stays: 0, joins: 0, asks: 0 }
  for (const { cells } of picked(state)) {
    for (const { prop, fate } of cells) if (fate === 'asks' || !isSilent(prop)) sums[fate] += 1
  }
  return sums
}
