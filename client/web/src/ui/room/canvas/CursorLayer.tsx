import { useReducedMotion } from '@mantine/hooks'
import { useStoreApi } from '@xyflow/react'
import { useEffect, useRef } from 'react'
import type { Room } from '../../../store/api'
import { useRoom } from '../context'
import { CursorSprites } from './cursorSprites'

/** Others' cursors, on a layer of its own that React draws once: moves touch the sprites alone. */
export function CursorLayer() {
  const room = useRoom()
  const flow = useStoreApi()
  const layer = useRef<HTMLDivElement>(null)
  const still = useReducedMotion()

  useEffect(() => {
    if (!layer.current) return
    const sprites = new CursorSprites(
      layer.current,
      (m) => room.store.getState().members.get(m),
      !still,
      room.call.voices.levels,
    )
    const where = () => sprites.setBranch(room.store.getState().branch, (id) => nameOf(room, id))
    where()
    sprites.setView(flow.getState().transform)
    for (const [m, { x, y }] of room.cursors.positions) sprites.move(m, x, y)
    const ends = [
      room.cursors.subscribe((m, x, y) => sprites.move(m, x, y)),
      room.cursors.onForget((m) => sprites.forget(m)),
      room.call.voices.subscribe((m, level) => sprites.speak(m, level)),
      flow.subscribe((state) => sprites.setView(state.transform)),
      room.store.subscribe((now, before) => {
        const same = now.members === before.members && now.branch === before.branch && now.branches === before.branches
        if (!same) where()
      }),
    ]
    return () => {
      for (const end of ends) end()
      sprites.close()
    }
  }, [room, flow, still])

  return <div ref={layer} className="at-cursors" aria-hidden="true" />
}

function nameOf(room: Room, branch: string): string {
  return branch ? (room.store.getState().branches.get(branch)?.name ?? 'a branch') : 'main'
}
