import { Backoff } from '../net/backoff'
import type { Clock, Random } from '../net/ports'
import type { Requests } from '../net/requests'
import type { Command } from '../protocol/encode'
import { ApiError } from '../protocol/errors'

interface Waiting {
  readonly command: Command
  readonly resolve: (body: unknown) => void
  readonly reject: (error: ApiError) => void
  readonly backoff: Backoff
  asked: boolean
  cancel: () => void
}

/** Idempotent commands, sent again over any number of sockets until they are answered for good. */
export class DurableCommands {
  private readonly waiting = new Set<Waiting>()
  private live = false

  constructor(
    private readonly requests: Requests,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  run(command: Command): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const backoff = new Backoff(this.random)
      const w: Waiting = { command, resolve, reject, backoff, asked: false, cancel: () => {} }
      this.waiting.add(w)
      this.ask(w)
    })
  }

  joined(): void {
    this.live = true
    for (const w of this.waiting) this.ask(w)
  }

  lost(): void {
    this.live = false
    for (const w of this.waiting) w.cancel()
  }

  /** Nothing will be sent any more. */
  close(): void {
    this.lost()
    for (const w of this.waiting) w.reject(ApiError.unavailable('the room was left'))
    this.waiting.clear()
  }

  private ask(w: Waiting): void {
    w.cancel()
    if (!this.live || w.asked) return
    w.asked = this.requests.ask(w.command, {
      ok: (body) => this.settle(w, () => w.resolve(body)),
      error: (error) => {
        w.asked = false
        if (!error.retryable) this.settle(w, () => w.reject(error))
        else if (this.live) w.cancel = this.clock.after(w.backoff.next(error.retryAfterMs), () => this.ask(w))
      },
    })
  }

  private settle(w: Waiting, tell: () => void): void {
    this.waiting.delete(w)
    tell()
  }
}
