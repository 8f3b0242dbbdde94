import { createContext, useContext } from 'react'
import type { Role, RoomInfo } from '../../protocol/types'
import type { Room } from '../../store/api'

export interface User {
  id: string
  name: string
  kind: 'guest' | 'person' | 'bot'
}

export interface Me {
  user: User
  workspace: { id: string; name: string }
  role: Role
}

export interface RoomSummary extends RoomInfo {
  role: Role
  members: number
  created_at: number
}

export interface Person {
  user: User
  role: Role
}

export interface Model {
  name: string
  title: string
  kind: string
  transforms: string[]
  default: boolean
}

export interface Provider {
  name: string
  title: string
  models: Model[]
}

export interface Asset {
  id: string
  mime: string
  bytes: number
  width?: number
  height?: number
  duration_ms?: number
  thumb?: string
  placeholder?: string
}

/** What the page asks of the server over HTTP. Every call rejects with ApiError. */
export interface Backend {
  config(): Promise<{ guests: boolean; version: string }>
  /** Undefined when nobody is signed in. */
  me(): Promise<Me | undefined>
  signInAsGuest(name: string): Promise<void>
  acceptInvite(token: string, name?: string): Promise<{ room?: string }>
  signOut(): Promise<void>
  rooms(): Promise<RoomSummary[]>
  createRoom(name: string): Promise<RoomSummary>
  renameRoom(id: string, name: string): Promise<RoomSummary>
  deleteRoom(id: string): Promise<void>
  people(): Promise<Person[]>
  setRole(user: string, role: Role): Promise<void>
  removePerson(user: string): Promise<void>
  invite(role: Role, room?: string): Promise<{ url: string }>
  providers(): Promise<Provider[]>
  upload(file: Blob): Promise<Asset>
}

/** What the page is given from outside. Components reach sockets, storage and HTTP through this alone. */
export interface Services {
  backend: Backend
  /** The caller closes it. */
  openRoom(id: string): Room
  assetURL(id: string, download?: string): string
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
