/** What the messages of docs/protocol.md carry, as TypeScript sees it. Names on the wire are the names here. */
import type { Member as WireMember, Recording as WireRecording } from './generated'

export type {
  Branched,
  CellConflict,
  Change,
  ChangeResult,
  Choice,
  ConflictDetails,
  ErrorBody,
  Hello,
  ICEServer,
  Job,
  JobRequest,
  JobResult,
  JobState,
  Limits,
  Merge,
  Notice,
  Piece,
  Place,
  QueueInfo,
  QueuePatch,
  RecordingPatch,
  Resolution,
  Resume,
  Role,
  RoomInfo,
  Step,
  Sweep,
  Voice,
  VoiceAnswer,
  VoiceCandidate,
  VoiceConsent,
  VoiceModeration,
  VoiceOffer,
  VoicePatch,
  VoiceSlots,
  Work,
  WorkEnd,
  Worker,
  WorkOffer,
  WorkRef,
  WorkReport,
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

/**
 * A recording of the call as it is now: who agreed is recorded while it is `on`; it is `saving` until its pieces are assets,
 * and then `ended` for good.
 */
export interface Recording extends Omit<WireRecording, 'state'> {
  state: 'on' | 'saving' | 'ended'
}

export interface MembersDelta {
  joined: Member[]
  left: number[]
  changed: Member[]
}

/**
 * A write as it is kept. On main a basis says that the value was merged; on a branch it is the base value of a cell that is
 * new there, and a write of two elements takes a cell off.
 */
export type StoredWrite = Write | [record: string, prop: string]

/** A change that is durable, as everybody gets it. */
export interface Committed {
  rev: number
  /** Where its writes are; '' is main. */
  branch: string
  session: string
  user: string
  /** unix ms, the server's clock */
  at: number
  id: string
  writes: StoredWrite[]
  /** What it wrote elsewhere. */
  also: [branch: string, writes: StoredWrite[]][]
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
