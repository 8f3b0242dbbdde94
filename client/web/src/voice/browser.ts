import {
  type Devices,
  type Loudspeaker,
  type Media,
  type Meter,
  MicrophoneError,
  type MicrophoneFault,
  type MicrophoneWish,
  type Preferences,
} from './ports'

/** The browser's own microphones, connections and loudspeakers. */
export const browserMedia: Media = {
  async microphone(wish) {
    // Browsers have no mediaDevices for pages that came over plain http (https://w3c.github.io/mediacapture-main/).
    if (!navigator.mediaDevices) throw new MicrophoneError('insecure')
    try {
      return await open(wish)
    } catch (error) {
      if (wish.id && nameOf(error) === 'OverconstrainedError')
        return browserMedia.microphone({ ...wish, id: undefined })
      throw new MicrophoneError(faultOf(nameOf(error)), { cause: error })
    }
  },
  meter: (track) => new TrackMeter(track),
  connection: (iceServers) => new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' }),
  loudspeaker: (stream) => new ElementSpeaker(stream),
  async devices(): Promise<Devices> {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? []
    const of = (kind: MediaDeviceKind) =>
      all
        .filter((device) => device.kind === kind && device.deviceId !== '' && device.label !== '')
        .map(({ deviceId, label }) => ({ id: deviceId, name: label }))
    return { microphones: of('audioinput'), speakers: of('audiooutput') }
  },
  onDevices(changed) {
    navigator.mediaDevices?.addEventListener('devicechange', changed)
    return () => navigator.mediaDevices?.removeEventListener('devicechange', changed)
  },
}

/** Storage may be forbidden: then nothing is remembered. */
export const browserPreferences: Preferences = {
  get(key) {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value)
    } catch {
      // Asked again the next time.
    }
  },
}

async function open({ id, noise, echo }: MicrophoneWish): Promise<MediaStreamTrack> {
  const audio = {
    deviceId: id ? { exact: id } : undefined,
    noiseSuppression: noise,
    echoCancellation: echo,
    autoGainControl: true,
    channelCount: 1,
  }
  const [track] = (await navigator.mediaDevices.getUserMedia({ audio })).getAudioTracks()
  if (!track) throw new MicrophoneError('missing')
  return track
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : '')

/** https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia */
function faultOf(name: string): MicrophoneFault {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied'
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'missing'
}

class TrackMeter implements Meter {
  private readonly context = new AudioContext()
  private readonly analyser = this.context.createAnalyser()
  private readonly samples = new Float32Array(512)
  private readonly track: MediaStreamTrack

  constructor(track: MediaStreamTrack) {
    this.track = track.clone() // which hears while the other is muted
    this.track.enabled = true
    this.analyser.fftSize = this.samples.length
    this.context.createMediaStreamSource(new MediaStream([this.track])).connect(this.analyser)
  }

  /** −60 dB is 0, full scale is 1. */
  level(): number {
    this.analyser.getFloatTimeDomainData(this.samples)
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length
    return Math.min(1, Math.max(0, 1 + Math.log10(power + 1e-9) / 6))
  }

  close(): void {
    this.track.stop()
    void this.context.close()
  }
}

class ElementSpeaker implements Loudspeaker {
  private readonly element = new Audio()
  private readonly over = new AbortController()

  constructor(stream: MediaStream) {
    this.element.srcObject = stream
    void this.play()
  }

  volume(part: number): void {
    this.element.volume = part
  }

  device(id: string): void {
    if ('setSinkId' in this.element) void this.element.setSinkId(id).catch(() => {}) // it is gone: the usual one plays
  }

  close(): void {
    this.over.abort()
    this.element.pause()
    this.element.srcObject = null
  }

  /** A page that nobody has touched may not play; then it waits for a touch. */
  private async play(): Promise<void> {
    try {
      await this.element.play()
    } catch {
      const { signal } = this.over
      if (!signal.aborted) addEventListener('pointerdown', () => void this.play(), { once: true, signal })
    }
  }
}
