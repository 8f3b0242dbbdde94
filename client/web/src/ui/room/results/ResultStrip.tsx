import { IconStarFilled, IconTrophy } from '@tabler/icons-react'
import type { Job } from '../../../protocol/types'
import { useScope } from '../context'
import { mediaOfResult, mediaWords } from './media'
import { meanOf, ratingText, short } from './rating'
import { Thumb } from './Thumb'

/** The results of a job, small; each opens in the viewer. */
export function ResultStrip({ job }: { job: Job }) {
  return (
    <ul className="at-strip" aria-label="Results">
      {(job.results ?? []).map((result, index) => (
        <li key={result.record || `${result.asset} ${index}`}>
          <ResultThumb job={job} index={index} />
        </li>
      ))}
    </ul>
  )
}

function ResultThumb({ job, index }: { job: Job; index: number }) {
  const { ui } = useScope()
  const media = mediaOfResult(job, index)
  if (!media) return null
  const ratings = job.results?.[index]?.ratings
  const { mean, voices } = meanOf(ratings)
  const won = job.winner === index + 1
  const value = job.sweep?.values[index]
  const label = [
    `Open result ${index + 1} of ${mediaWords(media).slice(0, 60)}`,
    value !== undefined && job.sweep && `${job.sweep.param} ${value}`,
    won && 'the winner',
    ratingText(ratings),
  ]
  return (
    <button
      type="button"
      className="at-thumb"
      data-won={won || undefined}
      aria-label={label.filter(Boolean).join(', ')}
      onClick={() => ui.setState({ viewing: { job: job.id, index } })}
    >
      <Thumb media={media} />
      {won && (
        <span className="at-thumb-won" aria-hidden="true">
          <IconTrophy size={11} />
        </span>
      )}
      {voices > 0 && (
        <span className="at-thumb-stars" aria-hidden="true">
          <IconStarFilled size={9} /> {short(mean)}
        </span>
      )}
      {value !== undefined && (
        <span className="at-thumb-value" aria-hidden="true">
          {String(value)}
        </span>
      )}
    </button>
  )
}
