import type { ApiError } from '../protocol/errors'
import { wantsBasis } from '../protocol/policy'
import type { Change, Committed, WireRecord, Write } from '../protocol/types'
import { absent, same } from '../protocol/values'
import type { CanvasRecord, EditOptions, EditWrite, Problem } from './api'
import { Bases } from './bases'
import { type Conflict, conflictCells, conflictOf, withConflict } from './conflicts'
import { type CellEdit, History, type Reversal } from './history'
import { PendingChanges } from './pending'
import { Replica } from './replica'
import { copyOf } from './resolution'
import { View } from './view'

export interface CanvasPorts {
  /** Ids of changes and records, in ascending order. */
  readonly newId: () => string
  /** The public id of this session, once it is known: whose changes are our own. */
  readonly session: () => string | undefined
}

/**
 * What this session sees and does of a canvas. Pure: no clock, no socket; the server's answers come in by method and own
 * changes wait in `pending` for whoever sends them.
 *
 * Holds always: what is shown is the committed canvas with `pending` on top, in order. A change leaves `pending` when it
 * comes back in the one order, when a reply says that it is part of what is here already, or when it is refused.
 */
export class Canvas {
  readonly pending = new PendingChanges()
  private readonly history = new History()
  private readonly view = new View()
  private readonly bases = new Bases()
  private replica = new Replica()
  private incoming: Replica | undefined
  private settledMeanwhile: string[] = []
  private open: readonly Conflict[] = []

  constructor(
    private readonly ports: CanvasPorts,
    /** Writes that fit into one change. */
    private writesPerChange = 256,
  ) {}

  get records(): ReadonlyMap<string, CanvasRecord> {
    return this.view.records
  }

  get conflicts(): readonly Conflict[] {
    return this.open
  }

  get canUndo(): boolean {
    return this.history.canUndo
  }

  get canRedo(): boolean {
    return this.history.canRedo
  }

  /** Where the committed canvas stands, for resume. */
  get position(): { epoch: string; rev: number; last_change: string } {
    const { epoch, rev, lastChange } = this.replica
    return { epoch, rev, last_change: lastChange }
  }

  // Own work.

  edit(writes: readonly EditWrite[], options: EditOptions = {}): void {
    const changed = writes.filter(([record, prop, value]) => !same(this.view.value(record, prop), value))
    for (let i = 0; i < changed.length; i += this.writesPerChange) {
      this.make(
        changed.slice(i, i + this.writesPerChange).map(([r, p, v]): Write => [r, p, v]),
        options,
      )
    }
  }

  remove(ids: readonly string[], gesture: string): void {
    const there = ids.filter((id) => this.view.records.has(id))
    this.edit(
      there.map((id) => [id, 'deleted', true]),
      { gesture },
    )
  }

  undo(): Problem | undefined {
    return this.reverse(this.history.takeUndo(), (r, id) => this.history.undone(r, id))
  }

  redo(): Problem | undefined {
    return this.reverse(this.history.takeRedo(), (r, id) => this.history.redone(r, id))
  }

  /** What an earlier life of this session left unacknowledged and unanswered; to be called before anything else. */
  restore(changes: readonly Change[], conflicts: readonly Conflict[]): void {
    this.open = conflicts
    for (const change of changes) this.pending.push(change, true)
    this.refresh(changes.flatMap((change) => change.writes.map((w) => w[0])))
  }

  resolve(conflict: Conflict, choice: 'copy' | 'theirs'): void {
    if (!this.open.includes(conflict)) return
    this.open = this.open.filter((c) => c !== conflict)
    this.bases.settle(conflict.cells)
    const copies = choice === 'copy' ? this.copies(conflict) : []
    const writes = [...copies, ...conflict.rest]
    if (writes.length > 0) this.edit(writes, { gesture: this.ports.newId() })
  }

  // What the server says.

  /** A whole canvas at a revision follows, page by page; what is shown stays until `live`. */
  beginSnapshot(epoch: string, rev: number, lastChange: string): void {
    this.incoming = new Replica()
    Object.assign(this.incoming, { epoch, rev, lastChange })
  }

  page(records: readonly WireRecord[]): void {
    this.incoming?.load(records)
  }

  /** False: a revision is missing, and only a snapshot helps. */
  committed(changes: readonly Committed[]): boolean {
    const target = this.incoming ?? this.replica
    const dirty = new Set<string>()
    for (const change of changes) {
      const applied = target.apply(change)
      if (applied === 'gap') return false
      for (const [record] of change.writes) dirty.add(record)
      const own = this.pending.get(change.id)
      if (own) {
        // Also what was sent but not stored: an undo may be carried out in part.
        for (const [record] of own.change.writes) dirty.add(record)
        this.history.committed(change.id, change.rev)
        this.settle(change.id)
      } else if (applied === 'applied' && change.session !== this.ports.session()) {
        for (const write of change.writes) this.history.overtake(write, (...cell) => this.pending.writes(...cell))
      }
    }
    this.refresh(dirty)
    return true
  }

