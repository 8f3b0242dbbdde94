import type { Clock } from '../net/ports'
import type { Change } from '../protocol/types'
import type { PendingChanges } from './pending'
import type { UnsentPort } from './session'

const settleMs = 150

/** Writes what is pending to the port, a moment late: what is acknowledged within that moment is never written. */
export class Journal {
  private readonly written = new Map<string, Change>()
  private cancel: (() => void) | undefined
  private saving: Promise<void> = Promise.resolve()

  constructor(
    private readonly port: UnsentPort,
    private readonly pending: PendingChanges,
    private readonly clock: Clock,
    private readonly failed: (error: Error) => void,
  ) {}

  /** Oldest first. */
  async load(): Promise<Change[]> {
    const changes = await this.port.load()
    for (const change of changes) this.written.set(change.id, change)
    return changes.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** To be called whenever `pending` has changed. */
  touch(): void {
    this.cancel ??= this.clock.after(settleMs, () => void this.flush())
  }

  /** Now: the page may be gone in a moment. */
  flush(): Promise<void> {
    this.cancel?.()
    this.cancel = undefined
    const put: Change[] = []
    for (const { change } of this.pending) if (this.written.get(change.id) !== change) put.push(change)
    const drop = [...this.written.keys()].filter((id) => !this.pending.get(id))
    if (put.length === 0 && drop.length === 0) return this.saving
    for (const change of put) this.written.set(change.id, change)
    for (const id of drop) this.written.delete(id)
    this.saving = this.saving
      .then(() => this.port.save(put, drop))
      .catch((error: unknown) => this.failed(error instanceof Error ? error : new Error(String(error))))
    return this.saving
  }
}
