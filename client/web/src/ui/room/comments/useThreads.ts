import { useMemo } from 'react'
import type { Room } from '../../../store/api'
import { useRoom, useRoomState } from '../context'
import { commentsOf, type Thread, ThreadDeriver } from './threads'

const derivers = new WeakMap<Room, ThreadDeriver>()

/** The threads of a room, made of its records once, however many ask. */
export function threadsIn(room: Room): readonly Thread[] {
  let deriver = derivers.get(room)
  if (!deriver) {
    deriver = new ThreadDeriver()
    derivers.set(room, deriver)
  }
  return deriver.derive(room.store.getState().records)
}

export function useThreads(): readonly Thread[] {
  const room = useRoom()
  return useRoomState(() => threadsIn(room))
}

export function useThread(id: string | null): Thread | undefined {
  const threads = useThreads()
  return useMemo(() => threads.find((thread) => thread.id === id), [threads, id])
}

/** How many comments a thread has that can be read. */
export function lengthOf(thread: Thread): number {
  return commentsOf(thread).filter(({ text }) => text !== '').length
}
