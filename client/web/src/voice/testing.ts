import { createStore } from 'zustand/vanilla'
import type { Signal } from '../net/ports'
import { ApiError } from '../protocol/errors'
import type { VoicePatch, VoiceSlots } from '../protocol/types'
import type { Calling, Room, RoomState } from '../store/api'
import { TestClock } from '../store/testing/clock'
import { Call } from './call'
import type { Loudspeaker, Media, MicrophoneFault, MicrophoneWish } from './ports'
import { MicrophoneError } from './ports'

/** A connection whose media flows when the test says so. */
export class TestConnection {
  connectionState = 'new'
  onconnectionstatechange: (() => void) | null = null
  onicecandidate: unknown = null
  ontrack: ((event: unknown) => void) | null = null
  localDescription: { sdp: string } | null = null
  sent: unknown[] = []
  closed = false
  private readonly transceivers = [0, 1, 2].map(() => ({
    direction: 'inactive',
    sender: {
      track: null as unknown,
      replaceTrack: async (track: unknown) => {
        this.sent.push(track)
      },
    },
  }))

  getTransceivers = () => this.transceivers
  setRemoteDescription = async () => {}
  createAnswer = async () => ({ type: 'answer', sdp: 'answer' })
  setLocalDescription = async () => {
    this.localDescription = { sdp: 'answer' }
  }
  getStats = async () => new Map()
  close = () => {
    this.closed = true
  }

  becomes(state: string): void {
    this.connectionState = state
    this.onconnectionstatechange?.()
  }

  track(slot: number): void {
    this.ontrack?.({ transceiver: this.transceivers[slot + 1], track: {} })
  }
}

type TestTrack = { enabled: boolean; stopped: boolean; onended: (() => void) | null; stop(): void }

/** A room's call with a server that says yes, unless told otherwise, and a browser without sound. */
export class TestCall {
  readonly clock = new TestClock()
  readonly connections: TestConnection[] = []
  readonly wishes: MicrophoneWish[] = []
  readonly tracks: TestTrack[] = []
  readonly volumes = new Map<number, number>()
  readonly joins: VoicePatch[] = []
  readonly sets: VoicePatch[] = []
  readonly asked: string[] = []
  readonly kept = new Map<string, string>()
  fault: MicrophoneFault | undefined
  refusal: ApiError | undefined
  readonly room: Pick<Room, 'store' | 'call'>
  readonly call: Call
  private readonly slotHearers = new Set<(slots: VoiceSlots) => void>()
  private readonly signalHearers = new Set<(signal: Signal) => void>()
  private slots: readonly number[] = []
  private offers = 0

  constructor() {
    const store = createStore<RoomState>(
      () => ({ status: 'live', members: new Map(), self: { m: 1, user: 'ana' } }) as unknown as RoomState,
    )
    const test = this
    const answer = async (what: string) => {
      test.asked.push(what)
      if (test.refusal) throw test.refusal
    }
    const offer = () => ({ offer: ++this.offers, sdp: 'offer', slots: 2 })
    const call: Calling = {
      voices: { subscribe: () => () => {}, levels: new Map() },
      get slots() {
        return test.slots
      },
      onSlots: (heard) => {
        this.slotHearers.add(heard)
        return () => this.slotHearers.delete(heard)
      },
      join: async (patch) => {
        this.joins.push(patch)
        await answer('join')
        return offer()
      },
      restart: async () => {
        await answer('restart')
        return offer()
      },
      answer: () => answer('answer'),
      candidate: () => answer('candidate'),
      set: async (patch) => {
        this.sets.push(patch)
        await answer('set')
      },
      leave: () => answer('leave'),
      mute: () => answer('mute'),
      remove: () => answer('remove'),
      record: () => answer('record'),
      endRecording: () => answer('endRecording'),
      consent: () => answer('consent'),
    }
    this.room = { store, call }
    this.call = new Call({
      room: this.room,
      media: this.media(),
      preferences: { get: (key) => this.kept.get(key) ?? null, set: (key, value) => this.kept.set(key, value) },
      clock: this.clock,
      signals: {
        subscribe: (heard) => {
          this.signalHearers.add(heard)
          return () => this.signalHearers.delete(heard)
        },
      },
    })
  }

  get state() {
    return this.call.store.getState()
  }

  get connection(): TestConnection {
    const last = this.connections.at(-1)
    if (!last) throw new Error('no connection was made')
    return last
  }

  async joined(): Promise<void> {
    await this.call.join()
    await this.clock.advance(1)
    this.connection.becomes('connected')
    await this.clock.advance(1)
  }

  carries(slots: number[], ended?: string): void {
    this.slots = slots
    for (const heard of [...this.slotHearers]) heard({ slots, ended })
  }

  signal(signal: Signal): void {
    for (const heard of [...this.signalHearers]) heard(signal)
  }

  /** What the room's state says from now on. */
  shows(patch: Record<string, unknown>): void {
    this.room.store.setState(patch as Partial<RoomState>)
  }

  private media(): Media {
    return {
      microphone: async (wish) => {
        this.wishes.push(wish)
        if (this.fault) throw new MicrophoneError(this.fault)
        const track: TestTrack = {
          enabled: true,
          stopped: false,
          onended: null,
          stop() {
            track.stopped = true
          },
        }
        this.tracks.push(track)
        return track as unknown as MediaStreamTrack
      },
      meter: () => ({ level: () => 0, close: () => {} }),
      connection: () => {
        const made = new TestConnection()
        this.connections.push(made)
        return made as unknown as RTCPeerConnection
      },
      loudspeaker: () => this.loudspeaker(this.volumes.size),
      devices: async () => ({ microphones: [], speakers: [] }),
      onDevices: () => () => {},
    }
  }

  private loudspeaker(slot: number): Loudspeaker {
    this.volumes.set(slot, 1)
    return {
      volume: (part) => this.volumes.set(slot, part),
      device: () => {},
      close: () => this.volumes.delete(slot),
    }
  }
}

export const forbidden = new ApiError({ code: 'FORBIDDEN', message: 'no', retryable: false })
