import '../../styles/compare.css'
import { IconArrowRight } from '@tabler/icons-react'
import type { Presentation } from '../describe/presentation'
import { MediaPair } from './MediaPair'
import { WordDiff } from './WordDiff'

interface Props {
  kind: string
  view: Presentation
  names: { a: string; b: string }
  /** Beside each other in two columns, or one text with marks. */
  columns: boolean
}

/** How a record differs between two sides. */
export function Difference({ kind, view, names, columns }: Props) {
  const { pictures, texts, rows, moves } = view
  return (
    <div className="at-difference">
      {pictures && <MediaPair kind={kind} a={pictures.a} b={pictures.b} names={names} />}
      {texts.map((text) => (
        <section key={text.prop} aria-label={text.title}>
          <p className="at-text-title">{text.title}</p>
          {columns ? (
            <div className="at-text-pair">
              <WordDiff {...text} side="before" />
              <WordDiff {...text} side="after" />
            </div>
          ) : (
            <WordDiff {...text} />
          )}
        </section>
      ))}
      {rows.length > 0 && (
        <dl className="at-rows">
          {rows.map(({ prop, title, before, after }) => (
            <div key={prop}>
              <dt>{title}</dt>
              <dd>
                <span className="at-row-before">{before}</span>
                <IconArrowRight size={13} aria-label="became" role="img" />
                <span>{after}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {moves.length > 0 && (
        <div className="at-moves">
          {moves.map((move) => (
            <p key={move}>{move}</p>
          ))}
        </div>
      )}
    </div>
  )
}
