import { Backoff } from '../net/backoff'
import type { Clock, Random } from '../net/ports'
import type { Requests } from '../net/requests'
import type { Command } from '../protocol/encode'
import { ApiError } from '../protocol/errors'

interface Waiting {
  readonly name: string | undefined
  readonly command: Command
  readonly resolve: (body: unknown) => void
  readonly reject: (error: ApiError) => void
  readonly backoff: Backoff
  asked: boolean
  /** Over any socket, ever. */
  sent: boolean
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

  /** The name is for `withdraw`. */
  run(command: Command, name?: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const backoff = new Backoff(this.random)
      const w: Waiting = { name, command, resolve, reject, backoff, asked: false, sent: false, cancel: () => {} }
      this.waiting.add(w)
      this.ask(w)
    })
  }

  /** Takes a command back. False when it is not there, or may have been sent: it goes on then. */
  withdraw(name: string): boolean {
    for (const w of this.waiting) {
      if (w.name !== name || w.sent) continue
      this.waiting.delete(w)
      w.cancel()
      w.reject(ApiError.unavailable('it was taken back'))
      return true
    }
    return false
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
    w.sent ||= w.asked
  }

  private settle(w: Waiting, tell: () => void): void {
    this.waiting.delete(w)
    tell()
  }
}
