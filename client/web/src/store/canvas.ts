import type { ApiError } from '../protocol/errors'
import { aboveBranches, guarded, mergesWords } from '../protocol/policy'
import { fields } from '../protocol/shape'
import type { Branched, Change, Committed, WireRecord, Write } from '../protocol/types'
import { same } from '../protocol/values'
import type { CanvasRecord, Divergence, EditOptions, EditWrite, MergeRequest, MetCell, Problem } from './api'
import { Bases, type Seen } from './bases'
import { Branches } from './branches'
import { Divergences, readCells, type Tally } from './divergences'
import { Episodes } from './episodes'
import { type CellEdit, type Entry, History, type Reversal } from './history'
import { PendingChanges } from './pending'
import { Replica } from './replica'
import { View } from './view'

export interface CanvasPorts {
  /** Ids of changes and records, in ascending order. */
  readonly newId: () => string
  /** The public id of this session, once it is known: whose changes are our own. */
  readonly session: () => string | undefined
  /** Whether others see what is done now. */
  readonly live: () => boolean
  /** An own change is part of the one order. */
  readonly landed: (change: string, rev: number) => void
}

/** What of the canvas is kept over a reload. */
export interface KeptCanvas {
  readonly unsent: readonly Change[]
  readonly tallies: readonly Tally[]
  readonly history: readonly Entry[]
}

/**
 * What this session sees and does of a canvas and its branches. Pure: no clock, no socket; the server's answers come in by
 * method and own changes wait in `pending` for whoever sends them.
 *
 * Holds always: what is shown is the committed canvas with `pending` on top, in order. A change leaves `pending` when it
 * comes back in the one order, when a reply says that it is part of what is here already, or when it is refused.
 */
export class Canvas {
  readonly pending = new PendingChanges()
  readonly branches = new Branches()
  private readonly history: History
  private readonly episodes: Episodes
  private readonly divergences = new Divergences()
  private readonly view = new View()
  private readonly bases = new Bases()
  private replica = new Replica()
  private incoming: Replica | undefined
  private settledMeanwhile: string[] = []
  private looked = ''

  constructor(
    private readonly ports: CanvasPorts,
    /** Writes that fit into one change. */
    private writesPerChange = 256,
  ) {
    this.history = new History(ports.newId)
    this.episodes = new Episodes(ports.newId)
  }

  get records(): ReadonlyMap<string, CanvasRecord> {
    return this.view.records
  }

  /** The branch that is shown and edited. */
  get branch(): string {
    return this.looked
  }

  get diverged(): readonly Divergence[] {
    return this.divergences.open
  }

  get canUndo(): boolean {
    return this.history.can('undo', this.looked)
  }

  get canRedo(): boolean {
    return this.history.can('redo', this.looked)
  }

  get tallies(): readonly Tally[] {
    return this.divergences.kept(this.pending.changes)
  }

  get undoable(): readonly Entry[] {
    return this.history.kept
  }

  /** Where the committed canvas stands, for resume. */
  get position(): { epoch: string; rev: number; last_change: string } {
    const { epoch, rev, lastChange } = this.replica
    return { epoch, rev, last_change: lastChange }
  }

  // Own work.

  edit(writes: readonly EditWrite[], options: EditOptions = {}): void {
    const changed = writes.filter(([record, prop, value]) => !same(this.view.value(record, prop), value))
    const isAbove = ([record]: EditWrite) => aboveBranches(this.kindOf(record, changed))
    const parts = this.looked === '' ? [changed] : [changed.filter((w) => !isAbove(w)), changed.filter(isAbove)]
    for (const part of parts) {
      const above = part.every(isAbove)
      for (let i = 0; i < part.length; i += this.writesPerChange) {
        this.make(part.slice(i, i + this.writesPerChange), above, options)
      }
    }
  }

  remove(ids: readonly string[], gesture: string): void {
    const there = ids.filter((id) => this.view.records.has(id))
    this.edit(
      there.map((id) => [id, 'deleted', true]),
      { gesture },
    )
  }

  undo(): void {
    this.reverse(this.history.take('undo', this.looked))
  }

  redo(): void {
    this.reverse(this.history.take('redo', this.looked))
  }

  /** Writes records that say something of the canvas: branches and versions. They are not taken back by an undo. */
  mark(writes: readonly Write[]): void {
    this.pending.push({ id: this.ports.newId(), base: this.replica.rev, writes: [...writes] })
    this.refresh(writes.map((w) => w[0]))
  }

  /** Returns the change's id. */
  merge(branch: string, { records, resolve }: MergeRequest): string {
    const merge = { branch, records: records && [...records], resolve: resolve && [...resolve] }
    const id = this.ports.newId()
    this.pending.push({ id, base: this.replica.rev, merge, writes: [] })
    this.history.merged(id, merge, this.replica.rev)
    return id
  }

