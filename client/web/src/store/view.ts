import { aboveBranches } from '../protocol/policy'
import type { Write } from '../protocol/types'
import { absent, same } from '../protocol/values'
import type { CanvasRecord } from './api'
import type { Overlaid } from './overlay'
import type { PendingChanges } from './pending'
import { deleted, shared, written } from './record'
import { repaired } from './repairs'
import type { Replica } from './replica'

type Records = ReadonlyMap<string, CanvasRecord>

/**
 * The canvas as one branch shows it: its cells over main's newest, with own pending changes of that branch on top, without
 * what is deleted. Records above branches are main's on every branch.
 */
export class View {
  /** Before repairs. */
  private composed: Records = new Map()
  private shown: Records = new Map()
  private marked: Records = new Map()

  /** Immutable; a new map only when something in it has changed. */
  get records(): Records {
    return this.shown
  }

  /** Records of branches and versions. */
  get marks(): Records {
    return this.marked
  }

  get(id: string): CanvasRecord | undefined {
    return this.shown.get(id) ?? this.marked.get(id)
  }

  value(record: string, prop: string): unknown {
    return this.get(record)?.props[prop]
  }

  /** Every id that it has composed. */
  *ids(): Iterable<string> {
    yield* this.composed.keys()
    yield* this.marked.keys()
  }

  /** Composes these records anew, as `branch` shows them; another branch than before means all of them. */
  refresh(ids: Iterable<string>, branch: string, replica: Replica, pending: PendingChanges): void {
    const own = { main: ownWrites(pending, ''), branch: branch === '' ? undefined : ownWrites(pending, branch) }
    const composed = new Changing(this.composed)
    const marked = new Changing(this.marked)
    for (const id of ids) {
      const record = compose(id, branch, replica, own)
      const mark = record && isMark(record)
      composed.set(id, mark ? undefined : record)
      marked.set(id, mark ? record : undefined)
    }
    this.marked = marked.result
    this.composed = composed.result
    const next = branch === '' ? this.composed : repaired(this.composed, replica.records, this.shown)
    if (branch === '' || !sameRecords(this.shown, next)) this.shown = next
  }
}

/** A map that is copied when something in it changes. */
class Changing {
  private changed: Map<string, CanvasRecord> | undefined

  constructor(private readonly before: Records) {}

  get result(): Records {
    return this.changed ?? this.before
  }

  set(id: string, record: CanvasRecord | undefined): void {
    const was = this.result.get(id)
    const next = record && shared(was, record)
    if (next === was) return
    this.changed ??= new Map(this.before)
    if (next) this.changed.set(id, next)
    else this.changed.delete(id)
  }
}

interface OwnWrite {
  readonly write: Write
  readonly undo: boolean
}

type OwnWrites = ReadonlyMap<string, readonly OwnWrite[]>

function ownWrites(pending: PendingChanges, branch: string): OwnWrites {
  const own = new Map<string, OwnWrite[]>()
  for (const { change } of pending) {
    if ((change.branch ?? '') !== branch) continue
    for (const write of change.writes) {
      const writes = own.get(write[0])
      const one = { write, undo: change.undo !== undefined }
      if (writes) writes.push(one)
      else own.set(write[0], [one])
    }
  }
  return own
}

function compose(
  id: string,
  branch: string,
  replica: Replica,
  own: { main: OwnWrites; branch: OwnWrites | undefined },
): CanvasRecord | undefined {
  const main = replica.records.get(id)
  const above = aboveBranches(main?.kind ?? createdKind(own.main.get(id)))
  if (!own.branch || above) return shownWith(main, own.main.get(id))
  const overlay = replica.overlay(branch).get(id)
  // What main has deleted stays hidden, whatever is written to it: a merge asks. What the branch made itself is there.
  return shownWith(layered(main && deleted(main) ? undefined : main, overlay), own.branch.get(id))
}

function createdKind(own: readonly OwnWrite[] | undefined): string {
  const kind = own?.find(({ write }) => write[1] === 'kind')?.write[2]
  return typeof kind === 'string' ? kind : ''
}

function layered(main: CanvasRecord | undefined, overlay: Overlaid | undefined): CanvasRecord | undefined {
  if (!overlay) return main
  const kind = main?.kind ?? overlay.kind
  if (kind === undefined) return undefined
  const props: Record<string, unknown> = { ...main?.props }
  for (const [prop, { value }] of overlay.cells) {
    if (prop === 'kind') continue
    if (absent(value)) delete props[prop]
    else props[prop] = value
  }
  return { id: overlay.id, kind, props, rev: Math.max(main?.rev ?? 0, overlay.rev) }
}

/** An undo shows where what it takes back stands; elsewhere the server decides. */
function shownWith(committed: CanvasRecord | undefined, own: readonly OwnWrite[] = []): CanvasRecord | undefined {
  let record = committed
  for (const { write, undo } of own) {
    const [, prop, , basis] = write
    if (undo && write.length === 4 && !same(record?.props[prop], basis)) continue
    record = written(record, write, committed?.rev ?? 0)
  }
  return record && !deleted(record) ? record : undefined
}

function isMark(record: CanvasRecord): boolean {
  return record.kind === 'branch' || record.kind === 'version'
}

function sameRecords(a: Records, b: Records): boolean {
  if (a.size !== b.size) return false
  for (const [id, record] of b) if (a.get(id) !== record) return false
  return true
}
