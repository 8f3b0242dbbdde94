import { useEffect, useState } from 'react'
import type { Room } from '../../../store/api'
import type { RoomDiff } from '../../../store/versioning'
import { useServices } from '../../app/services'
import { useRoom, useRoomState } from '../context'

const askAgainAfter = 700

export interface DiffState {
  diff?: RoomDiff
  error?: unknown
}

/** The difference of two points, asked again when something has changed and rested a moment. */
export function useDiff(a: string | undefined, b: string | undefined): DiffState {
  const { backend } = useServices()
  const room = useRoom()
  const id = useRoomState((state) => state.room?.id)
  const [state, setState] = useState<DiffState>({})
  useEffect(() => {
    if (!id || !a || !b) return setState({})
    let left = false
    const ask = () => {
      backend.diff(id, a, b).then(
        (diff) => !left && setState({ diff }),
        (error) => !left && setState((before) => ({ ...before, error })),
      )
    }
    ask()
    const end = onRest(room, ask)
    return () => {
      left = true
      end()
    }
  }, [backend, room, id, a, b])
  return state
}

/** Calls when the canvas or a branch has changed and then rested. Returns the end of it. */
export function onRest(room: Room, rested: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = room.store.subscribe((now, before) => {
    if (now.records === before.records && now.branches === before.branches) return
    if (now.unsent > 0 || now.past) return
    clearTimeout(timer)
    timer = setTimeout(rested, askAgainAfter)
  })
  return () => {
    clearTimeout(timer)
    end()
  }
}
