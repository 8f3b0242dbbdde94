import type { Clock } from './ports'

/** Runs at once when it has been quiet, then at most once per interval; the last request is never lost. */
export class Pacer {
  private lastAt = Number.NEGATIVE_INFINITY
  private cancel: (() => void) | undefined

  constructor(
    private readonly clock: Clock,
    private readonly everyMs: number,
    private readonly run: () => void,
  ) {}

  request(): void {
    if (this.cancel) return
    const wait = this.lastAt + this.everyMs - this.clock.now()
    if (wait <= 0) this.fire()
    else this.cancel = this.clock.after(wait, () => this.fire())
  }

  stop(): void {
    this.cancel?.()
    this.cancel = undefined
  }

  private fire(): void {
    this.cancel = undefined
    this.lastAt = this.clock.now()
    this.run()
  }
}
