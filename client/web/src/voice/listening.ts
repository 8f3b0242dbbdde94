import type { Room } from '../store/api'
import type { Loudspeaker, Media } from './ports'
import type { CallState } from './state'

/** Plays what the slots carry, each as loud as its member is wanted to be. */
export class Listening {
  private readonly playing = new Map<number, Loudspeaker>()
  private readonly stop: () => void

  constructor(
    private readonly room: Pick<Room, 'store' | 'call'>,
    private readonly media: Media,
    private readonly wanted: () => Pick<CallState, 'volumes' | 'deaf' | 'speaker'>,
  ) {
    this.stop = room.call.onSlots(() => this.mix())
  }

  play(slot: number, stream: MediaStream): void {
    this.playing.get(slot)?.close()
    const speaker = this.media.loudspeaker(stream)
    speaker.device(this.wanted().speaker)
    this.playing.set(slot, speaker)
    this.mix()
  }

  /** Volumes as they are wanted now. */
  mix(): void {
    const { volumes, deaf } = this.wanted()
    const { members } = this.room.store.getState()
    for (const [slot, speaker] of this.playing) {
      const user = members.get(this.room.call.slots[slot] ?? 0)?.user
      speaker.volume(deaf ? 0 : (volumes.get(user ?? '') ?? 1))
    }
  }

  through(device: string): void {
    for (const speaker of this.playing.values()) speaker.device(device)
  }

  close(): void {
    this.stop()
    for (const speaker of this.playing.values()) speaker.close()
  }
}
