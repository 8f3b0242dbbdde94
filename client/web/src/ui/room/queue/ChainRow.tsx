import { IconArrowDown } from '@tabler/icons-react'
import { memo } from 'react'
import type { Job } from '../../../protocol/types'
import { listed } from '../describe/cells'
import { ResultStrip } from '../results/ResultStrip'
import { Stars } from '../results/Stars'
import type { Entry } from './grouping'
import { JobActions } from './JobActions'
import { JobPreview } from './JobPreview'
import { JobReason, JobWork } from './JobWork'
import { MoveHandle } from './MoveHandle'
import { amountText, jobWords, stateText, workText } from './wording'

interface Props {
  entry: Entry
  now: number
  place: number
  mover: string | undefined
}

/** A chain: what it is for, and its steps with arrows from each to the next. */
export const ChainRow = memo(function ChainRow({ entry, now, place, mover }: Props) {
  const [first] = entry.jobs
  const words = jobWords(first)
  const done = entry.jobs.filter((job) => job.state === 'succeeded').length
  return (
    <li className="at-chain" data-entry data-chain={entry.key} data-mover={mover}>
      <div className="at-chain-head">
        {mover && <MoveHandle job={mover} words={words} />}
        <div className="at-job-body">
          <p className="at-job-prompt" title={first.prompt}>
            {words}
          </p>
          <p className="at-job-facts">
            <span>{first.user_name}</span>
            <span>
              {done} of {first.steps ?? entry.jobs.length} steps done
            </span>
          </p>
        </div>
      </div>
      <ol className="at-steps" aria-label={`Steps of ${words}`}>
        {entry.jobs.map((job, i) => (
          <Step key={job.id} job={job} now={now} place={i === 0 || job.state === 'queued' ? place : 0} />
        ))}
      </ol>
    </li>
  )
})

function Step({ job, now, place }: { job: Job; now: number; place: number }) {
  const results = job.results?.length ?? 0
  const amount = amountText(job)
  const from = fromText(job)
  return (
    <li className="at-job at-step" data-state={job.state} data-job={job.id}>
      {(job.step ?? 0) > 0 && (
        <span className="at-step-arrow" aria-hidden="true">
          <IconArrowDown size={12} />
        </span>
      )}
      <JobPreview job={job} />
      <div className="at-job-body">
        <p className="at-step-work">
          {workText(job)} {amount && <span className="at-muted">{amount}</span>}
        </p>
        <p className="at-job-facts">
          <span className="at-job-state">{stateText(job, now, place)}</span>
          {from && <span>{from}</span>}
        </p>
        <JobWork job={job} />
        <JobReason job={job} />
        {results > 1 && <ResultStrip job={job} />}
        {results === 1 && <Stars job={job} index={0} />}
      </div>
      <JobActions job={job} />
    </li>
  )
}

/** Said where the arrow from the step above does not say it. */
function fromText({ state, step = 0, from = [] }: Job): string {
  const others = from.filter((n) => n !== step - 1)
  if (step === 0 || others.length === 0 || state === 'waiting') return ''
  return `from ${from.length > 1 ? 'steps' : 'step'} ${listed(from.map((n) => String(n + 1)))}`
}
