import type { StoreApi } from 'zustand/vanilla'
import type { ApiError } from '../protocol/errors'
import type {
  ErrorBody,
  Job,
  JobRequest,
  Member,
  Notice,
  Progress,
  QueueInfo,
  QueuePatch,
  Recording,
  Resolution,
  Role,
  RoomInfo,
  VoiceAnswer,
  VoiceCandidate,
  VoiceOffer,
  VoicePatch,
  VoiceSlots,
} from '../protocol/types'

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

/** One cell of a branch: what it shows there and what its author started from. Undefined: no value. */
export interface OverlayCell {
  readonly value: unknown
  readonly base: unknown
}

/** What a branch has of one record; elsewhere main shows. */
export interface OverlayRecord {
  readonly id: string
  /** Set when the record is only on the branch. */
  readonly kind?: string
  readonly cells: ReadonlyMap<string, OverlayCell>
}

export interface Branch {
  readonly id: string
  readonly name: string
  /** Id of the user who made it. */
  readonly author: string
  /** unix ms */
  readonly at: number
  /** Revision of main where it began. */
  readonly fork: number
  /** It was made by the server, for edits that met. */
  readonly diverged: boolean
  /** Revision at which it was merged or closed; 0 while it has something to merge, or never had. */
  readonly merged: number
  readonly archived: boolean
  /** Neither merged nor archived. */
  readonly open: boolean
  readonly records: ReadonlyMap<string, OverlayRecord>
}

export interface Version {
  readonly id: string
  readonly name: string
  readonly rev: number
  readonly author: string
  readonly at: number
}

/** A cell where own and others' work met. */
export interface MetCell {
  readonly record: string
  readonly prop: string
  readonly base?: unknown
  readonly theirs?: unknown
  readonly mine?: unknown
  /** Id of the user whose value stands. */
  readonly user?: string
}

/** Own edits that were kept on a branch because they met somebody else's. It waits for `settle`. */
export interface Divergence {
  /** The episode's id. */
  readonly id: string
  readonly branch: string
  readonly name: string
  /** Changes of the episode that are on main, and those that are on the branch. */
  readonly applied: number
  readonly kept: number
  readonly cells: readonly MetCell[]
}

/** A moment of the past that is looked at instead of the present. Nothing can be edited there. */
export interface Past {
  readonly rev: number
  /** '' is main. */
  readonly branch: string
  readonly records: ReadonlyMap<string, CanvasRecord>
}

/** Which of two sides becomes of cells that both changed; empty prop: all of the record, both empty: all others. */
export type { Choice, Resolution } from '../protocol/types'

export interface MergeRequest {
  /** Only these: cherry-pick. */
  readonly records?: readonly string[]
  readonly resolve?: readonly Resolution[]
}

/** Conflicts: the cells that need a resolution; nothing was merged then. */
export type MergeOutcome =
  | { readonly merged: true; readonly rev: number }
  | { readonly merged: false; readonly conflicts: readonly MetCell[] }

/** Basis: the text that the writer started from, when it is not what shows now. */
export type EditWrite = readonly [record: string, prop: string, value: unknown, basis?: unknown]

export interface EditOptions {
  /** One drag, resize or stroke: its edits are coalesced on the wire and undone as one. */
  gesture?: string
  /**
   * One stay in a text field (end it when the field is left or rests for 30 s). What meets somebody else's edit during an
   * episode goes to one branch, whatever was shown meanwhile.
   */
  episode?: string
}

/** A job that was asked for and that the server has not confirmed yet. Kept over a reload, sent again until it is answered. */
export interface UnsentJob {
  readonly id: string
  readonly request: JobRequest
  /** unix ms, this machine's clock */
  readonly at: number
  /** It was refused for this reason: it waits to be dropped or asked for again. */
  readonly problem?: ErrorBody
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
  /** The queue's settings and workers. */
  readonly queue: QueueInfo
  readonly unsentJobs: ReadonlyMap<string, UnsentJob>
  /** Own changes that are not acknowledged yet. */
  readonly unsent: number
  /** All branches by id, merged and archived ones included. */
  readonly branches: ReadonlyMap<string, Branch>
  /** The branch that is looked at and edited; '' is main. `records` is what it shows. */
  readonly branch: string
  /** Open branches that have prompts, texts, results or the life of a record, by record: its badges. */
  readonly overlaid: ReadonlyMap<string, readonly string[]>
  readonly versions: ReadonlyMap<string, Version>
  readonly divergences: readonly Divergence[]
  /** What the server can beyond the bare protocol: `voice`, `recording`. */
  readonly features: readonly string[]
  /** The call's recording that is under way or being kept. */
  readonly recording?: Recording
  /** What is looked at instead of the present; `records` is its records then. */
  readonly past?: Past
  readonly canUndo: boolean
  readonly canRedo: boolean
}

