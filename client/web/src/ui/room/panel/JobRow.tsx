import { ActionIcon, Button, Progress, Tooltip } from '@mantine/core'
import { IconFocus2, IconPhoto, IconX } from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import { memo } from 'react'
import type { Job } from '../../../protocol/types'
import { atLeast, useServices } from '../../app/services'
import { complain, sentence } from '../../app/toast'
import { useRoom, useRoomState, useScope } from '../context'
import { isFinal } from '../generate'
import { stateText } from './queue'

export const JobRow = memo(function JobRow({ job, now, place }: { job: Job; now: number; place: number }) {
  const fraction = useRoomState((state) => {
    const progress = state.progress.get(job.id)
    return progress?.attempt === job.attempt ? progress.fraction : 0
  })
  const working = job.state === 'running' || job.state === 'leased'
  return (
    <li className="at-job" data-state={job.state} data-job={job.id}>
      <Preview job={job} />
      <div className="at-job-body">
        <p className="at-job-prompt" title={job.prompt}>
          {job.prompt}
        </p>
        <p className="at-job-facts">
          <span>{job.user_name}</span>
          <span>{stateText(job, now, place)}</span>
          {(job.count ?? 1) > 1 && <span>×{job.count}</span>}
        </p>
        {working && <Progress value={fraction * 100} size={4} aria-label={`Progress of ${job.prompt.slice(0, 60)}`} />}
        {job.state === 'failed' && job.error && <p className="at-job-error">{sentence(job.error.message)}</p>}
        {job.state === 'delayed' && job.error && <p className="at-job-facts">{sentence(job.error.message)}</p>}
      </div>
      <JobActions job={job} />
    </li>
  )
})

function Preview({ job }: { job: Job }) {
  const { backend } = useServices()
  const preview = useRoomState((state) => state.progress.get(job.id)?.preview)
  const first = job.results?.[0]
  const shown = first ? (first.thumb ?? (first.mime.startsWith('image/') ? first.asset : undefined)) : preview
  return (
    <span className="at-job-preview">
      {shown ? <img src={backend.assetUrl(shown)} alt="" /> : <IconPhoto size={18} aria-hidden="true" />}
    </span>
  )
}

function JobActions({ job }: { job: Job }) {
  const room = useRoom()
  const self = useRoomState((state) => state.self?.user)
  const role = useRoomState((state) => state.role)
  const mine = job.user === self
  const may = atLeast(role, mine ? 'editor' : 'owner')
  const shown = job.results?.[0]?.record
  const words = job.prompt.slice(0, 60)
  if (may && !isFinal(job)) {
    return (
      <Tooltip label="Cancel">
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Cancel ${words}`}
          onClick={() => void room.cancelJob(job.id).catch((error) => complain('It was not cancelled', error))}
        >
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
    )
  }
  if (may && job.state !== 'succeeded') {
    return (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Retry ${words}`}
        onClick={() => void room.retryJob(job.id).catch((error) => complain('It was not queued again', error))}
      >
        Retry
      </Button>
    )
  }
  return shown ? <Show record={shown} words={words} /> : null
}

function Show({ record, words }: { record: string; words: string }) {
  const { ui } = useScope()
  const flow = useReactFlow()
  const there = useRoomState((state) => state.records.has(record))
  if (!there) return null
  return (
    <Tooltip label="Show on the canvas">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Show ${words} on the canvas`}
        onClick={() => {
          ui.setState({ selection: new Set([record]), following: null })
          void flow.fitView({ nodes: [{ id: record }], padding: 0.6, maxZoom: 1.2, duration: 300 })
        }}
      >
        <IconFocus2 size={16} />
      </ActionIcon>
    </Tooltip>
  )
}
