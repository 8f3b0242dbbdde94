import { useRef } from 'react'
import { useRoomState } from '../context'
import { inputsOf, type PromptInput } from '../remix/inputs'

const none: PromptInput[] = []

/** What a prompt works from; keeps its identity while that is the same. */
export function usePromptInputs(prompt: string): PromptInput[] {
  const last = useRef(none)
  return useRoomState(({ records, jobs }) => {
    const now = inputsOf(records, jobs, prompt)
    const before = last.current
    const same =
      now.length === before.length &&
      now.every(
        ({ edge, record, weight, media }, i) =>
          edge === before[i]?.edge &&
          record === before[i]?.record &&
          weight === before[i]?.weight &&
          media.asset === before[i]?.media.asset,
      )
    if (!same) last.current = now
    return last.current
  })
}
