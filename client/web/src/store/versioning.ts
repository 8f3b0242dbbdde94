/** What the HTTP API tells of branches, history and versions (docs/http.md). Times are unix ms. */

export interface BranchInfo {
  id: string
  name: string
  author: string
  author_name: string
  session: string
  at: number
  fork: number
  diverged: boolean
  /** Revision of the merge; 0 when it was not merged. */
  merged: number
  archived: boolean
  active_at: number
  records: number
  cells: number
}

export interface NamedCell {
  record: string
  prop: string
}

export interface NewBranch {
  id?: string
  name?: string
  /** What a session wrote on main in its last sitting moves there; by default the caller's newest session. */
  move?: { session?: string }
}

export interface MadeBranch {
  id: string
  name: string
  rev: number
  moved?: number
  skipped?: NamedCell[]
}

export interface Words {
  op: 'same' | 'gone' | 'new'
  text: string
}

export interface HistoryWrite {
  /** '' is main. */
  branch: string
  record: string
  kind: string
  prop: string
  before?: unknown
  after?: unknown
  words?: Words[]
}

export interface HistoryChange {
  rev: number
  id: string
  branch: string
  session: string
  user: string
  user_name: string
  at: number
  gesture?: string
  episode?: string
  /** Id of the change that it takes back. */
  undo?: string
  /** Id of the branch that it merged. */
  merged?: string
  /** Revision that it brought back. */
  restored?: number
  writes: HistoryWrite[]
}

export interface HistoryQuery {
  before?: number
  /** 50 unless given, at most 200. */
  limit?: number
  record?: string
  user?: string
  /** 'main' for main only. */
  branch?: string
}

/** Newest first. */
export interface HistoryPage {
  changes: HistoryChange[]
  /** `before` of the next page; none when this is the last. */
  next?: number
}

export interface DiffProp {
  prop: string
  base?: unknown
  a?: unknown
  b?: unknown
  words?: Words[]
}

export interface DiffRecord {
  record: string
  kind: string
  props: DiffProp[]
}

export interface RoomDiff {
  a: { branch: string; rev: number }
  b: { branch: string; rev: number }
  records: DiffRecord[]
}

export interface VersionInfo {
  id: string
  name: string
  rev: number
  author: string
  author_name: string
  at: number
}
