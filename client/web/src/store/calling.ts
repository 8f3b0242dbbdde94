import type { Command } from '../protocol/encode'
import { ApiError } from '../protocol/errors'
import type { Loudness, ServerMessage } from '../protocol/message'
import { fields, number, string } from '../protocol/shape'
import type {
  ICEServer,
  Recording,
  VoiceAnswer,
  VoiceCandidate,
  VoiceOffer,
  VoicePatch,
  VoiceSlots,
} from '../protocol/types'
import type { Calling, Voices } from './api'
import { Listeners } from './listeners'

/** The room's call as the socket tells it: what is asked of the server, and who speaks. Media is not its business. */
export class RoomCall implements Calling {
  readonly voices = new RoomVoices()
  slots: readonly number[] = []
  recording: Recording | undefined
  private readonly hearers = new Listeners<VoiceSlots>()

  constructor(private readonly ask: (command: Command) => Promise<unknown>) {}

  join = async (body: VoicePatch) => readOffer(await this.ask({ type: 'voiceJoin', body }))
  restart = async () => readOffer(await this.ask({ type: 'voiceRestart' }))
  answer = async (body: VoiceAnswer) => void (await this.ask({ type: 'voiceAnswer', body }))
  candidate = async (body: VoiceCandidate) => void (await this.ask({ type: 'voiceCandidate', body }))
  set = async (body: VoicePatch) => void (await this.ask({ type: 'voiceSet', body }))
  leave = async () => void (await this.ask({ type: 'voiceLeave' }))
  mute = async (m: number) => void (await this.ask({ type: 'voiceModerate', body: { m } }))
  remove = async (m: number) => void (await this.ask({ type: 'voiceModerate', body: { m, remove: true } }))
  record = async () => void (await this.ask({ type: 'voiceRecord', body: { on: true } }))
  endRecording = async (recording: string) =>
    void (await this.ask({ type: 'voiceRecord', body: { on: false, recording } }))
  consent = async (recording: string, yes: boolean, discard?: boolean) =>
    void (await this.ask({ type: 'voiceConsent', body: { recording, yes, discard } }))

  onSlots = (heard: (slots: VoiceSlots) => void) => this.hearers.add(heard)

  take(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        this.recording = undefined
        break
      case 'slots':
        this.slots = message.slots.slots
        this.hearers.tell(message.slots)
        break
      case 'speaking':
        this.voices.heard(message.levels)
        break
      case 'members':
        for (const m of message.delta.left) this.voices.heard([[m, 0]])
        for (const { m, voice } of message.delta.changed) if (!voice) this.voices.heard([[m, 0]])
        break
      case 'recording':
        this.recording = message.recording.state === 'ended' ? undefined : message.recording
        break
    }
  }

  /** What is not heard of any more does not go on. */
  lost(): void {
    this.voices.heard([...this.voices.levels.keys()].map((m) => [m, 0]))
  }
}

/** How loud who speaks. */
export class RoomVoices implements Voices {
  readonly levels = new Map<number, number>()
  private readonly listeners = new Set<(m: number, level: number) => void>()

  subscribe(heard: (m: number, level: number) => void): () => void {
    this.listeners.add(heard)
    return () => this.listeners.delete(heard)
  }

  heard(levels: readonly Loudness[]): void {
    for (const [m, level] of levels) {
      if ((this.levels.get(m) ?? 0) === level) continue
      if (level > 0) this.levels.set(m, level)
      else this.levels.delete(m)
      for (const tell of this.listeners) tell(m, level)
    }
  }
}

function readOffer(body: unknown): VoiceOffer {
  const read = fields(body)
  const offer = number(read?.offer)
  const sdp = string(read?.sdp)
  if (offer === undefined || !sdp) {
    throw new ApiError({ code: 'INTERNAL_ERROR', message: 'the answer is not an offer', retryable: false })
  }
  const ice = Array.isArray(read?.ice) ? (read.ice as ICEServer[]) : undefined
  return { offer, sdp, slots: number(read?.slots) ?? 0, ice }
}
