import { useStoreApi, ViewportPortal } from '@xyflow/react'
import { type ReactNode, useLayoutEffect, useRef } from 'react'

/**
 * What lies on the canvas and moves with it, but keeps its size on the screen: children are scaled back by the zoom
 * through one CSS variable, so that a zoom renders none of them.
 */
export function Overlay({ className, children }: { className: string; children: ReactNode }) {
  const flow = useStoreApi()
  const layer = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    let last = 0
    const scale = () => {
      const zoom = flow.getState().transform[2]
      if (zoom === last) return
      last = zoom
      layer.current?.style.setProperty('--at-unzoom', String(1 / zoom))
    }
    scale()
    return flow.subscribe(scale)
  }, [flow])
  return (
    <ViewportPortal>
      <div ref={layer} className={className}>
        {children}
      </div>
    </ViewportPortal>
  )
}
