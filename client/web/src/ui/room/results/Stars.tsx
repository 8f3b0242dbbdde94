import { IconStar, IconStarFilled } from '@tabler/icons-react'
import type { Job } from '../../../protocol/types'
import { atLeast } from '../../app/services'
import { complain } from '../../app/toast'
import { useRoom, useRoomState } from '../context'
import { ratingText } from './rating'

const five = [1, 2, 3, 4, 5] as const

/** One's own stars for a result, and what everybody gave it together. */
export function Stars({ job, index }: { job: Job; index: number }) {
  const room = useRoom()
  const self = useRoomState((state) => state.self?.user)
  const may = useRoomState((state) => state.past === undefined && atLeast(state.role, 'commenter'))
  const ratings = job.results?.[index]?.ratings
  const own = (self !== undefined && ratings?.[self]) || 0
  const said = ratingText(ratings)
  return (
    <div className="at-stars">
      <fieldset disabled={!may}>
        <legend className="at-hidden">Your rating</legend>
        {five.map((stars) => (
          <button
            key={stars}
            type="button"
            aria-label={stars === 1 ? '1 star' : `${stars} stars`}
            aria-pressed={own === stars}
            data-lit={stars <= own || undefined}
            onClick={() =>
              room
                .rateJob(job.id, index, own === stars ? 0 : stars)
                .catch((error) => complain('Your rating was not kept', error))
            }
          >
            {stars <= own ? <IconStarFilled size={15} /> : <IconStar size={15} />}
          </button>
        ))}
      </fieldset>
      {said && <span className="at-stars-all">{said}</span>}
    </div>
  )
}
