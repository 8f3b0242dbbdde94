import type { Clock, OpenSocket, Random, Signals } from '../net/ports'
import type { SessionPort } from './session'
import type { PastPort } from './visits'

export interface RoomOptions {
  /** Of the socket; asked anew for every attempt, so it may fetch a ticket. */
  readonly url: () => string | Promise<string>
  readonly session: SessionPort
  /** Name and version of the program, for the server's logs. */
  readonly client?: string
  readonly open?: OpenSocket
  readonly clock?: Clock
  readonly random?: Random
  readonly signals?: Signals
  readonly newId?: () => string
  /** How many minutes the clock of the person is ahead of UTC: branches are named by it. */
  readonly zone?: () => number
  /** For `visit`; without it there is no past. */
  readonly past?: PastPort
}
