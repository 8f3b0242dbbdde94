import { useCallback } from 'react'
import type { CanvasRecord, Room } from '../../../store/api'
import { inform } from '../../app/toast'
import { round } from '../canvas/actions'
import { boxOf, defaultSize } from '../canvas/geometry'
import { useScope } from '../context'
import { boxesOf, freeHeight } from './freePlace'
import { addInput, maxInputs } from './inputs'

/** A prompt to the right of a record, where nothing lies. */
function createBeside(room: Room, record: CanvasRecord): string {
  const { x, y, w } = boxOf(record)
  const at = { x: x + w + 48, y, ...defaultSize('prompt') }
  return room.create('prompt', {
    ...at,
    x: round(at.x),
    y: round(freeHeight([...boxesOf(room.store.getState().records)], at)),
  })
}

/** Makes records the inputs of a prompt, or of a new one to their right, and selects it. */
export function useAsInput(): (sources: readonly string[], prompt?: string) => void {
  const { room, ui } = useScope()
  return useCallback(
    (sources, given) => {
      const { records } = room.store.getState()
      const [first] = sources.flatMap((id) => records.get(id) ?? [])
      if (!first) return
      const prompt = given ?? createBeside(room, first)
      const outcomes = sources.map((source) => addInput(room, source, prompt))
      if (outcomes.includes('full')) inform(`A prompt takes ${maxInputs} inputs.`)
      else if (outcomes.every((outcome) => outcome === 'there')) inform('It is an input of that prompt already.')
      ui.setState({ selection: new Set([prompt]), viewing: null, focus: given ? null : prompt })
    },
    [room, ui],
  )
}
