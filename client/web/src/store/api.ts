import type { StoreApi } from 'zustand/vanilla'
import type { ApiError } from '../protocol/errors'
import type { Job, JobRequest, Member, Notice, Progress, Role, RoomInfo } from '../protocol/types'

/**
 * - `connecting`: the first join is under way, nothing to show yet
 * - `live`: in the room, everything shown is current
 * - `offline`: the socket is lost and being reconnected; edits go on and are kept
 * - `closed`: for good, `closed` says why; `connect()` starts over
 */
export type RoomStatus = 'connecting' | 'live' | 'offline' | 'closed'

/** A record as the page shows it: committed, with this session's own unsent changes on top. Immutable. */
export interface CanvasRecord {
  readonly id: string
  readonly kind: string
  readonly props: Readonly<Record<string, unknown>>
  /** Revision of the newest change of it that this client has seen; 0 for a record that is only here. */
  readonly rev: number
}

/** One cell of a refused change: what this session wrote and what stands. Undefined: no value. */
export interface ConflictCell {
  readonly record: string
  readonly prop: string
  readonly mine: unknown
  readonly theirs: unknown
  /** Id of the user whose value stands. */
  readonly user?: string
}

/** A change that the server refused because somebody else wrote there, unseen. It waits for `resolve`. */
export interface Conflict {
  /** Id of the (newest) refused change. */
  readonly id: string
  readonly cells: readonly ConflictCell[]
  /** Writes that were in the same change without being in conflict. */
  readonly rest: readonly EditWrite[]
  /** The records in question as they were then, for a copy of what is deleted or not loaded. */
  readonly origins: readonly CanvasRecord[]
}

export type EditWrite = readonly [record: string, prop: string, value: unknown]

export interface EditOptions {
  /** One drag, resize or stroke: its edits are coalesced on the wire and undone as one. */
  gesture?: string
  /**
   * One stay in a text field (end it when the field is left or rests for 30 s). What somebody else writes into the same
   * cell during an episode is a conflict, never silently overwritten, whatever was shown meanwhile.
   */
  episode?: string
}

/** Immutable; whatever did not change keeps its identity, records above all. */
export interface RoomState {
  readonly status: RoomStatus
  readonly closed?: { readonly code: number; readonly reason: string }
  readonly room?: RoomInfo
  readonly self?: Member
  readonly role?: Role
  readonly members: ReadonlyMap<number, Member>
  readonly records: ReadonlyMap<string, CanvasRecord>
  readonly jobs: ReadonlyMap<string, Job>
  readonly progress: ReadonlyMap<string, Progress>
  /** Own changes that are not acknowledged yet. */
  readonly unsent: number
  readonly conflicts: readonly Conflict[]
  readonly canUndo: boolean
  readonly canRedo: boolean
}

/** Something the person should be told, in a toast. */
export type Problem =
  /** A change was refused and taken back. */
  | { readonly kind: 'refused'; readonly error: ApiError; readonly writes: readonly EditWrite[] }
  /** An undo or redo left these cells alone: somebody else wrote there since. */
  | { readonly kind: 'skipped'; readonly cells: readonly { record: string; prop: string }[] }
  /** What this member shows of itself was refused. */
  | { readonly kind: 'presence'; readonly error: ApiError }
  /** Unsent changes cannot be kept over a reload. */
  | { readonly kind: 'storage'; readonly error: Error }

/** Others' cursors, outside the store: no React per move. Own moves are not reported. */
export interface Cursors {
  subscribe(moved: (m: number, x: number, y: number) => void): () => void
  /** The member left, or all positions are stale after a reconnect. */
  onForget(forget: (m: number) => void): () => void
  readonly positions: ReadonlyMap<number, { readonly x: number; readonly y: number }>
}

/** A room as a page or a bot holds it. `RoomClient` implements it. */
export interface Room {
  readonly store: StoreApi<RoomState>
  readonly cursors: Cursors

  connect(): void
  /** Leaves for good and gives the session back: unsent changes stay stored, to go on make a new one. */
  close(): void

  edit(writes: readonly EditWrite[], options?: EditOptions): void
  /** Returns the id. */
  create(kind: string, props: Record<string, unknown>, id?: string): string
  /** Several records (and edges between them) as one change, undone as one. Returns the ids. */
  createAll(records: readonly { kind: string; props: Record<string, unknown>; id?: string }[]): string[]
  remove(ids: readonly string[]): void
  undo(): void
  redo(): void
  /** `copy`: mine goes into a new record beside theirs. `theirs`: mine is dropped. */
  resolve(conflict: Conflict, choice: 'copy' | 'theirs'): void

  moveCursor(x: number, y: number): void
  /** Merges into this member's presence map; null removes a key. */
  setPresence(patch: Record<string, unknown>): void
  /** App-defined, not stored. Rejects with ApiError when not live. `to`: member numbers; none is everybody. */
  sendEvent(topic: string, data: unknown, to?: number[]): Promise<void>
  onNotice(heard: (notice: Notice) => void): () => void
  onProblem(told: (problem: Problem) => void): () => void

  /** Resolves when the job is durable; sent again with the same id until it is answered. */
  enqueue(request: Omit<JobRequest, 'id'> & { id?: string }): Promise<Job>
  cancelJob(id: string): Promise<Job>
  retryJob(id: string): Promise<Job>
}
