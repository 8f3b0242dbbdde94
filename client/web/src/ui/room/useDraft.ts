import { useCallback, useEffect, useRef, useState } from 'react'
import { useRoom } from './context'

const writeAfter = 250
const episodeRest = 30_000

let episodes = 0

/**
 * A text field over one cell. What is typed shows at once and is written after a short rest, as one gesture and in one
 * episode, which ends when the field is left or rests for 30 s. What others write meanwhile shows as soon as nothing
 * typed is waiting, and starts a new episode: from then on this person has seen it.
 */
export function useDraft(record: string, prop: string, value: string) {
  const room = useRoom()
  const [draft, setDraft] = useState(value)
  const episode = useRef<string | null>(null)
  const waiting = useRef<{ timer: ReturnType<typeof setTimeout>; text: string } | null>(null)
  const rest = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const written = useRef(value)

  useEffect(() => {
    if (value === written.current) return
    if (waiting.current) return
    written.current = value
    episode.current = null
    setDraft(value)
  }, [value])

  const endEpisode = useCallback(() => {
    clearTimeout(rest.current)
    episode.current = null
  }, [])

  const write = useCallback(() => {
    const now = waiting.current
    if (!now) return
    clearTimeout(now.timer)
    waiting.current = null
    if (now.text === written.current) return
    if (!episode.current) {
      episodes += 1
      episode.current = `text-${episodes}`
    }
    written.current = now.text
    room.edit([[record, prop, now.text]], { episode: episode.current, gesture: episode.current })
  }, [room, record, prop])

  const change = useCallback(
    (text: string) => {
      setDraft(text)
      if (waiting.current) clearTimeout(waiting.current.timer)
      waiting.current = { text, timer: setTimeout(write, writeAfter) }
      clearTimeout(rest.current)
      rest.current = setTimeout(() => {
        write()
        endEpisode()
      }, episodeRest)
    },
    [write, endEpisode],
  )

  const focus = useCallback(() => room.setPresence({ editing: [record, prop] }), [room, record, prop])
  const leave = useCallback(() => {
    write()
    endEpisode()
    room.setPresence({ editing: null })
  }, [room, write, endEpisode])

  // A field that goes away (the record left the view) still writes what was typed.
  useEffect(
    () => () => {
      write()
      endEpisode()
    },
    [write, endEpisode],
  )

  return { draft, change, focus, leave, write }
}
