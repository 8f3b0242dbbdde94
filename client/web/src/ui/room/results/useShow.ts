import type { ReactFlowInstance } from '@xyflow/react'
import { useCallback } from 'react'
import { useScope } from '../context'

/** Selects a record and brings it into view, on the given canvas. */
export function useShow(flow: ReactFlowInstance): (record: string) => void {
  const { ui } = useScope()
  return useCallback(
    (record) => {
      ui.setState({ selection: new Set([record]), following: null })
      void flow.fitView({ nodes: [{ id: record }], padding: 0.6, maxZoom: 1.2, duration: 300 })
    },
    [ui, flow],
  )
}