  dismiss(divergence: Divergence): void {
    this.divergences.dismiss(divergence.id)
  }

  /** False when there is no such branch to look at. */
  look(branch: string): boolean {
    if (branch !== '' && !this.branches.isOpen(branch)) return false
    if (branch !== this.looked) {
      this.looked = branch
      this.refresh(this.everything())
    }
    return true
  }

  /** What an earlier life of this session left; to be called before anything else. */
  restore({ unsent, tallies, history }: KeptCanvas): void {
    for (const change of unsent) this.pending.push(change, { sealed: true })
    this.divergences.restore(tallies)
    this.history.restore(history, (change) => this.pending.get(change) !== undefined)
    this.refresh(unsent.flatMap((change) => change.writes.map((w) => w[0])))
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

  overlay(branch: string, cells: readonly Write[]): void {
    this.incoming?.loadOverlay(branch, cells)
  }

  /** False: a revision is missing, and only a snapshot helps. */
  committed(changes: readonly Committed[]): boolean {
    const target = this.incoming ?? this.replica
    const dirty = new Set<string>()
    for (const change of changes) {
      const applied = target.apply(change)
      if (applied === 'gap') return false
      const places = [[change.branch, change.writes], ...change.also] as const
      for (const [, writes] of places) for (const [record] of writes) dirty.add(record)
      const own = this.pending.get(change.id)?.change
      if (own) {
        // Also what was sent but not stored: an undo may be carried out in part.
        for (const [record] of own.writes) dirty.add(record)
        this.landed(own, change, target)
      } else if (applied === 'applied' && change.session !== this.ports.session()) {
        for (const [branch, writes] of places) for (const write of writes) this.overtaken(branch, write)
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
    this.episodes.joined()
    const next = this.incoming
    if (!next) return
    const before = this.replica
    next.share(before)
    this.replica = next
    this.incoming = undefined
    for (const id of this.settledMeanwhile) this.pending.remove(id)
    this.settledMeanwhile = []
    this.refresh(new Set([...before.records.keys(), ...this.everything()]))
  }

  /** The reply to a change: it is part of what is here, be it that it came back before or that a snapshot holds it. */
  acknowledged(id: string, rev: number, skipped: readonly MetCell[], branched?: Branched): Problem | undefined {
    const own = this.pending.get(id)?.change
    if (own) {
      const landing = { branch: branched?.branch ?? own.branch ?? '', name: branched?.name, cells: [] }
      this.divergences.landed(own, landing)
      if (branched) this.history.moved(own, branched.branch)
      this.history.committed(id, rev, [])
      this.ports.landed(id, rev)
      this.settle(id)
      this.refresh(own.writes.map((w) => w[0]))
    }
    if (branched) this.divergences.answered(id, branched)
    if (skipped.length === 0) return undefined
    this.history.forget(id, skipped)
    return { kind: 'skipped', cells: skipped.map(({ record, prop }) => ({ record, prop })) }
  }

  /** A change was refused for good. */
  refused(id: string, error: ApiError): Problem | undefined {
    const change = this.pending.get(id)?.change
    if (!change) return undefined
    this.settle(id)
    const cells = change.writes.map(([record, prop]) => ({ record, prop }))
    this.bases.forget(change.branch ?? '', cells)
    this.history.forget(id, lost(change))
    this.history.refused(id)
    this.refresh(cells.map((cell) => cell.record))
    const named = error.code === 'CONFLICT' ? readCells(fields(error.details)?.conflicts) : []
    if (change.undo && named.length > 0) {
      return { kind: 'skipped', cells: named.map(({ record, prop }) => ({ record, prop })) }
    }
    return { kind: 'refused', error, writes: change.writes.map(([r, p, v]) => [r, p, v]) }
  }

  setLimits(writesPerChange: number): void {
    this.writesPerChange = writesPerChange
  }

  private make(edits: readonly EditWrite[], above: boolean, { gesture, episode: stay }: EditOptions): void {
    const branch = above ? '' : this.looked
    const { writes, base } = this.bases.of(edits, branch, stay, this.seen(branch, edits))
    const cells = this.cellEdits(writes)
    const together = {
      branch: branch || undefined,
      gesture,
      episode: this.episodes.of(stay, this.ports.live()),
      stay,
    }
    const extended = this.pending.extendable(together, writes.length, this.writesPerChange)
    if (extended) this.pending.extend(extended, base, writes)
    const change = { id: this.ports.newId(), base, branch: together.branch, gesture, episode: together.episode, writes }
    const { id } = (extended ?? this.pending.push(change, { stay })).change
    this.history.record(id, gesture ?? stay, { branch, above }, base, cells)
    this.refresh(writes.map((w) => w[0]))
  }

  private seen(branch: string, edits: readonly EditWrite[]): Seen {
    return {
      rev: () => this.replica.rev,
      kindOf: (record) => this.kindOf(record, edits),
      value: (record, prop) => this.view.value(record, prop),
      standing: (record, prop) => this.replica.standing(branch, record, prop),
      pendingBase: (record, prop) => this.pending.newest(branch, record, prop)?.base,
    }
  }

  private kindOf(id: string, writes: readonly EditWrite[]): string {
    const created = writes.find((w) => w[0] === id && w[1] === 'kind')?.[2]
    return this.view.get(id)?.kind ?? this.replica.kindOf(id) ?? (typeof created === 'string' ? created : '')
  }

  /** For a new record its life is all there is to take back. */
  private cellEdits(writes: readonly Write[]): CellEdit[] {
    const created = new Set(writes.filter((w) => w[1] === 'kind').map((w) => w[0]))
    const lives = [...created].map((record) => ({
      ...{ record, prop: 'deleted', before: true, after: undefined, words: false },
    }))
    const others = writes.filter((w) => !created.has(w[0]))
    return [
      ...lives,
      ...others.map(([record, prop, after, basis]) => {
        const words = mergesWords(this.kindOf(record, []), prop)
        return { record, prop, before: words ? basis : this.view.value(record, prop), after, words }
      }),
    ]
  }

  private reverse(reversal: Reversal | undefined): void {
    if (!reversal) return
    const { entry, writes } = reversal
    if (entry.merge) {
      const id = this.ports.newId()
      const again = entry.stack === 'redo'
      const what = again ? { merge: entry.merge, base: this.replica.rev } : { undo: entry.last, base: entry.seen }
      this.pending.push({ id, ...what, writes: [] })
      this.history.reversed(reversal, id, what.base)
    }
    for (let i = 0; i < writes.length; i += this.writesPerChange) {
      const id = this.ports.newId()
      const part = writes.slice(i, i + this.writesPerChange)
      const branch = entry.branch || undefined
      this.pending.push({ id, base: entry.seen, branch, undo: entry.last, writes: part })
      if (i === 0) this.history.reversed(reversal, id)
      this.refresh(part.map((w) => w[0]))
    }
  }

  /** An own change has come back. */
  private landed(own: Change, change: Committed, replica: Replica): void {
    const elsewhere = change.branch !== '' && change.branch !== (own.branch ?? '')
    if (elsewhere) this.history.moved(own, change.branch)
    const name = replica.records.get(change.branch)?.props.name
    this.divergences.landed(own, {
      branch: change.branch,
      name: typeof name === 'string' ? name : undefined,
      cells: elsewhere ? met(change, replica) : [],
    })
    this.history.committed(own.id, change.rev, change.writes)
    this.ports.landed(own.id, change.rev)
    this.settle(own.id)
  }

  private overtaken(branch: string, write: Committed['writes'][number]): void {
    this.history.overtaken(branch, write, (change) => this.pending.writes(change, write[0], write[1]))
  }

  /** Takes a change out of the overlay, together with the replica that holds it. */
  private settle(id: string): void {
    if (this.incoming) this.settledMeanwhile.push(id)
    else this.pending.remove(id)
  }

  private everything(): Set<string> {
    const pending = this.pending.changes.flatMap(({ writes }) => writes.map((w) => w[0]))
    const overlay = this.replica.overlay(this.looked).keys()
    return new Set([...this.replica.records.keys(), ...overlay, ...pending, ...this.view.ids()])
  }

  private refresh(ids: Iterable<string>): void {
    this.view.refresh(ids, this.looked, this.replica, this.pending)
    this.branches.refresh(this.view.marks, this.replica.overlays, (id) => this.kindOf(id, []))
    this.divergences.closed((id) => this.branches.all.get(id)?.open === false)
    if (this.looked !== '' && !this.branches.isOpen(this.looked)) this.look('')
  }
}

/** Cells that are gone when a change did not come to be; for a record that it made, its life. */
function lost({ writes }: Change): { record: string; prop: string }[] {
  return writes.map(([record, prop]) => ({ record, prop: prop === 'kind' ? 'deleted' : prop }))
}

/** What a change on a branch met on main, as far as it can be seen from here: whoever wrote there is the server's to say. */
function met({ writes }: Committed, replica: Replica): MetCell[] {
  const cells: MetCell[] = []
  for (const [record, prop, ...rest] of writes) {
    if (rest.length < 2 || !guarded(replica.kindOf(record) ?? '', prop)) continue
    const [mine, base] = rest
    const theirs = replica.records.get(record)?.props[prop]
    if (!same(theirs, base) && !same(theirs, mine)) cells.push({ record, prop, base, theirs, mine })
  }
  return cells
}