/** Something the person should be told, in a toast. */
export type Problem =
  /** A change was refused and taken back. */
  | { readonly kind: 'refused'; readonly error: ApiError; readonly writes: readonly EditWrite[] }
  /** An undo or redo left these cells alone: somebody else wrote there since. */
  | { readonly kind: 'skipped'; readonly cells: readonly { record: string; prop: string }[] }
  /** A job that was asked for was refused. */
  | { readonly kind: 'job'; readonly error: ApiError; readonly request: JobRequest }
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

/** How loud who speaks, outside the store: no React per word. */
export interface Voices {
  /** Levels are 1 to 9, and 0 when somebody stops. */
  subscribe(heard: (m: number, level: number) => void): () => void
  /** Of those who speak now. */
  readonly levels: ReadonlyMap<number, number>
}

/** The room's call (docs/protocol.md, “Voice”). Every promise rejects with ApiError. */
export interface Calling {
  readonly voices: Voices
  /** The members whose voices the slots carry; 0 is nobody's. */
  readonly slots: readonly number[]
  onSlots(heard: (slots: VoiceSlots) => void): () => void
  join(patch: VoicePatch): Promise<VoiceOffer>
  restart(): Promise<VoiceOffer>
  answer(answer: VoiceAnswer): Promise<void>
  candidate(candidate: VoiceCandidate): Promise<void>
  set(patch: VoicePatch): Promise<void>
  leave(): Promise<void>
  /** Owners: who is muted can unmute again. */
  mute(m: number): Promise<void>
  /** Owners: takes a member out of the call. */
  remove(m: number): Promise<void>
  /** Owners: everybody in the call is asked. */
  record(): Promise<void>
  endRecording(recording: string): Promise<void>
  /** Whether one's own words may be kept; `discard` takes back those that were. */
  consent(recording: string, yes: boolean, discard?: boolean): Promise<void>
}

/** A room as a page or a bot holds it. `RoomClient` implements it. */
export interface Room {
  readonly store: StoreApi<RoomState>
  readonly cursors: Cursors
  readonly call: Calling

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

  /** Looks at a branch, and edits on it from now on; '' is main. */
  look(branch: string): void
  /** Makes a branch by hand and returns its id. */
  createBranch(name: string): string
  renameBranch(id: string, name: string): void
  archiveBranch(id: string, archived: boolean): void
  /** Merges a branch into main. Sent again until it is answered; can be undone. */
  merge(branch: string, request?: MergeRequest): Promise<MergeOutcome>
  /** `mine`: merges it with the branch's values. `both`: sibling records for mine. `dismiss`: it stays on its branch. */
  settle(divergence: Divergence, choice: 'mine' | 'both' | 'dismiss'): Promise<void>
  /** Names a revision and returns the version's id; the present one when none is given. */
  nameVersion(name: string, rev?: number): string
  /** Looks at the past; undefined comes back to the present. Rejects with ApiError. */
  visit(point: { rev: number; branch?: string } | undefined): Promise<void>

  moveCursor(x: number, y: number): void
  /** Merges into this member's presence map; null removes a key. */
  setPresence(patch: Record<string, unknown>): void
  /** App-defined, not stored. Rejects with ApiError when not live. `to`: member numbers; none is everybody. */
  sendEvent(topic: string, data: unknown, to?: number[]): Promise<void>
  onNotice(heard: (notice: Notice) => void): () => void
  onProblem(told: (problem: Problem) => void): () => void

  /**
   * Resolves when the job is durable; kept in `unsentJobs` and sent again with the same id until it is answered, over a
   * reload too. The same id asks again for what was refused.
   */
  enqueue(request: Omit<JobRequest, 'id'> & { id?: string }): Promise<Job>
  cancelJob(id: string): Promise<Job>
  retryJob(id: string): Promise<Job>
  /** Takes an unsent job back, or cancels it if it was sent after all. */
  dropJob(id: string): void
  /** Puts a queued job of one's own before another one, or behind all. */
  moveJob(id: string, before?: string): Promise<Job>
  approveJob(id: string): Promise<Job>
  /** 1 to 5 stars; 0 takes one's own back. */
  rateJob(id: string, index: number, stars: number): Promise<Job>
  /** The winner of a job's results; picking the winner takes that back. */
  pickResult(id: string, index: number): Promise<Job>
  setQueue(patch: QueuePatch): Promise<QueueInfo>
  /** Cancels what waits: of one user, or of everybody. Resolves to how many jobs that were. */
  clearQueue(user?: string): Promise<number>
}
