import '../../styles/queue.css'
import { IconStack2 } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { atLeast } from '../../app/services'
import { useRoomState } from '../context'
import { ChainRow } from './ChainRow'
import { type Entry, type Filter, filtered, queueOf } from './grouping'
import { JobRow } from './JobRow'
import { QueueHead } from './QueueHead'
import { linesOf, type Mover, movable, reordered } from './reorder'
import { UnsentSection } from './UnsentSection'
import { useNow } from './useNow'
import { type Reordering, ReorderingContext, useReordering } from './useReordering'

export function QueuePanel() {
  const jobs = useRoomState((state) => state.jobs)
  const unsent = useRoomState((state) => state.unsentJobs.size)
  const self = useRoomState((state) => state.self?.user)
  const [filter, setFilter] = useState<Filter>('all')
  const queue = useMemo(() => queueOf(jobs), [jobs])
  const may = useMover()
  const reordering = useReordering(useMemo(() => linesOf(queue.waiting, may), [queue, may]))
  const waiting = reordered(queue.waiting, reordering.wanted)
  const shown = filtered({ ...queue, waiting: [...waiting] }, filter, self)
  const now = useNow(queue.waiting.length > 0)
  const places = useMemo(() => new Map(waiting.map((entry, i) => [entry.key, i + 1])), [waiting])
  const nothing = jobs.size === 0 && unsent === 0
  return (
    <ReorderingContext value={reordering}>
      <QueueHead filter={filter} setFilter={setFilter} queue={queue} />
      {nothing && <Empty />}
      <UnsentSection />
      <Section title="Running" entries={shown.running} now={now} places={places} />
      <Section title="Waiting" entries={shown.waiting} now={now} places={places} />
      <Section title="Finished" entries={shown.done} now={now} places={places} />
      {!nothing && filter !== 'all' && shown.running.length + shown.waiting.length + shown.done.length === 0 && (
        <p className="at-muted">Nothing of this kind now.</p>
      )}
      <Announcement reordering={reordering} />
    </ReorderingContext>
  )
}

/** One's own jobs, and an owner everybody's. */
function useMover(): Mover {
  const self = useRoomState((state) => state.self?.user)
  const manages = useRoomState((state) => atLeast(state.role, 'owner'))
  const edits = useRoomState((state) => atLeast(state.role, 'editor'))
  return useCallback((user) => manages || (edits && user === self), [self, manages, edits])
}

function Empty() {
  return (
    <div className="at-panel-empty at-queue-empty">
      <IconStack2 size={30} aria-hidden="true" />
      <p>The queue is empty</p>
      <p className="at-muted">Write a prompt on the canvas and press Generate. Everybody sees it here.</p>
    </div>
  )
}

interface SectionProps {
  title: string
  entries: readonly Entry[]
  now: number
  places: ReadonlyMap<string, number>
}

function Section({ title, entries, now, places }: SectionProps) {
  const may = useMover()
  if (entries.length === 0) return null
  return (
    <section aria-label={title}>
      <h2 className="at-panel-title">
        {title} <span className="at-panel-number">{entries.length}</span>
      </h2>
      <ul className="at-jobs">
        {entries.map((entry) => {
          const [job] = entry.jobs
          const place = places.get(entry.key) ?? 0
          const mover = movable(entry, may)?.id
          return (job.steps ?? 1) > 1 ? (
            <ChainRow key={entry.key} entry={entry} now={now} place={place} mover={mover} />
          ) : (
            <JobRow key={entry.key} job={job} now={now} place={place} mover={mover} />
          )
        })}
      </ul>
    </section>
  )
}

/** Where a job went, for who does not see it go. */
function Announcement({ reordering: { said } }: { reordering: Reordering }) {
  return (
    <p className="at-hidden" role="status">
      {said}
    </p>
  )
}
