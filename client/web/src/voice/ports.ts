/** What a call needs from the browser; tests bring their own. */

/** A microphone or a loudspeaker. Names are empty before the microphone may be used. */
export interface Device {
  readonly id: string
  readonly name: string
}

export interface Devices {
  readonly microphones: readonly Device[]
  readonly speakers: readonly Device[]
}

/** How the microphone is to be. No id: what the browser takes. */
export interface MicrophoneWish {
  readonly id?: string
  readonly noise: boolean
  readonly echo: boolean
}

/**
 * - `denied`: the person or the browser's settings say no
 * - `missing`: there is none
 * - `busy`: another program has it
 * - `insecure`: the page came over plain http, where browsers give none
 */
export type MicrophoneFault = 'denied' | 'missing' | 'busy' | 'insecure'

export class MicrophoneError extends Error {
  constructor(
    readonly fault: MicrophoneFault,
    options?: ErrorOptions,
  ) {
    super(fault, options)
  }
}

/** What plays one slot of the call. */
export interface Loudspeaker {
  /** 0 to 1 */
  volume(part: number): void
  /** '' is what the browser takes. */
  device(id: string): void
  close(): void
}

/** Measures how loud a microphone is, muted or not. */
export interface Meter {
  /** 0 to 1 */
  level(): number
  close(): void
}

export interface Media {
  /** Rejects with MicrophoneError. */
  microphone(wish: MicrophoneWish): Promise<MediaStreamTrack>
  meter(track: MediaStreamTrack): Meter
  connection(servers: RTCIceServer[]): RTCPeerConnection
  loudspeaker(stream: MediaStream): Loudspeaker
  devices(): Promise<Devices>
  onDevices(changed: () => void): () => void
}

/** What this browser remembers of its person. */
export interface Preferences {
  get(key: string): string | null
  set(key: string, value: string): void
}
