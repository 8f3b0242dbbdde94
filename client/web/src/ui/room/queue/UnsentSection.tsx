import { Button } from '@mantine/core'
import { IconCloudOff } from '@tabler/icons-react'
import type { UnsentJob } from '../../../store/api'
import { sentence } from '../../app/toast'
import { useRoom, useRoomState } from '../context'
import { counted } from '../describe/cells'
import { amountText, jobWords, workText } from './wording'

/** What was asked for here and has not reached the server yet. */
export function UnsentSection() {
  const unsent = useRoomState((state) => state.unsentJobs)
  if (unsent.size === 0) return null
  return (
    <section aria-label="Waiting to be sent">
      <h2 className="at-panel-title">
        Waiting to be sent <span className="at-panel-number">{unsent.size}</span>
      </h2>
      <ul className="at-jobs">
        {[...unsent.values()].map((job) => (
          <UnsentRow key={job.id} job={job} />
        ))}
      </ul>
    </section>
  )
}

function UnsentRow({ job: { id, request, problem } }: { job: UnsentJob }) {
  const room = useRoom()
  const live = useRoomState((state) => state.status === 'live')
  const amount = amountText(request)
  const steps = request.then?.length ?? 0
  return (
    <li className="at-job" data-state="unsent" data-job={id}>
      <span className="at-job-preview">
        <IconCloudOff size={18} aria-hidden="true" />
      </span>
      <div className="at-job-body">
        <p className="at-job-prompt" title={request.prompt}>
          {jobWords(request)}
        </p>
        <p className="at-job-facts">
          <span>{workText(request)}</span>
          {amount && <span>{amount}</span>}
          {steps > 0 && <span>and {counted(steps, 'more step')}</span>}
        </p>
        <p className="at-job-facts">
          <span className="at-job-state">{problem ? 'Not queued' : live ? 'Being sent' : 'Waiting to be sent'}</span>
        </p>
        {problem && <p className="at-job-error">{sentence(problem.message)}</p>}
      </div>
      <div className="at-job-acts">
        {problem?.retryable && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Send ${jobWords(request)} again`}
            // What becomes of it shows in this row.
            onClick={() => void room.enqueue(request).catch(() => {})}
          >
            Again
          </Button>
        )}
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`Drop ${jobWords(request)}`}
          onClick={() => room.dropJob(id)}
        >
          Drop
        </Button>
      </div>
    </li>
  )
}
