import { ActionIcon, Button, Menu, NativeSelect, Tooltip } from '@mantine/core'
import { IconDots, IconPlayerPause, IconPlayerPlay, IconShieldCheck, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { atLeast } from '../../app/services'
import { complain, inform } from '../../app/toast'
import { useRoom, useRoomState } from '../context'
import { counted } from '../describe/cells'
import { ApprovalDialog } from './ApprovalDialog'
import { type Filter, isWorking, type Queue } from './grouping'
import { Workers } from './Workers'
import { unitsText } from './wording'

interface Props {
  queue: Queue
  filter: Filter
  setFilter: (filter: Filter) => void
}

/** The queue as a whole: pausing it, clearing it, what it lets through, who works for it. */
export function QueueHead({ queue, filter, setFilter }: Props) {
  const { paused, paused_by, approval_over } = useRoomState((state) => state.queue)
  const manages = useRoomState((state) => atLeast(state.role, 'owner'))
  return (
    <div className="at-queue-head">
      <div className="at-queue-bar">
        <NativeSelect
          size="xs"
          aria-label="Which jobs"
          value={filter}
          data={[
            { value: 'all', label: 'Everybody’s' },
            { value: 'mine', label: 'Mine' },
            { value: 'attention', label: 'Failed, to approve' },
          ]}
          onChange={(event) => setFilter(event.currentTarget.value as Filter)}
        />
        {manages && <Pause />}
        <QueueMenu queue={queue} />
      </div>
      {paused && (
        <p className="at-queue-paused" role="status">
          {paused_by ? `Paused by ${paused_by}.` : 'Paused.'} What runs ends; nothing new starts.
        </p>
      )}
      {approval_over !== undefined && approval_over > 0 && (
        <p className="at-muted at-small">An owner approves what takes more than {unitsText(approval_over)}.</p>
      )}
      <Workers />
    </div>
  )
}

function Pause() {
  const room = useRoom()
  const paused = useRoomState((state) => state.queue.paused === true)
  return (
    <Button
      size="xs"
      variant={paused ? 'filled' : 'default'}
      leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
      onClick={() =>
        void room
          .setQueue({ paused: !paused })
          .catch((error) => complain(paused ? 'The queue stays paused' : 'The queue goes on', error))
      }
    >
      {paused ? 'Resume' : 'Pause'}
    </Button>
  )
}

function QueueMenu({ queue }: { queue: Queue }) {
  const room = useRoom()
  const self = useRoomState((state) => state.self?.user)
  const manages = useRoomState((state) => atLeast(state.role, 'owner'))
  const may = useRoomState((state) => atLeast(state.role, 'editor'))
  const [asking, setAsking] = useState(false)
  if (!may) return null
  const waiting = [...queue.running, ...queue.waiting]
    .flatMap((entry) => entry.jobs)
    .filter((job) => !isWorking(job) && !['succeeded', 'failed', 'cancelled'].includes(job.state))
  const mine = waiting.filter((job) => job.user === self).length

  function clear(user: string) {
    room.clearQueue(user).then(
      (cleared) => inform(cleared === 0 ? 'Nothing was waiting.' : `${counted(cleared, 'job')} cancelled.`),
      (error) => complain('The queue was not cleared', error),
    )
  }

  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Tooltip label="More for the queue">
            <ActionIcon variant="subtle" color="gray" aria-label="More for the queue">
              <IconDots size={17} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconTrash size={15} />}
            disabled={mine === 0 || !self}
            onClick={() => self && clear(self)}
          >
            Cancel my waiting jobs{mine > 0 && ` (${mine})`}
          </Menu.Item>
          {manages && (
            <>
              <Menu.Item
                leftSection={<IconTrash size={15} />}
                color="red"
                disabled={waiting.length === 0}
                onClick={() => clear('')}
              >
                Cancel all waiting jobs{waiting.length > 0 && ` (${waiting.length})`}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item leftSection={<IconShieldCheck size={15} />} onClick={() => setAsking(true)}>
                Ask for approval…
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <ApprovalDialog opened={asking} close={() => setAsking(false)} />
    </>
  )
}
