import { useMemo } from 'react'
import { useRoomState, useScope } from '../context'
import { recordText } from '../describe/cells'
import type { Names } from './wording'

/** A line of the history has room for so much of a record's words. */
const wordsShown = 32

/** Names of records and branches as they are now. */
export function useNames(): Names {
  const { room } = useScope()
  const branches = useRoomState((state) => state.branches)
  return useMemo(
    () => ({
      record: (id, kind) => {
        const known = room.store.getState().records.get(id)
        return recordText(known?.kind ?? kind, known?.props ?? {}, wordsShown)
      },
      branch: (id) => branches.get(id)?.name ?? 'a branch',
    }),
    [room, branches],
  )
}
