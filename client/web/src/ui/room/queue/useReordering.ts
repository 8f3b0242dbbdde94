import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { complain } from '../../app/toast'
import { useRoom } from '../context'
import { before, movedTo } from './reorder'

/** Moving one's own jobs among each other. */
export interface Reordering {
  /** Ids of one's own jobs that can be moved, in the order that shows. */
  readonly order: readonly string[]
  /** The order that was asked for and is not answered yet. */
  readonly wanted: readonly string[] | undefined
  readonly said: string
  move(id: string, index: number): void
}

export const ReorderingContext = createContext<Reordering | null>(null)

export function useOwnOrder(): Reordering {
  const reordering = useContext(ReorderingContext)
  if (!reordering) throw new Error('no queue around this row')
  return reordering
}

/** How long an order that the server answered may still differ from the numbers in its jobs, which come a moment late. */
const settles = 3000

/** What was asked for shows at once, until the server's own order says the same or something else happens to the jobs. */
export function useReordering(theirs: readonly string[]): Reordering {
  const room = useRoom()
  const [wanted, setWanted] = useState<readonly string[]>()
  const [said, setSaid] = useState('')
  const valid = wanted && sameJobs(wanted, theirs) ? wanted : undefined
  const order = valid ?? theirs
  const arrived = valid?.join() === theirs.join()
  useEffect(() => {
    if (arrived) setWanted(undefined)
  }, [arrived])
  useEffect(() => {
    if (!wanted) return
    const timer = setTimeout(() => setWanted(undefined), settles)
    return () => clearTimeout(timer)
  }, [wanted])

  const move = useCallback(
    (id: string, index: number) => {
      const next = movedTo(order, id, index)
      if (next.join() === order.join()) return
      setWanted(next)
      setSaid(`Place ${next.indexOf(id) + 1} of ${next.length} of yours.`)
      room.moveJob(id, before(next, id)).catch((error) => {
        setWanted(undefined)
        complain('It stays in its place', error)
      })
    },
    [order, room],
  )
  return useMemo(() => ({ order, wanted: valid, said, move }), [order, valid, said, move])
}

function sameJobs(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id))
}
