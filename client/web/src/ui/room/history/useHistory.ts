import { useCallback, useEffect, useRef, useState } from 'react'
import type { HistoryChange, HistoryPage, HistoryQuery } from '../../../store/versioning'
import { useServices } from '../../app/services'
import { onRest } from '../compare/useDiff'
import { useRoom, useRoomState } from '../context'
import { withNewer } from './grouping'

const pageSize = 50
/** More than so many new ones at once: the list begins anew. */
const newest = 200

export interface HistoryState {
  /** The newest first; undefined until the first page is there. */
  changes?: readonly HistoryChange[]
  error?: unknown
  /** There are older ones. */
  more: boolean
  loading: boolean
  loadMore: () => void
  retry: () => void
}

interface Pages {
  changes?: readonly HistoryChange[]
  next?: number
  error?: unknown
}

/** The newest page before what is known, or instead of it where a part between them is missing. */
function joinedTo(before: Pages, page: HistoryPage): Pages {
  const last = before.changes?.[0]?.rev ?? 0
  const meets = page.changes.some(({ rev }) => rev <= last)
  if (!before.changes || !meets) return page
  return { ...before, changes: withNewer(before.changes, page.changes) }
}

export type HistoryFilter = Pick<HistoryQuery, 'record' | 'user' | 'branch'>

/** The changes of a room, page by page; new ones come in by themselves. */
export function useHistory({ record, user, branch }: HistoryFilter): HistoryState {
  const { backend } = useServices()
  const room = useRoom()
  const id = useRoomState((state) => state.room?.id)
  const [pages, setPages] = useState<Pages>({})
  const [tries, setTries] = useState(0)
  const [loading, setLoading] = useState(false)
  const asked = useRef(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: tries asks again
  useEffect(() => {
    if (!id) return
    const filter = { record, user, branch }
    let left = false
    setPages({})
    asked.current = 0
    backend.history(id, { ...filter, limit: pageSize }).then(
      ({ changes, next }) => !left && setPages({ changes, next }),
      (error) => !left && setPages({ error }),
    )
    const end = onRest(room, () => {
      backend.history(id, { ...filter, limit: newest }).then(
        (page) => !left && setPages((before) => joinedTo(before, page)),
        // The list stays as it is; the next change asks again.
        () => {},
      )
    })
    return () => {
      left = true
      end()
    }
  }, [backend, room, id, record, user, branch, tries])

  const { next } = pages
  const loadMore = useCallback(() => {
    if (!id || next === undefined || asked.current === next) return
    asked.current = next
    setLoading(true)
    backend
      .history(id, { record, user, branch, before: next, limit: pageSize })
      .then(
        (page) =>
          setPages((before) =>
            before.next === next ? { changes: [...(before.changes ?? []), ...page.changes], next: page.next } : before,
          ),
        (error) => {
          asked.current = 0
          setPages((before) => ({ ...before, error }))
        },
      )
      .finally(() => setLoading(false))
  }, [backend, id, record, user, branch, next])

  return {
    changes: pages.changes,
    error: pages.error,
    more: next !== undefined,
    loading,
    loadMore,
    retry: useCallback(() => setTries((n) => n + 1), []),
  }
}
