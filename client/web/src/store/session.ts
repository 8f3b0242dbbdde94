import type { Change } from '../protocol/types'

/** Where one session's unsent changes live over a reload. */
export interface UnsentPort {
  load(): Promise<Change[]>
  save(put: readonly Change[], drop: readonly string[]): Promise<void>
}

/** A session over reloads: its secret token, and the queue of its unsent changes. */
export interface SessionPort {
  readonly unsent: UnsentPort
  token(): string | undefined
  keep(token: string): void
  /** The room was left: another client may claim the session. */
  release(): void
}

/** Lives as long as the process: bots, tests. */
export function memorySession(kept = new Map<string, Change>()): SessionPort {
  let token: string | undefined
  return {
    unsent: {
      load: async () => [...kept.values()],
      save: async (put, drop) => {
        for (const change of put) kept.set(change.id, change)
        for (const id of drop) kept.delete(id)
      },
    },
    token: () => token,
    keep: (next) => {
      token = next
    },
    release: () => {},
  }
}
