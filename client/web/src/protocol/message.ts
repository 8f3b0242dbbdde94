import type {
  Committed,
  ErrorBody,
  Job,
  Member,
  MembersDelta,
  Notice,
  Progress,
  QueueInfo,
  Recording,
  RoomInfo,
  VoiceSlots,
  Welcome,
  WireRecord,
  Work,
  WorkRef,
  Write,
} from './types'

/** Every message a server sends, decoded. */
export type ServerMessage =
  | { readonly type: 'welcome'; readonly welcome: Welcome }
  | { readonly type: 'ok'; readonly req: number; readonly body: unknown }
  /** `req` 0: it answers no command. */
  | { readonly type: 'error'; readonly req: number; readonly error: ErrorBody }
  | { readonly type: 'live'; readonly rev: number }
  | { readonly type: 'members'; readonly delta: MembersDelta }
  | { readonly type: 'changes'; readonly changes: readonly Committed[] }
  | { readonly type: 'snapshot'; readonly records: readonly WireRecord[] }
  /** Cells of a branch, each with its base value. */
  | { readonly type: 'overlay'; readonly branch: string; readonly cells: readonly Write[] }
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'queue'; readonly queue: QueueInfo }
  | { readonly type: 'work'; readonly work: Work }
  | { readonly type: 'workStop'; readonly ref: WorkRef }
  | { readonly type: 'slots'; readonly slots: VoiceSlots }
  /** The recording of the call as it is now. */
  | { readonly type: 'recording'; readonly recording: Recording }
  | { readonly type: 'notice'; readonly notice: Notice }
  | { readonly type: 'room'; readonly room: RoomInfo }
  | { readonly type: 'cursors'; readonly positions: readonly Position[] }
  | { readonly type: 'states'; readonly states: readonly (readonly [m: number, state: Member['state']])[] }
  | { readonly type: 'progress'; readonly progress: readonly Progress[] }
  | { readonly type: 'speaking'; readonly levels: readonly Loudness[] }

/** How loud a member speaks, 1–9; 0 is not at all. */
export type Loudness = readonly [m: number, level: number]

export interface Position {
  readonly m: number
  readonly x: number
  readonly y: number
}
