/** What the page asks over HTTP about branches, history and versions. Shapes of docs/http.md; times are unix ms. */

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
  limit?: number
  record?: string
  user?: string
  branch?: string
}

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

export interface Cell {
  record: string
  prop: string
}

export interface VersionPort {
  history(room: string, query?: HistoryQuery): Promise<HistoryPage>
  /** Takes back any change where nobody wrote since; `id` names the new change. */
  undoChange(room: string, change: string, id?: string): Promise<{ rev: number; skipped?: Cell[] }>
  /** Points are `main`, `main@12`, a branch's id, or `BRANCH@40`. */
  diff(room: string, a: string, b: string): Promise<RoomDiff>
  restore(
    room: string,
    request: { rev: number; records?: string[]; id?: string },
  ): Promise<{ rev: number; restored: number; skipped?: Cell[] }>
  /** Moves what the caller's session wrote on main in its last sitting to a new branch. */
  moveSession(room: string, request?: { id?: string; name?: string; session?: string }): Promise<MovedSession>
}

export interface MovedSession {
  id: string
  name: string
  rev: number
  moved?: number
  skipped?: Cell[]
}
