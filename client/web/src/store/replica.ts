import type { Committed, WireRecord } from '../protocol/types'
import type { CanvasRecord } from './api'
import { fromWire, shared, written } from './record'

/** What `Replica.apply` made of a change. */
export type Applied = 'applied' | 'known' | 'gap'

/**
 * The canvas as the server has it at a revision: only committed changes, in the one order. Deleted records stay, marked,
 * so that a restore shows at once.
 */
export class Replica {
  readonly records = new Map<string, CanvasRecord>()
  epoch = ''
  rev = 0
  /** Id of the change that has `rev`; proves on resume that both speak of the same log. */
  lastChange = ''

  /** Revisions have no gaps: one that is missing means that something was lost on the way. */
  apply(change: Committed): Applied {
    if (change.rev <= this.rev) return 'known'
    if (change.rev !== this.rev + 1) return 'gap'
    for (const write of change.writes) {
      const next = written(this.records.get(write[0]), write, change.rev)
      if (next) this.records.set(next.id, next)
    }
    this.rev = change.rev
    this.lastChange = change.id
    return 'applied'
  }

  /** A page of a snapshot at `rev`. */
  load(page: readonly WireRecord[]): void {
    for (const record of page) this.records.set(record.id, fromWire(record, this.rev))
  }

  /** Keeps the identity of the records that are what they were in `before`, whatever revision each was seen at. */
  share(before: Replica): void {
    for (const [id, next] of this.records) {
      const was = before.records.get(id)
      if (was && shared({ ...was, rev: next.rev }, next) !== next) this.records.set(id, was)
    }
  }
}
