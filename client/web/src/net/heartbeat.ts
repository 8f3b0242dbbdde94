import type { Clock } from './ports'

/** How long a ping may stay without any traffic. */
export const answerMs = 10_000

/**
 * Notices a half-open connection. JavaScript does not see the WebSocket's own pings, so after a silence a ping command is
 * sent; any traffic counts as the answer.
 */
export class Heartbeat {
  private cancel: () => void = () => {}
  private heardAt = 0
  private silenceMs = 0

  constructor(
    private readonly clock: Clock,
    private readonly ping: () => void,
    private readonly dead: () => void,
  ) {}

  start(silenceMs: number): void {
    this.silenceMs = silenceMs
    this.heardAt = this.clock.now()
    this.listen(silenceMs)
  }

  stop(): void {
    this.silenceMs = 0
    this.cancel()
  }

  heard(): void {
    this.heardAt = this.clock.now()
  }

  /** Asks at once whether the other side is still there: the laptop woke up, the network changed. */
  probe(withinMs: number): void {
    if (this.silenceMs === 0) return
    this.cancel()
    this.ask(withinMs)
  }

  private listen(ms: number): void {
    this.cancel()
    this.cancel = this.clock.after(ms, () => {
      const silent = this.clock.now() - this.heardAt
      if (silent >= this.silenceMs) this.ask(answerMs)
      else this.listen(Math.ceil(this.silenceMs - silent))
    })
  }

  private ask(withinMs: number): void {
    const askedAt = this.clock.now()
    const before = this.heardAt
    this.ping()
    this.cancel = this.clock.after(withinMs, () => {
      if (this.heardAt > before && this.heardAt >= askedAt) this.listen(this.silenceMs)
      else this.dead()
    })
  }
}
