import type { Random } from './ports'

const firstMs = 400
const mostMs = 20_000

/** Full jitter: anything between 0 and a ceiling that doubles, so that clients who lost one server do not return as one. */
export class Backoff {
  private failures = 0

  constructor(private readonly random: Random) {}

  /** How long to wait before the next attempt, not less than `least`. */
  next(least = 0): number {
    const ceiling = Math.min(mostMs, firstMs * 2 ** this.failures)
    this.failures++
    return least + this.random() * ceiling
  }

  succeeded(): void {
    this.failures = 0
  }
}
