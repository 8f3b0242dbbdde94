import type { StoredWrite } from '../protocol/types'
import { absent, same } from '../protocol/values'
import type { OverlayCell, OverlayRecord } from './api'

/** What a branch has of a record, with the revision that wrote there last. */
export interface Overlaid extends OverlayRecord {
  readonly rev: number
}

/** What a branch has, by record. Immutable. */
export type Overlay = ReadonlyMap<string, Overlaid>

export const emptyOverlay: Overlay = new Map()

/** The branch after writes that are stored: with a base value a cell begins there, without a value it is taken off. */
export function overlaid(overlay: Overlay, writes: readonly StoredWrite[], rev: number): Overlay {
  const next = new Map(overlay)
  const cells = new Map<string, Map<string, OverlayCell>>()
  for (const [id, prop, ...rest] of writes) {
    const of = cells.get(id) ?? new Map(next.get(id)?.cells)
    cells.set(id, of)
    if (rest.length === 0) of.delete(prop)
    else of.set(prop, { value: rest[0], base: rest.length > 1 ? rest[1] : of.get(prop)?.base })
  }
  for (const [id, of] of cells) {
    if (of.size === 0) next.delete(id)
    else next.set(id, { id, kind: kindIn(of), cells: of, rev })
  }
  return next
}

function kindIn(cells: ReadonlyMap<string, OverlayCell>): string | undefined {
  const kind = cells.get('kind')?.value
  return typeof kind === 'string' ? kind : undefined
}

/** `next`, or `before` when it has the same cells. */
export function sharedOverlay(before: Overlay | undefined, next: Overlay): Overlay {
  if (!before || before.size !== next.size) return next
  for (const [id, record] of next) if (!sameCells(before.get(id)?.cells, record.cells)) return next
  return before
}

function sameCells(a: ReadonlyMap<string, OverlayCell> | undefined, b: ReadonlyMap<string, OverlayCell>): boolean {
  if (a?.size !== b.size) return false
  for (const [prop, { value, base }] of b) {
    const cell = a.get(prop)
    if (!cell || !same(cell.value, value) || !same(cell.base, base)) return false
  }
  return true
}

/** A cell's value as it stands on the branch; undefined when main shows there. */
export function cellOn(overlay: Overlay | undefined, record: string, prop: string): { value: unknown } | undefined {
  const cell = overlay?.get(record)?.cells.get(prop)
  return cell && { value: absent(cell.value) ? undefined : cell.value }
}
