import type { Clock } from '../net/ports'
import type { KeptPort } from './session'

const settleMs = 150

/**
 * Writes things to the port as they come and go, a moment late: what is settled within that moment is never written. Each
 * is immutable; another object of the same id is a newer state of it.
 */
export class Journal<T extends { readonly id: string }> {
  private readonly written = new Map<string, T>()
  private cancel: (() => void) | undefined
  private saving: Promise<void> = Promise.resolve()

  constructor(
    private readonly port: KeptPort<T>,
    private readonly items: () => Iterable<T>,
    private readonly clock: Clock,
    private readonly failed: (error: Error) => void,
  ) {}

  /** Oldest first. */
  async load(): Promise<T[]> {
    const items = await this.port.load()
    for (const item of items) this.written.set(item.id, item)
    return items.sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  /** To be called whenever something may have changed. */
  touch(): void {
    this.cancel ??= this.clock.after(settleMs, () => void this.flush())
  }

  /** Now: the page may be gone in a moment. */
  flush(): Promise<void> {
    this.cancel?.()
    this.cancel = undefined
    const now = new Map<string, T>()
    for (const item of this.items()) now.set(item.id, item)
    const put = [...now.values()].filter((item) => this.written.get(item.id) !== item)
    const drop = [...this.written.keys()].filter((id) => !now.has(id))
    if (put.length === 0 && drop.length === 0) return this.saving
    for (const item of put) this.written.set(item.id, item)
    for (const id of drop) this.written.delete(id)
    this.saving = this.saving
      .then(() => this.port.save(put, drop))
      .catch((error: unknown) => this.failed(error instanceof Error ? error : new Error(String(error))))
    return this.saving
  }
}
