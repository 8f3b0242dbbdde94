import { guarded } from '../protocol/policy'
import type { Committed, StoredWrite, WireRecord, Write } from '../protocol/types'
import { same } from '../protocol/values'
import type { CanvasRecord } from './api'
import { cellOn, emptyOverlay, type Overlay, overlaid, sharedOverlay } from './overlay'
import { cellKey, fromWire, shared, written } from './record'

/** What `Replica.apply` made of a change. */
export type Applied = 'applied' | 'known' | 'gap'

/**
 * Main and all branches as the server has them at a revision: only committed changes, in the one order. Deleted records
 * stay, marked, so that a restore shows at once.
 */
export class Replica {
  readonly records = new Map<string, CanvasRecord>()
  /** Immutable, by branch. */
  overlays: ReadonlyMap<string, Overlay> = new Map()
  epoch = ''
  rev = 0
  /** Id of the change that has `rev`; proves on resume that both speak of the same log. */
  lastChange = ''
  /** Revision of the guarded cells that changed since the snapshot. */
  private readonly revs = new Map<string, number>()

  /** Revisions have no gaps: one that is missing means that something was lost on the way. */
  apply(change: Committed): Applied {
    if (change.rev <= this.rev) return 'known'
    if (change.rev !== this.rev + 1) return 'gap'
    for (const [branch, writes] of change.also) this.write(branch, writes, change.rev)
    this.write(change.branch, change.writes, change.rev)
    this.rev = change.rev
    this.lastChange = change.id
    return 'applied'
  }

  /** A page of a snapshot at `rev`. */
  load(page: readonly WireRecord[]): void {
    for (const record of page) this.records.set(record.id, fromWire(record, this.rev))
  }

  /** Cells of a branch in a snapshot at `rev`. */
  loadOverlay(branch: string, cells: readonly Write[]): void {
    this.overlays = new Map(this.overlays).set(branch, overlaid(this.overlay(branch), cells, this.rev))
  }

  overlay(branch: string): Overlay {
    return this.overlays.get(branch) ?? emptyOverlay
  }

  kindOf(id: string): string | undefined {
    const known = this.records.get(id)?.kind
    if (known !== undefined) return known
    for (const overlay of this.overlays.values()) {
      const kind = overlay.get(id)?.kind
      if (kind !== undefined) return kind
    }
    return undefined
  }

  /** What stands in a cell of a branch, be it its own or main's, and the revision that wrote it; 0 when it is not known. */
  standing(branch: string, record: string, prop: string): { value: unknown; rev: number } {
    const own = branch === '' ? undefined : cellOn(this.overlays.get(branch), record, prop)
    const value = own ? own.value : this.records.get(record)?.props[prop]
    return { value, rev: this.revs.get(revKey(own ? branch : '', record, prop)) ?? 0 }
  }

  /** Keeps the identity of what is as it was in `before`, whatever revision it was seen at. */
  share(before: Replica): void {
    for (const [id, next] of this.records) {
      const was = before.records.get(id)
      if (was && shared({ ...was, rev: next.rev }, next) !== next) this.records.set(id, was)
    }
    this.overlays = new Map(
      [...this.overlays].map(([branch, next]) => [branch, sharedOverlay(before.overlays.get(branch), next)]),
    )
  }

  private write(branch: string, writes: readonly StoredWrite[], rev: number): void {
    this.note(branch, writes, rev)
    if (branch !== '') this.overlays = new Map(this.overlays).set(branch, overlaid(this.overlay(branch), writes, rev))
    else
      for (const [id, prop, value] of writes) {
        const next = written(this.records.get(id), [id, prop, value], rev)
        if (next) this.records.set(id, next)
      }
  }

  /** Which revision wrote a cell. The same value again, as a restored record brings it, writes nothing new. */
  private note(branch: string, writes: readonly StoredWrite[], rev: number): void {
    const kinds = new Map(writes.flatMap(([id, prop, kind]) => (prop === 'kind' ? [[id, String(kind)]] : [])))
    for (const [id, prop, value] of writes) {
      if (!guarded(this.kindOf(id) ?? kinds.get(id) ?? '', prop)) continue
      const stood =
        branch === '' ? this.records.get(id)?.props[prop] : cellOn(this.overlays.get(branch), id, prop)?.value
      if (!same(stood, value)) this.revs.set(revKey(branch, id, prop), rev)
    }
  }
}

function revKey(branch: string, record: string, prop: string): string {
  return `${branch} ${cellKey(record, prop)}`
}
