import type { Clock } from '../net/ports'
import { ApiError } from '../protocol/errors'
import type { VoiceOffer } from '../protocol/types'
import type { Room } from '../store/api'

/** Why a line is of no use any more: `lost` wants another one. */
export type LineEnd = 'lost' | 'removed' | 'unreachable'

export interface LineEvents {
  /** Media flows, for the first time or again. */
  flowing(): void
  /** Nothing comes through; a new way is being looked for. */
  interrupted(): void
  /** What a slot carries can be played. */
  heard(slot: number, stream: MediaStream): void
}

const patienceMs = 10_000

/**
 * One media connection to the server. A network that changes gets it a new ICE session over the same media; a server that does
 * not know it any more, after a restart, ends it.
 */
export class Line {
  readonly ended: Promise<LineEnd>
  private end: (why: LineEnd) => void = () => {}
  private readonly ends: (() => void)[] = []
  private offer = 0
  private flowed = false
  private stopWaiting = () => {}

  constructor(
    private readonly room: Pick<Room, 'store' | 'call'>,
    readonly pc: RTCPeerConnection,
    private readonly microphone: MediaStreamTrack | undefined,
    private readonly clock: Clock,
    private readonly events: LineEvents,
  ) {
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
    pc.onconnectionstatechange = () => this.changed()
    pc.onicecandidate = ({ candidate }) => this.found(candidate)
    pc.ontrack = ({ transceiver, track }) => {
      const slot = pc.getTransceivers().indexOf(transceiver) - 1 // the first is our microphone's
      events.heard(slot, new MediaStream([track]))
    }
    this.ends.push(room.call.onSlots(({ ended }) => this.out(ended)))
    this.ends.push(
      room.store.subscribe((now, before) => {
        const back = now.status === 'live' && before.status !== 'live'
        if (!back) return
        if (!now.self?.voice) this.end('lost')
        else if (pc.connectionState !== 'connected') void this.restart()
      }),
    )
  }

  /** Rejects with ApiError. */
  async answer({ offer, sdp }: VoiceOffer): Promise<void> {
    const { pc, room } = this
    this.offer = offer
    this.wait()
    await pc.setRemoteDescription({ type: 'offer', sdp })
    const [own] = pc.getTransceivers()
    if (own && this.microphone && own.sender.track !== this.microphone) {
      own.direction = 'sendonly'
      await own.sender.replaceTrack(this.microphone)
    }
    await pc.setLocalDescription(await pc.createAnswer())
    await room.call.answer({ offer, sdp: pc.localDescription?.sdp ?? '' })
  }

  /** Looks for another way between the same two, as after a change of networks. */
  async restart(): Promise<void> {
    try {
      await this.answer(await this.room.call.restart())
    } catch (error) {
      // Without the socket it waits for the room to be back.
      if (error instanceof ApiError && !error.retryable) this.end('lost')
    }
  }

  /** Sends another microphone from now on. */
  async speak(track: MediaStreamTrack): Promise<void> {
    await this.pc.getTransceivers()[0]?.sender.replaceTrack(track)
  }

  close(): void {
    this.stopWaiting()
    for (const end of this.ends) end()
    this.pc.onconnectionstatechange = this.pc.onicecandidate = this.pc.ontrack = null
    this.pc.close()
    this.end('lost')
  }

  private changed(): void {
    switch (this.pc.connectionState) {
      case 'connected':
        this.stopWaiting()
        this.flowed = true
        this.events.flowing()
        break
      case 'disconnected':
        this.events.interrupted()
        this.wait()
        void this.restart()
        break
      case 'failed':
      case 'closed':
        this.end(this.flowed ? 'lost' : 'unreachable')
        break
    }
  }

  private wait(): void {
    this.stopWaiting()
    this.stopWaiting = this.clock.after(patienceMs, () => {
      if (this.pc.connectionState === 'connected') return
      // The server may be away as a whole: then the room is, too, and its return decides.
      if (this.room.store.getState().status === 'live') this.end(this.flowed ? 'lost' : 'unreachable')
    })
  }

  private out(ended: string | undefined): void {
    if (ended === 'removed') this.end('removed')
    else if (ended === 'away' || ended === 'stopped') this.end('lost')
  }

  private found(candidate: RTCIceCandidate | null): void {
    if (!candidate?.candidate) return
    const told = { offer: this.offer, candidate: candidate.candidate, mid: candidate.sdpMid ?? undefined }
    this.room.call.candidate(told).catch(() => {}) // without it another way is found, or none
  }
}
