import { type Media, type Meter, MicrophoneError, type MicrophoneFault, type MicrophoneWish } from './ports'

/** One's own microphone: opened when it is needed, silent while one is muted. */
export class Microphone {
  track: MediaStreamTrack | undefined
  private meter: Meter | undefined
  private silent = true

  constructor(
    private readonly media: Media,
    /** It was pulled out, or the browser took it back. */
    private readonly gone: () => void,
  ) {}

  /** Opens it, or another one in its place; answers what is in the way. */
  async open(wish: MicrophoneWish): Promise<MicrophoneFault | undefined> {
    try {
      const track = await this.media.microphone(wish)
      this.close()
      this.track = track
      track.enabled = !this.silent
      track.onended = () => this.track === track && this.gone()
      return undefined
    } catch (error) {
      return error instanceof MicrophoneError ? error.fault : 'missing'
    }
  }

  /** Nothing of what is said leaves the browser. */
  silence(silent: boolean): void {
    this.silent = silent
    if (this.track) this.track.enabled = !silent
  }

  /** How loud one is, 0 to 1, muted or not. */
  level(): number {
    if (!this.track) return 0
    this.meter ??= this.media.meter(this.track)
    return this.meter.level()
  }

  close(): void {
    this.meter?.close()
    this.meter = undefined
    if (this.track) this.track.onended = null
    this.track?.stop()
    this.track = undefined
  }
}
