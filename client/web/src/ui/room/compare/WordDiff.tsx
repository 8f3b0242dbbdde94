import { useMemo } from 'react'
import type { Words } from '../../../store/versioning'
import { wordsBetween } from '../describe/words'

interface Props {
  before: string
  after: string
  words?: Words[]
  /** `both` shows what went and what came in one text; a side shows what is on it. */
  side?: 'both' | 'before' | 'after'
}

/**
 * A text with what went struck through and what came underlined. Marks, not colours alone; and `del` and `ins` are words
 * to a screen reader, too, through the hidden ones around them.
 */
export function WordDiff({ before, after, words, side = 'both' }: Props) {
  const shown = useMemo(() => words ?? wordsBetween(before, after), [words, before, after])
  const parts = shown.filter(({ op }) => op === 'same' || side === 'both' || (op === 'gone') === (side === 'before'))
  if (parts.length === 0) return <p className="at-words at-muted">nothing</p>
  return (
    <p className="at-words">
      {parts.map(({ op, text }, i) => {
        // The parts of one text have no other name than their place.
        const key = `${i}-${op}`
        if (op === 'same') return <span key={key}>{text}</span>
        const Mark = op === 'gone' ? 'del' : 'ins'
        return (
          <Mark key={key}>
            <span className="at-hidden">{op === 'gone' ? ' [gone: ' : ' [new: '}</span>
            {text}
            <span className="at-hidden">] </span>
          </Mark>
        )
      })}
    </p>
  )
}
