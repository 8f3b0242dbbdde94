import type { Clock } from '../net/ports'
import type { Change } from '../protocol/types'
import type { UnsentJob } from './api'
import type { KeptCanvas } from './canvas'
import type { Tally } from './divergences'
import type { Entry } from './history'
import { Journal } from './journal'
import type { SessionPort } from './session'

export interface KeptRoom extends KeptCanvas {
  readonly asked: Iterable<UnsentJob>
}

/** Keeps over a reload what the server does not know or tell: unsent changes, jobs that were asked for, what became of episodes, and the undo stack. */
export class Kept {
  private readonly unsent: Journal<Change>
  private readonly tallies: Journal<Tally>
  private readonly history: Journal<Entry>
  private readonly asked: Journal<UnsentJob>

  constructor(session: SessionPort, now: () => KeptRoom, clock: Clock, failed: (error: Error) => void) {
    this.unsent = new Journal(session.unsent, () => now().unsent, clock, failed)
    this.tallies = new Journal(session.divergences, () => now().tallies, clock, failed)
    this.history = new Journal(session.history, () => now().history, clock, failed)
    this.asked = new Journal(session.asked, () => now().asked, clock, failed)
  }

  async load(): Promise<KeptRoom> {
    const [unsent, tallies, history, asked] = await Promise.all([
      this.unsent.load(),
      this.tallies.load(),
      this.history.load(),
      this.asked.load(),
    ])
    return { unsent, tallies, history, asked }
  }

  /** To be called whenever something may have changed. */
  touch(): void {
    for (const journal of this.all()) journal.touch()
  }

  /** Now: the page may be gone in a moment. That a change diverged is kept before it is dropped. */
  async flush(): Promise<void> {
    await Promise.all(this.all().map((journal) => journal.flush()))
  }

  private all() {
    return [this.tallies, this.history, this.unsent, this.asked]
  }
}
