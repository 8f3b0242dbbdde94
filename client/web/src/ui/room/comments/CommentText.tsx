import { useMemo } from 'react'
import { useRoomState } from '../context'
import { useEverybody } from '../people'
import { partsOf } from './mentions'

/** A comment's words, with those whom it calls set off. */
export function CommentText({ text, mentions }: { text: string; mentions: readonly string[] }) {
  const everybody = useEverybody()
  const self = useRoomState((state) => state.self?.user)
  const parts = useMemo(
    () =>
      partsOf(
        text,
        everybody.filter(({ id }) => mentions.includes(id)),
      ),
    [text, mentions, everybody],
  )
  return (
    <p className="at-comment-text">
      {parts.map(({ text: words, person }, i) => {
        // The parts of one text have no other name than their place.
        const key = `${i}-${person?.id ?? ''}`
        if (!person) return <span key={key}>{words}</span>
        return (
          <span key={key} className="at-mention" data-self={person.id === self || undefined}>
            {words}
          </span>
        )
      })}
    </p>
  )
}
