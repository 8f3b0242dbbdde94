import type { Random } from './ports'

/** A restart takes a moment: most servers are back within the quick tries. */
const quickMs = 1000
const quickTries = 5
const mostMs = 10_000

/**
 * Full jitter: anything between 0 and a ceiling, so that clients who lost one server do not return as one. After a healthy
 * connection the first tries are quick; then the ceiling doubles up to 10 s.
 */
export class Backoff {
  private failures = 0

  constructor(private readonly random: Random) {}

  /** How long to wait before the next attempt, not less than `least`. */
  next(least = 0): number {
    const slower = Math.max(0, this.failures - quickTries + 1)
    this.failures++
    return least + this.random() * Math.min(mostMs, quickMs * 2 ** slower)
  }

  succeeded(): void {
    this.failures = 0
  }
}
