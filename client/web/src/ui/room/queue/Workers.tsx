import { IconChevronRight, IconServer2 } from '@tabler/icons-react'
import { useState } from 'react'
import type { Worker } from '../../../protocol/types'
import { useRoomState } from '../context'
import { counted } from '../describe/cells'
import { isWorking } from './grouping'

const none: Worker[] = []

/** The members that run jobs for this room, with what each takes at once. */
export function Workers() {
  const workers = useRoomState((state) => state.queue.workers ?? none)
  const [open, setOpen] = useState(false)
  if (workers.length === 0) return null
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0)
  return (
    <div className="at-workers">
      <button type="button" className="at-disclose" aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconChevronRight size={13} aria-hidden="true" />
        {counted(workers.length, 'worker')} connected, {counted(slots, 'slot')}
      </button>
      {open && (
        <ul aria-label="Workers">
          {workers.map((worker) => (
            <WorkerRow key={worker.session} worker={worker} />
          ))}
        </ul>
      )}
    </div>
  )
}

function WorkerRow({ worker: { name, slots, routes } }: { worker: Worker }) {
  const busy = useRoomState(
    (state) => [...state.jobs.values()].filter((job) => isWorking(job) && job.worker === name).length,
  )
  return (
    <li>
      <IconServer2 size={15} aria-hidden="true" />
      <span className="at-worker-name">{name}</span>
      <span className="at-muted">
        {busy} of {counted(slots, 'slot')}
      </span>
      <span className="at-muted at-worker-routes">{routes.join(', ')}</span>
    </li>
  )
}
