/** What the messages of docs/protocol.md carry, as TypeScript sees it. Names on the wire are the names here. */
import type { Member as WireMember } from './generated'

export type {
  Branched,
  CellConflict,
  Change,
  ChangeResult,
  Choice,
  ConflictDetails,
  ErrorBody,
  Hello,
  Job,
  JobRequest,
  JobResult,
  JobState,
  Limits,
  Merge,
  Notice,
  Place,
  Resolution,
  Resume,
  Role,
  RoomInfo,
  Write,
} from './generated'

import type { Welcome as WireWelcome, Write } from './generated'

/** One session in a room. `state` is its presence map, empty when it shows nothing. */
export interface Member extends Omit<WireMember, 'state'> {
  readonly state: Readonly<Record<string, unknown>>
}

export interface Welcome extends Omit<WireWelcome, 'self' | 'members'> {
  self: Member
  members: Member[]
}

export interface MembersDelta {
  joined: Member[]
  left: number[]
  changed: Member[]
}

/** A change that is durable, as everybody gets it. */
export interface Committed {
  rev: number
  session: string
  user: string
  /** unix ms, the server's clock */
  at: number
  id: string
  /** As stored: without basis. */
  writes: Write[]
}

/** A record as a snapshot carries it. */
export interface WireRecord {
  id: string
  kind: string
  props: Record<string, unknown>
}

/** How far an attempt of a job is, 0–1, and the asset id of a preview picture. */
export interface Progress {
  job: string
  attempt: number
  fraction: number
  preview?: string
}
