import { useReactFlow, useStoreApi } from '@xyflow/react'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useRoomState, useScope, useUI } from '../context'

const shareEvery = 100

/** A member's view as presence carries it: the canvas point in its middle and the zoom. */
export function viewOf(state: Readonly<Record<string, unknown>> | undefined): [number, number, number] | undefined {
  const view = state?.viewport
  if (!Array.isArray(view) || view.length !== 3) return undefined
  return view.every((n) => typeof n === 'number') ? (view as [number, number, number]) : undefined
}

/** Shows others where this page looks, and goes along with the member it follows. */
export function useFollow(): void {
  const { room } = useScope()
  const store = useStoreApi()
  const flow = useReactFlow()
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const followed = useUI((state) => state.following)
  const state = useRoomState((s) => (followed === null ? undefined : s.members.get(followed)?.state))
  const view = useMemo(() => viewOf(state), [state])
  const key = view?.join()

  const shareView = useCallback(() => {
    if (timer.current) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      const { transform, width, height } = store.getState()
      const [x, y, zoom] = transform
      const middle = [(width / 2 - x) / zoom, (height / 2 - y) / zoom].map(Math.round)
      room.setPresence({ viewport: [...middle, Math.round(zoom * 1000) / 1000] })
    }, shareEvery)
  }, [room, store])

  // Of the view itself: not every way to move it, as one turn of a wheel, reports a move.
  useEffect(
    () =>
      store.subscribe((now, before) => {
        const same = now.transform === before.transform && now.width === before.width && now.height === before.height
        if (!same) shareView()
      }),
    [store, shareView],
  )

  useEffect(() => () => clearTimeout(timer.current), [])

  useEffect(() => {
    if (!key) return
    const [x = 0, y = 0, zoom = 1] = key.split(',').map(Number)
    void flow.setCenter(x, y, { zoom, duration: 180 })
  }, [key, flow])
}
