import { useReactFlow } from '@xyflow/react'
import { useCallback } from 'react'
import { useScope } from '../context'

const narrow = 700

/** Shows the whole canvas in the part of the window that no bar or panel covers. */
export function useFitAll(): (duration: number) => void {
  const flow = useReactFlow()
  const { ui } = useScope()
  return useCallback(
    (duration) => {
      const small = window.innerWidth <= narrow
      const right = ui.getState().panel && !small ? 396 : small ? 16 : 60
      const padding = small
        ? ({ top: '72px', left: '16px', right: '16px', bottom: '76px' } as const)
        : ({ top: '84px', left: '92px', right: `${right}px`, bottom: '64px' } as const)
      void flow.fitView({ padding, maxZoom: 1, duration })
    },
    [flow, ui],
  )
}
