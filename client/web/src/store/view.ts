import type { Write } from '../protocol/types'
import type { CanvasRecord } from './api'
import type { PendingChanges } from './pending'
import { deleted, shared, written } from './record'
import type { Replica } from './replica'

/** The canvas as it is shown: committed, with own pending changes on top, without what is deleted. */
export class View {
  private shown: ReadonlyMap<string, CanvasRecord> = new Map()

  /** Immutable; a new map only when something in it has changed. */
  get records(): ReadonlyMap<string, CanvasRecord> {
    return this.shown
  }

  value(record: string, prop: string): unknown {
    return this.shown.get(record)?.props[prop]
  }

  /** Composes these records anew. */
  refresh(ids: Iterable<string>, replica: Replica, pending: PendingChanges): void {
    const overlay = overlayOf(pending)
    let next: Map<string, CanvasRecord> | undefined
    for (const id of ids) {
      const before = this.shown.get(id)
      const record = compose(replica.records.get(id), overlay.get(id), before)
      if (record === before) continue
      next ??= new Map(this.shown)
      if (record) next.set(id, record)
      else next.delete(id)
    }
    if (next) this.shown = next
  }
}

function overlayOf(pending: PendingChanges): Map<string, Write[]> {
  const overlay = new Map<string, Write[]>()
  for (const { change } of pending) {
    for (const write of change.writes) {
      const writes = overlay.get(write[0])
      if (writes) writes.push(write)
      else overlay.set(write[0], [write])
    }
  }
  return overlay
}

function compose(committed: CanvasRecord | undefined, own: Write[] | undefined, before: CanvasRecord | undefined) {
  let record = committed
  for (const write of own ?? []) record = written(record, write, committed?.rev ?? 0)
  return record && !deleted(record) ? shared(before, record) : undefined
}
