import type { ApiError } from '../protocol/errors'
import type { Device, MicrophoneFault } from './ports'
import type { Quality } from './quality'

/**
 * - `out`: not in the call
 * - `joining`: asked to be, nothing flows yet
 * - `in`: media flows
 * - `returning`: it was interrupted and comes back by itself
 */
export type CallStatus = 'out' | 'joining' | 'in' | 'returning'

/** Why one is not in the call though one wanted to be. */
export type CallFault =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'removed' }
  | { readonly kind: 'refused'; readonly error: ApiError }

/** Immutable. */
export interface CallState {
  readonly status: CallStatus
  readonly fault?: CallFault
  readonly muted: boolean
  readonly deaf: boolean
  /** The key to talk is held. */
  readonly held: boolean
  /** One listens only: there is no microphone. */
  readonly listening: boolean
  readonly microphoneFault?: MicrophoneFault
  readonly quality?: Quality
  readonly microphones: readonly Device[]
  readonly speakers: readonly Device[]
  /** '' is what the browser takes. */
  readonly microphone: string
  readonly speaker: string
  readonly noise: boolean
  readonly echo: boolean
  /** By user, 0 to 1; others are heard as they are. */
  readonly volumes: ReadonlyMap<string, number>
}

/** Something that happened to one in the call, to be told once. */
export type CallNews = 'muted by an owner' | 'may not speak'
