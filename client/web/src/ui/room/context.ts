import { createContext, useContext, useRef } from 'react'
import { useStore } from 'zustand'
import type { Member } from '../../protocol/types'
import type { CanvasRecord, Room, RoomState } from '../../store/api'
import { atLeast } from '../app/services'
import type { RoomUI, UIState } from './uiStore'

export interface RoomScope {
  room: Room
  ui: RoomUI
}

export const RoomContext = createContext<RoomScope | null>(null)

export function useScope(): RoomScope {
  const scope = useContext(RoomContext)
  if (!scope) throw new Error('no room around this component')
  return scope
}

export function useRoom(): Room {
  return useScope().room
}

export function useRoomState<T>(select: (state: RoomState) => T): T {
  return useStore(useScope().room.store, select)
}

export function useUI<T>(select: (state: UIState) => T): T {
  return useStore(useScope().ui, select)
}

export function useRecord(id: string): CanvasRecord | undefined {
  return useRoomState((state) => state.records.get(id))
}

/** Nothing can be changed in the past. */
export function useMayEdit(): boolean {
  return useRoomState((state) => state.past === undefined && atLeast(state.role, 'editor'))
}

export function useMayComment(): boolean {
  return useRoomState((state) => state.past === undefined && atLeast(state.role, 'commenter'))
}

/** The branch that a member looks at; '' is main. */
export function branchOf(member: Member): string {
  const { branch } = member.state
  return typeof branch === 'string' ? branch : ''
}

const noPeers: Peer[] = []

/** What another member does with a record: has it selected, or writes in it. */
export interface Peer {
  member: Member
  editing: boolean
  /** The prop that is written. */
  prop?: string
}

const peersOf = new WeakMap<ReadonlyMap<number, Member>, Map<string, Peer[]>>()

/** Who else is at which record. Worked out once for each members map, however many nodes ask. */
export function peersByRecord(members: ReadonlyMap<number, Member>, self: number | undefined): Map<string, Peer[]> {
  const known = peersOf.get(members)
  if (known) return known
  const peers = new Map<string, Peer[]>()
  const add = (record: unknown, peer: Peer) => {
    if (typeof record !== 'string') return
    const list = peers.get(record)
    if (list) list.push(peer)
    else peers.set(record, [peer])
  }
  for (const member of members.values()) {
    if (member.m === self) continue
    const { editing, selection } = member.state
    const [written, prop] = Array.isArray(editing) ? editing : []
    add(written, { member, editing: true, prop: typeof prop === 'string' ? prop : undefined })
    if (!Array.isArray(selection)) continue
    for (const id of selection) if (id !== written) add(id, { member, editing: false })
  }
  peersOf.set(members, peers)
  return peers
}

function samePeers(a: Peer[], b: Peer[]): boolean {
  return (
    a.length === b.length &&
    a.every((peer, i) => {
      const other = b[i]
      return (
        other?.editing === peer.editing &&
        other.prop === peer.prop &&
        other.member.m === peer.member.m &&
        other.member.name === peer.member.name
      )
    })
  )
}

/** Others at a record, on the branch that is looked at, and nobody in the past; keeps its identity while the same people do the same. */
export function usePeers(id: string): Peer[] {
  const last = useRef(noPeers)
  return useRoomState((state) => {
    const all = peersByRecord(state.members, state.self?.m).get(id) ?? noPeers
    const now = state.past ? noPeers : all.filter((peer) => branchOf(peer.member) === state.branch)
    if (!samePeers(last.current, now)) last.current = now
    return last.current
  })
}
