import { Backoff } from '../net/backoff'
import type { Clock, Random } from '../net/ports'
import type { Requests } from '../net/requests'
import type { ApiError } from '../protocol/errors'
import type { Change } from '../protocol/types'
import type { Pending, PendingChanges } from './pending'

export interface SenderEvents {
  acknowledged(id: string, body: unknown): void
  refused(id: string, error: ApiError): void
  /** The newest revision that the client has; a change's base is never beyond it. */
  rev(): number
}

interface Attempt {
  /** Under way on the present socket. */
  asked: boolean
  notBefore: number
  readonly backoff: Backoff
}

/** Changes under way at once; more would only fill the server's inbox. */
const window = 64
/** Between two changes of one gesture or stay in a field: about 15 a second while dragging. */
const paceMs = 66

/**
 * Sends pending changes in order and again until each is acknowledged or refused. Two changes that touch a common record
 * are never under way together: if the first had to be repeated, the second would overtake it. A merge, or its undo, is
 * under way alone: it is about whatever a branch has by then.
 */
export class Sender {
  private readonly attempts = new Map<string, Attempt>()
  private readonly pacedUntil = new Map<string, number>()
  private live = false
  private pausedUntil = 0
  private cancelWake: () => void = () => {}

  constructor(
    private readonly pending: PendingChanges,
    private readonly requests: Requests,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly events: SenderEvents,
  ) {}

  joined(): void {
    this.live = true
    this.attempts.clear()
    this.pausedUntil = 0
    this.pump()
  }

  lost(): void {
    this.live = false
    this.cancelWake()
  }

  /** To be called whenever `pending` has changed. */
  pump(): void {
    if (!this.live) return
    const now = this.clock.now()
    let wakeAt = this.pausedUntil > now ? this.pausedUntil : Number.POSITIVE_INFINITY
    let under = 0
    const busy = new Set<string>()
    for (const pending of this.reachable()) {
      if (under === window) break
      const attempt = this.attempts.get(pending.change.id)
      const free = !attempt?.asked && this.pausedUntil <= now && isFree(pending, busy)
      const dueAt = free ? this.dueAt(pending, attempt) : now
      if (free && dueAt <= now) this.send(pending, now)
      else if (free) wakeAt = Math.min(wakeAt, dueAt)
      if (this.attempts.get(pending.change.id)?.asked) under++
      for (const id of pending.touched) busy.add(id)
    }
    this.wake(wakeAt, now)
  }

  /** Up to the next change that has to be alone, or that one. */
  private *reachable(): Iterable<Pending> {
    let first = true
    for (const pending of this.pending) {
      const alone = pending.change.writes.length === 0
      if (first || !alone) yield pending
      if (alone) return
      first = false
    }
  }

  private dueAt(pending: Pending, attempt: Attempt | undefined): number {
    const key = paceOf(pending)
    const pace = pending.sealed || key === undefined ? 0 : (this.pacedUntil.get(key) ?? 0)
    return Math.max(attempt?.notBefore ?? 0, pace)
  }

  private send(pending: Pending, now: number): void {
    const { id } = pending.change
    const attempt = this.attempts.get(id) ?? { asked: false, notBefore: 0, backoff: new Backoff(this.random) }
    this.attempts.set(id, attempt)
    pending.sealed = true
    const body: Change = { ...pending.change, base: Math.min(pending.change.base, this.events.rev()) }
    attempt.asked = this.requests.ask(
      { type: 'change', body },
      {
        ok: (result) => this.answered(id, () => this.events.acknowledged(id, result)),
        error: (error) => this.failed(id, attempt, error),
      },
    )
    const key = paceOf(pending)
    if (key !== undefined) this.pace(key, now)
  }

  private pace(key: string, now: number): void {
    for (const [known, until] of this.pacedUntil) if (until <= now) this.pacedUntil.delete(known)
    this.pacedUntil.set(key, now + paceMs)
  }

  private answered(id: string, tell: () => void): void {
    this.attempts.delete(id)
    tell()
    this.pump()
  }

  private failed(id: string, attempt: Attempt, error: ApiError): void {
    attempt.asked = false
    if (!this.live) return
    if (!error.retryable) {
      this.answered(id, () => this.events.refused(id, error))
      return
    }
    attempt.notBefore = this.clock.now() + attempt.backoff.next(error.retryAfterMs)
    if (error.code === 'RATE_LIMITED') this.pausedUntil = Math.max(this.pausedUntil, attempt.notBefore)
    this.pump()
  }

  private wake(at: number, now: number): void {
    this.cancelWake()
    if (at !== Number.POSITIVE_INFINITY) this.cancelWake = this.clock.after(Math.ceil(at - now), () => this.pump())
  }
}

function paceOf({ change, stay }: Pending): string | undefined {
  return change.gesture ?? stay
}

/** A branch is made before anything else is written on it. */
function isFree({ change, touched }: Pending, busy: ReadonlySet<string>): boolean {
  return isDisjoint(touched, busy) && !(change.branch && busy.has(change.branch))
}

function isDisjoint(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const id of a) if (b.has(id)) return false
  return true
}
