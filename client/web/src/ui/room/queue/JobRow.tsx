import { memo } from 'react'
import type { Job } from '../../../protocol/types'
import { ResultStrip } from '../results/ResultStrip'
import { Stars } from '../results/Stars'
import { JobActions } from './JobActions'
import { JobPreview } from './JobPreview'
import { JobReason, JobWork } from './JobWork'
import { MoveHandle } from './MoveHandle'
import { amountText, jobWords, stateText, workText } from './wording'

interface Props {
  job: Job
  now: number
  /** In the line, 0 when it is in none. */
  place: number
  /** Its id, when oneself may move it. */
  mover: string | undefined
}

export const JobRow = memo(function JobRow({ job, now, place, mover }: Props) {
  const results = job.results?.length ?? 0
  return (
    <li className="at-job" data-state={job.state} data-job={job.id} data-entry data-mover={mover}>
      {mover && <MoveHandle job={mover} words={jobWords(job)} />}
      <JobPreview job={job} />
      <div className="at-job-body">
        <p className="at-job-prompt" title={job.prompt}>
          {jobWords(job)}
        </p>
        <JobFacts job={job} now={now} place={place} />
        <JobWork job={job} />
        <JobReason job={job} />
        {results > 1 && <ResultStrip job={job} />}
        {results === 1 && <Stars job={job} index={0} />}
      </div>
      <JobActions job={job} />
    </li>
  )
})

function JobFacts({ job, now, place }: Omit<Props, 'mover'>) {
  const amount = amountText(job)
  return (
    <>
      <p className="at-job-facts">
        <span>{workText(job)}</span>
        {amount && <span>{amount}</span>}
        <span>{job.user_name}</span>
      </p>
      <p className="at-job-facts">
        <span className="at-job-state">{stateText(job, now, place)}</span>
      </p>
    </>
  )
}
