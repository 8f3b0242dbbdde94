import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { complain } from '../../app/toast'
import { useRoom, useRoomState } from '../context'
import { before, type Line, movedTo, whose } from './reorder'

/** Moving jobs of one requester among each other. */
export interface Reordering {
  /** The line of a job that can be moved, in the order that shows. */
  lineOf(id: string): Line | undefined
  /** The order of one line that was asked for and is not answered yet. */
  readonly wanted: readonly string[] | undefined
  readonly said: string
  move(id: string, index: number): void
}

export const ReorderingContext = createContext<Reordering | null>(null)

export function useReorderingOf(): Reordering {
  const reordering = useContext(ReorderingContext)
  if (!reordering) throw new Error('no queue around this row')
  return reordering
}

/** How long an order that the server answered may still differ from the numbers in its jobs, which come a moment late. */
const settles = 3000

/** What was asked for shows at once, until the server's own order says the same or something else happens to the jobs. */
export function useReordering(lines: readonly Line[]): Reordering {
  const room = useRoom()
  const self = useRoomState((state) => state.self?.user)
  const [wanted, setWanted] = useState<readonly string[]>()
  const [said, setSaid] = useState('')
  const theirs = wanted && lines.find(({ ids }) => sameJobs(wanted, ids))
  const valid = theirs && wanted
  const arrived = valid?.join() === theirs?.ids.join()
  useEffect(() => {
    if (arrived) setWanted(undefined)
  }, [arrived])
  useEffect(() => {
    if (!wanted) return
    const timer = setTimeout(() => setWanted(undefined), settles)
    return () => clearTimeout(timer)
  }, [wanted])

  const lineOf = useCallback(
    (id: string) => {
      const line = lines.find(({ ids }) => ids.includes(id))
      return line && valid?.includes(id) ? { ...line, ids: valid } : line
    },
    [lines, valid],
  )
  const move = useCallback(
    (id: string, index: number) => {
      const line = lineOf(id)
      if (!line) return
      const next = movedTo(line.ids, id, index)
      if (next.join() === line.ids.join()) return
      setWanted(next)
      setSaid(`Place ${next.indexOf(id) + 1} of ${next.length} of ${whose(line, self)}.`)
      room.moveJob(id, before(next, id)).catch((error) => {
        setWanted(undefined)
        complain('It stays in its place', error)
      })
    },
    [lineOf, room, self],
  )
  return useMemo(() => ({ lineOf, wanted: valid, said, move }), [lineOf, valid, said, move])
}

function sameJobs(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id) => b.includes(id))
}
