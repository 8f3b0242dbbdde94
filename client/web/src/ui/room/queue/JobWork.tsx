import { Progress } from '@mantine/core'
import type { Job } from '../../../protocol/types'
import { sentence } from '../../app/toast'
import { useRoomState } from '../context'
import { isWorking } from './grouping'
import { jobWords } from './wording'

/** How far the newest attempt is. */
export function JobWork({ job }: { job: Job }) {
  const fraction = useRoomState((state) => {
    const progress = state.progress.get(job.id)
    return progress?.attempt === job.attempt ? progress.fraction : 0
  })
  if (!isWorking(job)) return null
  return (
    <div className="at-job-work">
      <Progress value={fraction * 100} size={4} aria-label={`Progress of ${jobWords(job)}`} />
      <span aria-hidden="true">{Math.round(fraction * 100)} %</span>
    </div>
  )
}

/** Why it is where it is, in the server's words. */
export function JobReason({ job }: { job: Job }) {
  if (!job.error || job.state === 'succeeded') return null
  const bad = job.state === 'failed'
  return <p className={bad ? 'at-job-error' : 'at-job-reason'}>{sentence(job.error.message)}</p>
}
