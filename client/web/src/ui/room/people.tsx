import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import type { Member } from '../../protocol/types'
import { type Person, useServices } from '../app/services'
import { useRoomState } from './context'

/** A user as this room knows them, in it or not. */
export interface KnownPerson {
  id: string
  name: string
  /** Of one who is here. */
  colour?: string
}

interface Directory {
  people: readonly Person[]
  /** Asks for the people of the workspace, once. */
  want: () => void
}

const DirectoryContext = createContext<Directory>({ people: [], want: () => {} })

/** The people of the workspace are asked for when somebody who is not here is to be named. */
export function PeopleProvider({ children }: { children: ReactNode }) {
  const { backend } = useServices()
  const [people, setPeople] = useState<readonly Person[]>([])
  const asked = useRef(false)
  const directory = useMemo(
    () => ({
      people,
      want: () => {
        if (asked.current) return
        asked.current = true
        // Without them whoever is not here has no name; that is all.
        backend.people().then(setPeople, () => {})
      },
    }),
    [people, backend],
  )
  return <DirectoryContext value={directory}>{children}</DirectoryContext>
}

const none: KnownPerson[] = []

/** Who is here, each user once; keeps its identity while these are the same with the same names. */
function useHere(): KnownPerson[] {
  const last = useRef({ members: undefined as ReadonlyMap<number, Member> | undefined, here: none })
  return useRoomState(({ members }) => {
    if (members === last.current.members) return last.current.here
    const by = new Map<string, KnownPerson>()
    for (const { user, name, colour } of members.values()) by.set(user, { id: user, name, colour })
    const here = [...by.values()]
    const before = last.current.here
    const same =
      here.length === before.length &&
      here.every(
        (one, i) => one.id === before[i]?.id && one.name === before[i]?.name && one.colour === before[i]?.colour,
      )
    last.current = { members, here: same ? before : here }
    return last.current.here
  })
}

/** Everybody whom this room can name: who is here first. */
export function useEverybody(): readonly KnownPerson[] {
  const here = useHere()
  const { people, want } = useContext(DirectoryContext)
  useEffect(want, [want])
  return useMemo(() => {
    const known = new Set(here.map(({ id }) => id))
    const others = people.filter(({ user }) => !known.has(user.id)).map(({ user: { id, name } }) => ({ id, name }))
    return [...here, ...others]
  }, [here, people])
}

/** Names of users by id; who is not known is somebody. */
export function useNameOf(): (user: string) => string {
  const everybody = useEverybody()
  return useMemo(() => {
    const names = new Map(everybody.map(({ id, name }) => [id, name]))
    return (user) => names.get(user) ?? 'Somebody'
  }, [everybody])
}
