import { encode } from '@msgpack/msgpack'
import {
  type Change,
  type Hello,
  type JobMove,
  type JobRating,
  type JobRequest,
  messageType,
  type QueueClear,
  type QueuePatch,
  type RecordingPatch,
  type RoomEvent,
  type VoiceAnswer,
  type VoiceCandidate,
  type VoiceConsent,
  type VoiceModeration,
  type VoicePatch,
  type WorkEnd,
  type WorkOffer,
  type WorkReport,
} from './generated'

/** What a client sends beside hello and cursor. Each carries a request id and gets exactly one reply. */
export type Command =
  | { readonly type: 'ping' }
  | { readonly type: 'presence'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly type: 'event'; readonly body: RoomEvent }
  | { readonly type: 'change'; readonly body: Change }
  | { readonly type: 'jobEnqueue'; readonly body: JobRequest }
  | { readonly type: 'jobCancel'; readonly body: { readonly job: string } }
  | { readonly type: 'jobRetry'; readonly body: { readonly job: string } }
  | { readonly type: 'jobApprove'; readonly body: { readonly job: string } }
  | { readonly type: 'jobMove'; readonly body: JobMove }
  | { readonly type: 'jobRate'; readonly body: JobRating }
  | { readonly type: 'queueSet'; readonly body: QueuePatch }
  | { readonly type: 'queueClear'; readonly body: QueueClear }
  | { readonly type: 'workOffer'; readonly body: WorkOffer }
  | { readonly type: 'workReport'; readonly body: WorkReport }
  | { readonly type: 'workEnd'; readonly body: WorkEnd }
  | { readonly type: 'voiceJoin'; readonly body: VoicePatch }
  | { readonly type: 'voiceAnswer'; readonly body: VoiceAnswer }
  | { readonly type: 'voiceCandidate'; readonly body: VoiceCandidate }
  | { readonly type: 'voiceSet'; readonly body: VoicePatch }
  | { readonly type: 'voiceRestart' }
  | { readonly type: 'voiceLeave' }
  | { readonly type: 'voiceModerate'; readonly body: VoiceModeration }
  | { readonly type: 'voiceRecord'; readonly body: RecordingPatch }
  | { readonly type: 'voiceConsent'; readonly body: VoiceConsent }

const options = { ignoreUndefined: true, sortKeys: true } as const

/** `[type req {body}]` */
export function encodeCommand(req: number, command: Command): Uint8Array<ArrayBuffer> {
  const body = 'body' in command ? command.body : {}
  return encode([messageType[command.type], req, body], options)
}

/** `[hello {body}]`, the first message. */
export function encodeHello(hello: Hello): Uint8Array<ArrayBuffer> {
  return encode([messageType.hello, hello], options)
}

/** `[cursor x y]` in canvas coordinates, which the server keeps as float32. */
export function encodeCursor(x: number, y: number): Uint8Array<ArrayBuffer> {
  return encode([messageType.cursor, x, y], { forceFloat32: true })
}
