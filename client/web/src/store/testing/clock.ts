import type { Clock } from '../../net/ports'

interface Timer {
  readonly at: number
  readonly order: number
  readonly due: () => void
}

/** Time that stands still until a test moves it. */
export class TestClock implements Clock {
  private time = 0
  private made = 0
  private timers: Timer[] = []

  now(): number {
    return this.time
  }

  after(ms: number, due: () => void): () => void {
    return this.at(this.time + Math.max(0, ms), due)
  }

  /** The same for a moment: two of one moment keep their order. */
  at(at: number, due: () => void): () => void {
    const timer = { at, order: this.made++, due }
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((t) => t !== timer)
    }
  }

  /** Runs what is due within `ms`, in order, with all promises settled before and after each. */
  async advance(ms: number): Promise<void> {
    const until = this.time + ms
    for (;;) {
      await settled()
      const next = this.timers.filter((t) => t.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0]
      if (!next) break
      this.timers = this.timers.filter((t) => t !== next)
      this.time = Math.max(this.time, next.at)
      next.due()
    }
    this.time = until
  }
}

/** The event loop has turned, so every promise that could settle has. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A small seeded generator (mulberry32): the same seed, the same run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Ids in the form of UUIDs and in ascending order, different for each maker. */
export function idMaker(maker: number): () => string {
  let n = 0
  return () => {
    const count = (++n).toString(16).padStart(12, '0')
    return `${maker.toString(16).padStart(8, '0')}-0000-7000-8000-${count}`
  }
}
