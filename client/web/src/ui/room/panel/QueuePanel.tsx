import { IconStack2 } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import type { Job } from '../../../protocol/types'
import { useRoomState } from '../context'
import { JobRow } from './JobRow'
import { queueOf } from './queue'

export function QueuePanel() {
  const jobs = useRoomState((state) => state.jobs)
  const { running, waiting, done } = useMemo(() => queueOf(jobs), [jobs])
  const now = useNow(waiting.length > 0)
  if (jobs.size === 0) {
    return (
      <div className="at-panel-empty">
        <IconStack2 size={30} aria-hidden="true" />
        <p>The queue is empty</p>
        <p className="at-muted">Write a prompt on the canvas and press Generate. Everybody sees it here.</p>
      </div>
    )
  }
  return (
    <>
      <Section title="Running" jobs={running} now={now} />
      <Section title="Waiting" jobs={waiting} now={now} />
      <Section title="Finished" jobs={done} now={now} />
    </>
  )
}

function Section({ title, jobs, now }: { title: string; jobs: Job[]; now: number }) {
  if (jobs.length === 0) return null
  return (
    <section aria-label={title}>
      <h2 className="at-panel-title">{title}</h2>
      <ul className="at-jobs">
        {jobs.map((job, i) => (
          <JobRow key={job.id} job={job} now={now} place={i + 1} />
        ))}
      </ul>
    </section>
  )
}

/** The time, renewed each second while something is counted down to. */
function useNow(counting: boolean): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (!counting) return
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [counting])
  return now
}
