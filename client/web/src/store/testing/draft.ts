import { aboveBranches } from '../../protocol/policy'
import type { CellConflict, StoredWrite } from '../../protocol/types'
import { same } from '../../protocol/values'

export interface Cell {
  value: unknown
  rev: number
  /** Who wrote it; nobody has written what was merged. */
  session: string
}

export interface ModelRecord {
  kind: string
  cells: Map<string, Cell>
}

export interface OverlayCell extends Cell {
  base: unknown
}

/** Cells of one record on a branch. */
export type ModelOverlay = Map<string, OverlayCell>

/** Main and all branches at a revision. */
export interface State {
  readonly records: Map<string, ModelRecord>
  readonly branches: Map<string, Map<string, ModelOverlay>>
}

/** A write with what it replaced. */
export interface Replaced {
  readonly branch: string
  readonly write: StoredWrite
  readonly before: unknown
  readonly base?: unknown
}

/** What one change makes of the state, beside it until it is accepted. */
export class Draft {
  readonly done: Replaced[] = []
  met: CellConflict[] = []
  private readonly records = new Map<string, ModelRecord>()
  private readonly overlays = new Map<string, Map<string, ModelOverlay>>()

  constructor(
    private readonly state: State,
    readonly session: string,
    readonly rev: number,
  ) {}

  record(id: string): ModelRecord | undefined {
    return this.records.get(id) ?? this.state.records.get(id)
  }

  value(id: string, prop: string): unknown {
    return this.record(id)?.cells.get(prop)?.value
  }

  isDeleted(id: string): boolean {
    return this.value(id, 'deleted') === true
  }

  isAbove(id: string): boolean {
    return aboveBranches(this.record(id)?.kind ?? '')
  }

  overlay(branch: string, id: string): ModelOverlay | undefined {
    const drafted = this.overlays.get(branch)?.get(id)
    const overlay = drafted ?? this.state.branches.get(branch)?.get(id)
    return overlay?.size ? overlay : undefined
  }

  /** Ids of the records that a branch has cells of. */
  overlaid(branch: string): string[] {
    const ids = new Set([
      ...(this.state.branches.get(branch)?.keys() ?? []),
      ...(this.overlays.get(branch)?.keys() ?? []),
    ])
    return [...ids].filter((id) => this.overlay(branch, id)).sort()
  }

  branches(): string[] {
    const all = [...this.state.records.keys(), ...this.records.keys()]
    return [...new Set(all)].filter((id) => this.record(id)?.kind === 'branch')
  }

  kindOn(branch: string, id: string): string | undefined {
    const own = this.overlay(branch, id)?.get('kind')?.value
    return this.record(id)?.kind ?? (typeof own === 'string' ? own : undefined)
  }

  create(id: string, kind: string): void {
    this.records.set(id, { kind, cells: new Map() })
    this.done.push({ branch: '', write: [id, 'kind', kind], before: undefined })
  }

  /** With a basis the value was merged. */
  set(id: string, prop: string, value: unknown, basis?: unknown): void {
    const record = this.writable(id)
    const before = record.cells.get(prop)
    const write: StoredWrite = basis === undefined ? [id, prop, value ?? null] : [id, prop, value ?? null, basis]
    this.done.push({ branch: '', write, before: before?.value })
    if (same(before?.value, value)) return
    record.cells.set(prop, { value, rev: this.rev, session: basis === undefined ? this.session : '' })
  }

  /** A record that comes back brings all its props, for those who do not have them. */
  setLife(id: string, deleted: boolean): void {
    const was = this.isDeleted(id)
    const record = this.writable(id)
    if (!deleted && was) this.done.push({ branch: '', write: [id, 'kind', record.kind], before: record.kind })
    this.set(id, 'deleted', deleted || null)
    if (deleted || !was) return
    for (const [prop, { value }] of record.cells) {
      if (prop !== 'deleted') this.done.push({ branch: '', write: [id, prop, value ?? null], before: value })
    }
  }

  setOn(branch: string, id: string, prop: string, value: unknown, base: unknown, session = this.session): void {
    const overlay = this.writableOverlay(branch, id)
    const cell = overlay.get(prop)
    const write: StoredWrite = cell ? [id, prop, value ?? null] : [id, prop, value ?? null, base ?? null]
    this.done.push({ branch, write, before: cell?.value, base: cell?.base })
    if (cell && same(cell.value, value)) return
    overlay.set(prop, { value, base: cell ? cell.base : base, rev: this.rev, session })
  }

  drop(branch: string, id: string): void {
    const overlay = this.writableOverlay(branch, id)
    for (const [prop, { value, base }] of overlay) {
      this.done.push({ branch, write: [id, prop], before: value, base })
    }
    overlay.clear()
  }

  accept(): void {
    for (const [id, record] of this.records) this.state.records.set(id, record)
    for (const [branch, overlays] of this.overlays) {
      const known = this.state.branches.get(branch) ?? new Map<string, ModelOverlay>()
      this.state.branches.set(branch, known)
      for (const [id, overlay] of overlays) {
        if (overlay.size > 0) known.set(id, overlay)
        else known.delete(id)
      }
    }
  }

  equalsMain(branch: string): boolean {
    return this.overlaid(branch).every((id) =>
      [...(this.overlay(branch, id) ?? [])].every(([prop, { value }]) =>
        prop === 'kind' ? this.record(id) !== undefined : this.record(id) && same(this.value(id, prop), value),
      ),
    )
  }

  private writable(id: string): ModelRecord {
    const drafted = this.records.get(id)
    if (drafted) return drafted
    const known = this.state.records.get(id)
    if (!known) throw new Error(`no record ${id}`)
    const copy = { kind: known.kind, cells: new Map(known.cells) }
    this.records.set(id, copy)
    return copy
  }

  private writableOverlay(branch: string, id: string): ModelOverlay {
    const drafts = this.overlays.get(branch) ?? new Map<string, ModelOverlay>()
    this.overlays.set(branch, drafts)
    const drafted = drafts.get(id)
    if (drafted) return drafted
    const copy = new Map(this.state.branches.get(branch)?.get(id))
    drafts.set(id, copy)
    return copy
  }
}
