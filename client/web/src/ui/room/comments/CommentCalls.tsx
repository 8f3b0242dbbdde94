import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { offer } from '../../app/offer'
import { useRoomState, useScope, useUI } from '../context'
import { useNameOf } from '../people'
import { seenIn } from './seen'
import { callsFor, commentsOf } from './threads'
import { useThreads } from './useThreads'

const UnreadContext = createContext<ReadonlySet<string>>(new Set())

/** Ids of threads in which somebody calls this person and that they have not read. */
export function useUnread(): ReadonlySet<string> {
  return useContext(UnreadContext)
}

const wordsShown = 120

/** Tells of comments that call this person, and remembers which of them they have read. */
export function CommentCalls({ children }: { children: ReactNode }) {
  const { ui } = useScope()
  const room = useRoomState((state) => state.room?.id)
  const user = useRoomState((state) => state.self?.user)
  const live = useRoomState((state) => state.status === 'live' && state.past === undefined)
  const threads = useThreads()
  const nameOf = useNameOf()
  const open = useUI((state) => (state.panel === 'comments' ? state.thread : null))
  const store = useMemo(() => (room && user ? seenIn(localStorage, room, user) : undefined), [room, user])
  const [seen, setSeen] = useState(0)
  const told = useRef<number | null>(null)

  useEffect(() => {
    if (store) setSeen(store.read())
  }, [store])

  // An open thread is read, and with it all that came before.
  useEffect(() => {
    const thread = threads.find(({ id }) => id === open)
    const newest = thread ? Math.max(...commentsOf(thread).map(({ at }) => at)) : 0
    if (!store || newest <= seen) return
    store.write(newest)
    setSeen(newest)
  }, [threads, open, store, seen])

  // What was there when the room was opened has its dot, and no toast.
  useEffect(() => {
    if (!live || !user) return
    if (told.current === null) {
      told.current = Math.max(0, ...threads.flatMap((thread) => commentsOf(thread).map(({ at }) => at)))
      return
    }
    for (const { thread, comment } of callsFor(threads, user, told.current)) {
      told.current = comment.at
      if (ui.getState().panel === 'comments' && ui.getState().thread === thread.id) continue
      offer(
        comment.text.slice(0, wordsShown),
        { label: 'Open', act: () => ui.setState({ panel: 'comments', thread: thread.id, commenting: null }) },
        `${nameOf(comment.author)} mentions you`,
      )
    }
  }, [threads, user, live, nameOf, ui])

  const unread = useMemo(
    () => new Set(callsFor(threads, user, seen).map(({ thread }) => thread.id)),
    [threads, user, seen],
  )
  return <UnreadContext value={unread}>{children}</UnreadContext>
}
