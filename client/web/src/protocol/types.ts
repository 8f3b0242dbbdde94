/** The messages of docs/protocol.md as TypeScript sees them. Names on the wire are the names here. */

export type Role = 'viewer' | 'commenter' | 'editor' | 'owner'

export interface RoomInfo {
  id: string
  name: string
  private?: boolean
}

/** One session in a room. `state` is its presence map. */
export interface Member {
  m: number
  /** Public id of the session; names the author of changes. */
  session: string
  user: string
  name: string
  /** "#rrggbb" */
  colour: string
  role: Role
  bot?: boolean
  state: Readonly<Record<string, unknown>>
}

export interface Limits {
  message_bytes: number
  writes_per_change: number
  value_bytes: number
  record_bytes: number
  presence_bytes: number
  event_bytes: number
  prompt_chars: number
  commands_per_sec: number
  command_burst: number
  cursors_per_sec: number
  records_per_room: number
  members_per_room: number
  sockets_per_user: number
  ordered_lane_bytes: number
  upload_bytes: number
  jobs_per_user: number
}

/** What a client has, sent to get exactly what came after it. */
export interface Resume {
  epoch: string
  rev: number
  last_change: string
  jobs: number
}

export interface Hello {
  v: number
  client?: string
  session?: string
  resume?: Resume
}

export interface Welcome {
  self: Member
  /** Secret token for the next hello. */
  session: string
  room: RoomInfo
  epoch: string
  rev: number
  last_change: string
  jobs: number
  members: Member[]
  resumed: boolean
  heartbeat_ms: number
  limits: Limits
  features: string[]
  server_time: number
}

export interface MembersDelta {
  joined: Member[]
  left: number[]
  changed: Member[]
}

/** Sets one cell; null removes the prop. `basis` is the value the writer started from. */
export interface Write {
  record: string
  prop: string
  value: unknown
  basis?: unknown
}

export interface Change {
  /** UUID version 7; the same id again returns the first result. */
  id: string
  base: number
  gesture?: string
  episode?: string
  /** Id of the change that this one takes back. */
  undo?: string
  writes: Write[]
}

/** A change that is durable, as everybody gets it. */
export interface Committed {
  rev: number
  branch: string
  session: string
  user: string
  /** unix ms, the server's clock */
  at: number
  id: string
  writes: Write[]
}

/** A write that met a value which its author had not seen. `rev` 0: what it links to is not there. */
export interface CellConflict {
  record: string
  prop: string
  rev: number
  theirs?: unknown
  user?: string
}

export interface ChangeResult {
  rev: number
  skipped: CellConflict[]
}

/** A record as a snapshot carries it. */
export interface WireRecord {
  id: string
  kind: string
  props: Record<string, unknown>
}

export interface Notice {
  /** Member number of the sender. */
  from: number
  topic: string
  data?: unknown
}

export type JobState =
  | 'queued'
  | 'delayed'
  | 'awaiting_approval'
  | 'leased'
  | 'running'
  | 'succeeded'
  | 'failed'
  | 'cancelled'

/** Where a result goes: top left corner and width in canvas units, the record it derives from, the frame around it. */
export interface Place {
  x: number
  y: number
  w?: number
  source?: string
  parent?: string
}

/** Asks for a generation. `id` is chosen by the client and is the idempotency key. */
export interface JobRequest {
  id: string
  kind: string
  transform?: string
  provider?: string
  model?: string
  prompt: string
  negative?: string
  params?: Record<string, unknown>
  seed?: number
  count?: number
  inputs?: string[]
  place?: Place
  priority?: number
}

export interface JobResult {
  asset: string
  record: string
  mime: string
  bytes: number
  width?: number
  height?: number
  duration_ms?: number
  thumb?: string
  placeholder?: string
  text?: string
}

/** A job as everybody in the room sees it. Times are unix ms, absent when they have not come. */
export interface Job extends JobRequest {
  room: string
  seq: number
  user: string
  user_name: string
  state: JobState
  /** 1 is next; absent when not waiting. */
  position?: number
  attempt: number
  max_attempts: number
  worker?: string
  error?: WireError
  results?: JobResult[]
  placed?: boolean
  created_at: number
  started_at?: number
  ended_at?: number
  resume_at?: number
  expected_start?: number
  /** US dollars */
  estimated_cost?: number
  /** US dollars */
  cost?: number
}

export interface Progress {
  job: string
  attempt: number
  /** 0–1 */
  fraction: number
  /** Asset id of a preview picture. */
  preview?: string
}

/** The body of every error, on the socket and over HTTP. */
export interface WireError {
  code: string
  message: string
  retryable: boolean
  retry_after_ms?: number
  details?: unknown
}
