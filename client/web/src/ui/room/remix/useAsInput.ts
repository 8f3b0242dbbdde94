import { useCallback } from 'react'
import { inform } from '../../app/toast'
import { round } from '../canvas/actions'
import { boxOf, defaultSize } from '../canvas/geometry'
import { useScope } from '../context'
import { addInput, maxInputs } from './inputs'

/** Makes records the inputs of a prompt, or of a new one to their right, and selects it. */
export function useAsInput(): (sources: readonly string[], prompt?: string) => void {
  const { room, ui } = useScope()
  return useCallback(
    (sources, given) => {
      const { records } = room.store.getState()
      const [first] = sources.flatMap((id) => records.get(id) ?? [])
      if (!first) return
      const { x, y, w } = boxOf(first)
      const prompt = given ?? room.create('prompt', { x: round(x + w + 48), y: round(y), ...defaultSize('prompt') })
      const outcomes = sources.map((source) => addInput(room, source, prompt))
      if (outcomes.includes('full')) inform(`A prompt takes ${maxInputs} inputs.`)
      else if (outcomes.every((outcome) => outcome === 'there')) inform('It is an input of that prompt already.')
      ui.setState({ selection: new Set([prompt]), viewing: null, focus: given ? null : prompt })
    },
    [room, ui],
  )
}
