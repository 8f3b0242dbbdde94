import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { IconDots, IconFocus2, IconX } from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import type { Job } from '../../../protocol/types'
import { atLeast } from '../../app/services'
import { complain } from '../../app/toast'
import { useRoom, useRoomState } from '../context'
import { isFinal } from '../generate'
import { RemixItems } from '../remix/RemixItems'
import { mediaOfResult } from '../results/media'
import { useShow } from '../results/useShow'
import { jobWords } from './wording'

/** What one may do with a job: cancel, approve, run it again, go on from its result. */
export function JobActions({ job }: { job: Job }) {
  const self = useRoomState((state) => state.self?.user)
  const role = useRoomState((state) => state.role)
  const may = atLeast(role, job.user === self ? 'editor' : 'owner')
  const retried = job.state === 'failed' || job.state === 'cancelled'
  return (
    <div className="at-job-acts">
      {job.state === 'awaiting_approval' && atLeast(role, 'owner') && <Approve job={job} />}
      {may && !isFinal(job) && <Cancel job={job} />}
      {may && retried && <Retry job={job} />}
      {job.state === 'succeeded' && <More job={job} />}
    </div>
  )
}

function Approve({ job }: { job: Job }) {
  const room = useRoom()
  return (
    <Button
      size="compact-xs"
      aria-label={`Approve ${jobWords(job)}`}
      onClick={() => void room.approveJob(job.id).catch((error) => complain('It was not approved', error))}
    >
      Approve
    </Button>
  )
}

function Cancel({ job }: { job: Job }) {
  const room = useRoom()
  return (
    <Tooltip label="Cancel">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Cancel ${jobWords(job)}`}
        onClick={() => void room.cancelJob(job.id).catch((error) => complain('It was not cancelled', error))}
      >
        <IconX size={16} />
      </ActionIcon>
    </Tooltip>
  )
}

function Retry({ job }: { job: Job }) {
  const room = useRoom()
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-label={`Retry ${jobWords(job)}`}
      onClick={() => void room.retryJob(job.id).catch((error) => complain('It was not queued again', error))}
    >
      Retry
    </Button>
  )
}

/** Of the result that was picked, or the first. */
function More({ job }: { job: Job }) {
  const media = mediaOfResult(job, Math.max(0, (job.winner ?? 0) - 1))
  if (!media) return null
  const words = jobWords(job)
  return (
    <>
      {media.record && <Show record={media.record} words={words} />}
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`More with ${words}`}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <RemixItems sources={[media]} />
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

function Show({ record, words }: { record: string; words: string }) {
  const show = useShow(useReactFlow())
  const there = useRoomState((state) => state.records.has(record))
  if (!there) return null
  return (
    <Tooltip label="Show on the canvas">
      <ActionIcon variant="subtle" color="gray" aria-label={`Show ${words} on the canvas`} onClick={() => show(record)}>
        <IconFocus2 size={16} />
      </ActionIcon>
    </Tooltip>
  )
}
