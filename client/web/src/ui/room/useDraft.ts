import { useCallback, useEffect, useRef, useState } from 'react'
import { v7 } from 'uuid'
import { useRoom } from './context'

const writeAfter = 250
const episodeRest = 30_000

/**
 * A text field over one cell. What is typed shows at once and is written after a short rest, as one gesture and in one
 * episode, which ends when the field is left or rests for 30 s. While an episode lasts the field shows this person's own
 * text: what others write meanwhile is merged elsewhere and shows when it ends, so no word moves under the cursor. Every
 * write names the text that this person started from, their own one before it. A field in which nothing was typed is live.
 */
export function useDraft(record: string, prop: string, value: string) {
  const room = useRoom()
  const [own, setOwn] = useState<string | null>(null)
  const latest = useRef(value)
  latest.current = value
  const episode = useRef<{ name: string; basis: string } | null>(null)
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; text: string } | null>(null)
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const write = useCallback(() => {
    const now = waiting.current
    const stay = episode.current
    if (!now || !stay) return
    clearTimeout(now.timer)
    waiting.current = null
    if (now.text === stay.basis) return
    const { name, basis } = stay
    stay.basis = now.text
    room.edit([[record, prop, now.text, basis]], { episode: name, gesture: name })
  }, [room, record, prop])

  const endEpisode = useCallback(() => {
    write()
    clearTimeout(rest.current)
    episode.current = null
    setOwn(null)
  }, [write])

  const change = useCallback(
    (text: string) => {
      // Named for good: a session outlives a reload, and its branches are told apart by their episodes.
      episode.current ??= { name: v7(), basis: latest.current }
      setOwn(text)
      if (waiting.current) clearTimeout(waiting.current.timer)
      waiting.current = { text, timer: setTimeout(write, writeAfter) }
      clearTimeout(rest.current)
      rest.current = setTimeout(endEpisode, episodeRest)
    },
    [write, endEpisode],
  )

  const focus = useCallback(() => room.setPresence({ editing: [record, prop] }), [room, record, prop])
  const leave = useCallback(() => {
    endEpisode()
    room.setPresence({ editing: null })
  }, [room, endEpisode])

  // A field that goes away (the record left the view) still writes what was typed.
  useEffect(
    () => () => {
      write()
      clearTimeout(rest.current)
      episode.current = null
    },
    [write],
  )

  return { draft: own ?? value, change, focus, leave, write }
}
