import type { Version } from '../../../store/api'
import type { HistoryChange, HistoryWrite, Words } from '../../../store/versioning'

/** Changes that are read as one: of one gesture or one stay in a text field. */
export interface Entry {
  /** Id of the newest change. */
  id: string
  /** The newest first. */
  changes: readonly HistoryChange[]
  writes: readonly JoinedWrite[]
}

/** A cell as it was before an entry and after it. */
export interface JoinedWrite extends HistoryWrite {
  /** Only the server's own, of a cell that one change wrote. */
  words?: Words[]
}

/** What one person did in one go. */
export interface Sitting {
  id: string
  user: string
  name: string
  /** unix ms of the first and the last change. */
  from: number
  to: number
  /** The newest first. */
  entries: readonly Entry[]
}

export type HistoryItem = { sitting: Sitting } | { version: Version }

/** So long without a change ends a sitting; the server's rule for “my last session” is the same. */
export const sittingRest = 30 * 60_000

/**
 * Changes (newest first) by person and sitting, each at the place of its newest change: who worked at the same time has a
 * sitting of their own instead of one for each turn. A version stands above the newest change that it has, and parts the
 * sittings there.
 */
export function grouped(changes: readonly HistoryChange[], versions: Iterable<Version>): HistoryItem[] {
  const marks = [...versions].sort((a, b) => b.rev - a.rev)
  const items: HistoryItem[] = []
  let open = new Map<string, HistoryChange[]>()
  const order: { key: HistoryChange[] | Version }[] = []
  let next = 0
  for (const change of changes) {
    for (let mark = marks[next]; mark && mark.rev >= change.rev; mark = marks[next]) {
      order.push({ key: mark })
      open = new Map()
      next += 1
    }
    const last = open.get(change.user)?.at(-1)
    const sitting = open.get(change.user)
    if (sitting && last && last.at - change.at <= sittingRest) {
      sitting.push(change)
      continue
    }
    const begun = [change]
    open.set(change.user, begun)
    order.push({ key: begun })
  }
  for (const { key } of order) items.push(Array.isArray(key) ? { sitting: sittingOf(key) } : { version: key })
  return items
}

function sittingOf(changes: readonly HistoryChange[]): Sitting {
  const [newest] = changes
  const oldest = changes.at(-1)
  return {
    id: oldest?.id ?? '',
    user: newest?.user ?? '',
    name: newest?.user_name ?? '',
    from: oldest?.at ?? 0,
    to: newest?.at ?? 0,
    entries: entriesOf(changes),
  }
}

function entriesOf(changes: readonly HistoryChange[]): Entry[] {
  const runs: HistoryChange[][] = []
  for (const change of changes) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && together(last, change)) run.push(change)
    else runs.push([change])
  }
  return runs.map((run) => ({ id: run[0]?.id ?? '', changes: run, writes: joined(run) })).filter(tells)
}

function together(a: HistoryChange, b: HistoryChange): boolean {
  if (a.session !== b.session || a.branch !== b.branch) return false
  if (own(a) || own(b)) return false
  return (a.gesture !== undefined && a.gesture === b.gesture) || (a.episode !== undefined && a.episode === b.episode)
}

/** Merges, restores and what is taken back are told by themselves. */
function own(change: HistoryChange): boolean {
  return change.merged !== undefined || change.undo !== undefined || change.restored !== undefined
}

/** What was written there and back within an entry is nothing that happened. */
function tells(entry: Entry): boolean {
  return entry.writes.length > 0 || entry.changes.some(own)
}

/** The first `before` and the last `after` of each cell. */
export function joined(changes: readonly HistoryChange[]): JoinedWrite[] {
  const cells = new Map<string, JoinedWrite>()
  for (const change of [...changes].reverse()) {
    for (const write of change.writes) {
      const key = `${write.branch}\n${write.record}\n${write.prop}`
      const before = cells.get(key)
      cells.set(key, before ? { ...write, before: before.before, words: undefined } : write)
    }
  }
  return [...cells.values()].filter(
    (write) => JSON.stringify(write.before ?? null) !== JSON.stringify(write.after ?? null),
  )
}

/** Newer changes put before those that are there; the same change is there once. */
export function withNewer(known: readonly HistoryChange[], newer: readonly HistoryChange[]): HistoryChange[] {
  const [newest] = known
  return newest ? [...newer.filter((change) => change.rev > newest.rev), ...known] : [...newer]
}
