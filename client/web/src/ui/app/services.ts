import { createContext, useContext } from 'react'
import type { Role } from '../../protocol/types'
import type { Room } from '../../store/api'
import type { Api } from '../../store/http'
import type { Call } from '../../voice/call'
import type { SpeechPort } from '../../voice/recognition'

export type {
  Asset,
  Lineage,
  LineageEdge,
  LineageNode,
  LineageSource,
  Me,
  Model,
  Person,
  Provider,
  RoomSummary,
  Share,
  User,
} from '../../store/http'

/** What the page asks of the server over HTTP. Every call rejects with ApiError. */
export type Backend = Pick<
  Api,
  | 'config'
  | 'me'
  | 'signInAsGuest'
  | 'acceptInvite'
  | 'logout'
  | 'rooms'
  | 'createRoom'
  | 'changeRoom'
  | 'deleteRoom'
  | 'people'
  | 'changeRole'
  | 'removePerson'
  | 'createInvite'
  | 'providers'
  | 'upload'
  | 'assetUrl'
  | 'history'
  | 'undoChange'
  | 'diff'
  | 'restore'
  | 'moveSession'
  | 'lineage'
  | 'recordings'
  | 'understand'
  | 'lineageUrl'
  | 'shares'
  | 'share'
  | 'revoke'
  | 'shared'
  | 'sharedAssetUrl'
>

/** What the page is given from outside. Components reach sockets, storage and HTTP through this alone. */
export interface Services {
  backend: Backend
  /** As the given user. The caller connects and closes it. */
  openRoom(id: string, user: string): Promise<Room>
  /** A place in the room's call, not taken yet. The caller leaves it. */
  openCall(room: Room): Call
  readonly speech: SpeechPort
}

export const ServicesContext = createContext<Services | null>(null)

export function useServices(): Services {
  const services = useContext(ServicesContext)
  if (!services) throw new Error('no services around this component')
  return services
}

const ranks: Record<Role, number> = { viewer: 1, commenter: 2, editor: 3, owner: 4 }

/** For showing what one may do; the server judges. */
export function atLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ranks[role] >= ranks[least]
}
