import type { Change } from '../protocol/types'
import type { UnsentJob } from './api'
import type { Tally } from './divergences'
import type { Entry } from './history'

/** Where things of one session live over a reload. */
export interface KeptPort<T extends { readonly id: string }> {
  load(): Promise<T[]>
  save(put: readonly T[], drop: readonly string[]): Promise<void>
}

/** What a session keeps, beside its token. */
export interface KeptPorts {
  readonly unsent: KeptPort<Change>
  readonly divergences: KeptPort<Tally>
  readonly history: KeptPort<Entry>
  readonly asked: KeptPort<UnsentJob>
}

/** A session over reloads: its secret token, the queue of its unsent changes, and what only it remembers. */
export interface SessionPort extends KeptPorts {
  token(): string | undefined
  keep(token: string): void
  /** The room was left: another client may claim the session. */
  release(): void
}

/** Lives as long as the process: bots, tests. */
export function memorySession(unsent = new Map<string, Change>(), asked = new Map<string, UnsentJob>()): SessionPort {
  let token: string | undefined
  return {
    unsent: memoryKept(unsent),
    divergences: memoryKept(new Map<string, Tally>()),
    history: memoryKept(new Map<string, Entry>()),
    asked: memoryKept(asked),
    token: () => token,
    keep: (next) => {
      token = next
    },
    release: () => {},
  }
}

function memoryKept<T extends { readonly id: string }>(kept: Map<string, T>): KeptPort<T> {
  return {
    load: async () => [...kept.values()],
    save: async (put, drop) => {
      for (const item of put) kept.set(item.id, item)
      for (const id of drop) kept.delete(id)
    },
  }
}
