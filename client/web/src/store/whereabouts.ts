import { Pacer } from '../net/pacer'
import type { Clock } from '../net/ports'
import type { Requests } from '../net/requests'
import { encodeCursor } from '../protocol/encode'
import type { ApiError } from '../protocol/errors'

const cursorMs = 33
const presenceMs = 60

/** What this member shows of itself: the newest wins, and a new membership is told all of it again. */
export class Whereabouts {
  private position: readonly [x: number, y: number] | undefined
  private readonly shown = new Map<string, unknown>()
  private readonly untold = new Set<string>()
  private readonly cursor: Pacer
  private readonly presence: Pacer
  private live = false

  constructor(
    private readonly requests: Requests,
    clock: Clock,
    private readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean,
    private readonly refused: (error: ApiError) => void,
  ) {
    this.cursor = new Pacer(clock, cursorMs, () => this.tellPosition())
    this.presence = new Pacer(clock, presenceMs, () => this.tellPresence())
  }

  move(x: number, y: number): void {
    this.position = [x, y]
    if (this.live) this.cursor.request()
  }

  show(patch: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(patch)) {
      this.shown.set(key, value ?? null)
      this.untold.add(key)
    }
    if (this.live) this.presence.request()
  }

  /** Which branch is looked at; '' is main. */
  look(branch: string): void {
    if (branch !== (this.shown.get('branch') ?? '')) this.show({ branch: branch || null })
  }

  joined(): void {
    this.live = true
    for (const key of this.shown.keys()) this.untold.add(key)
    if (this.untold.size > 0) this.presence.request()
    if (this.position) this.cursor.request()
  }

  lost(): void {
    this.live = false
    this.cursor.stop()
    this.presence.stop()
  }

  private tellPosition(): void {
    if (this.live && this.position) this.send(encodeCursor(...this.position))
  }

  private tellPresence(): void {
    if (!this.live) return
    const body = Object.fromEntries([...this.untold].map((key) => [key, this.shown.get(key) ?? null]))
    this.untold.clear()
    this.requests.ask(
      { type: 'presence', body },
      {
        ok: () => {},
        error: (error) => {
          if (!error.retryable) this.refused(error)
          else for (const key of Object.keys(body)) this.untold.add(key)
        },
      },
    )
  }
}