  /** The stream ended before it was live: what came of a snapshot is worth nothing. */
  abandon(): void {
    this.incoming = undefined
    this.settledMeanwhile = []
  }

  /** The snapshot, or what was missed, is complete. */
  live(): void {
    const next = this.incoming
    if (!next) return
    const before = this.replica
    next.share(before)
    this.replica = next
    this.incoming = undefined
    for (const id of this.settledMeanwhile) this.pending.remove(id)
    this.settledMeanwhile = []
    this.history.compare((record, prop) => next.records.get(record)?.props[prop])
    this.refresh(new Set([...before.records.keys(), ...next.records.keys(), ...this.view.records.keys()]))
  }

  /** The reply to a change: it is part of what is here, be it that it came back before or that a snapshot holds it. */
  acknowledged(id: string, rev: number, skipped: readonly { record: string; prop: string }[]): Problem | undefined {
    const pending = this.pending.get(id)
    if (pending) {
      this.history.committed(id, rev)
      this.settle(id)
      this.refresh(pending.change.writes.map((w) => w[0]))
    }
    if (skipped.length === 0) return undefined
    this.history.forget(id, skipped)
    return { kind: 'skipped', cells: skipped }
  }

  /** A change was refused for good. */
  refused(id: string, error: ApiError): Problem | undefined {
    const change = this.pending.get(id)?.change
    if (!change) return undefined
    this.settle(id)
    const cells = change.writes.map(([record, prop]) => ({ record, prop }))
    this.history.forget(id, cells)
    this.refresh(cells.map((cell) => cell.record))
    const named = error.code === 'CONFLICT' ? conflictCells(error.details) : []
    if (change.undo && named.length > 0) return { kind: 'skipped', cells: named }
    const conflict = conflictOf(change, named, (id) => this.replica.records.get(id))
    if (!conflict) return { kind: 'refused', error, writes: change.writes.map(([r, p, v]) => [r, p, v]) }
    this.open = withConflict(this.open, conflict)
    return undefined
  }

  setLimits(writesPerChange: number): void {
    this.writesPerChange = writesPerChange
  }

  private make(writes: readonly Write[], { gesture, episode }: EditOptions): void {
    const base = this.bases.of(writes, (id) => this.kindOf(id, writes), episode, this.replica.rev)
    const based = writes.map((w) => this.withBasis(w, writes))
    const edits = this.cellEdits(based)
    const extended = this.pending.extendable({ gesture, episode }, writes.length, this.writesPerChange)
    if (extended) this.pending.extend(extended, base, based)
    const { id } = (extended ?? this.pending.push({ id: this.ports.newId(), base, gesture, episode, writes: based }))
      .change
    this.history.record(id, gesture ?? episode, base, edits)
    this.refresh(writes.map((w) => w[0]))
  }

  private kindOf(id: string, writes: readonly Write[]): string {
    const created = writes.find((w) => w[0] === id && w[1] === 'kind')
    return this.view.records.get(id)?.kind ?? (typeof created?.[2] === 'string' ? created[2] : '')
  }

  private withBasis(write: Write, all: readonly Write[]): Write {
    const [record, prop, value] = write
    const from = this.view.value(record, prop)
    return absent(from) || !wantsBasis(this.kindOf(record, all), prop) ? write : [record, prop, value, from]
  }

  /** For a new record its life is all there is to take back. */
  private cellEdits(writes: readonly Write[]): CellEdit[] {
    const created = new Set(writes.filter((w) => w[1] === 'kind').map((w) => w[0]))
    const lives = [...created].map((record) => ({ record, prop: 'deleted', before: true, after: undefined }))
    const others = writes.filter((w) => !created.has(w[0]))
    return [
      ...lives,
      ...others.map(([record, prop, value]) => ({ record, prop, before: this.view.value(record, prop), after: value })),
    ]
  }

  private reverse(r: Reversal | undefined, made: (r: Reversal, change: string) => void): Problem | undefined {
    if (!r) return undefined
    for (let i = 0; i < r.writes.length; i += this.writesPerChange) {
      const id = this.ports.newId()
      const writes = r.writes.slice(i, i + this.writesPerChange)
      this.pending.push({ id, base: r.base, undo: r.undo, writes })
      if (i === 0) made(r, id)
      this.refresh(writes.map((w) => w[0]))
    }
    return r.skipped.length > 0 ? { kind: 'skipped', cells: r.skipped } : undefined
  }

  private copies(conflict: Conflict): EditWrite[] {
    const ids = new Set(conflict.cells.map((cell) => cell.record))
    return [...ids].flatMap((id) => {
      const origin = this.replica.records.get(id) ?? conflict.origins.findLast((record) => record.id === id)
      return origin ? copyOf(origin, this.ports.newId(), conflict.cells) : []
    })
  }

  /** Takes a change out of the overlay, together with the replica that holds it. */
  private settle(id: string): void {
    if (this.incoming) this.settledMeanwhile.push(id)
    else this.pending.remove(id)
  }

  private refresh(ids: Iterable<string>): void {
    this.view.refresh(ids, this.replica, this.pending)
  }
}
