import { ActionIcon, Button, Menu, Modal } from '@mantine/core'
import { IconDots, IconLock, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { go } from '../app/router'
import { atLeast, type RoomSummary, useServices } from '../app/services'
import { complain } from '../app/toast'

export function RoomCard({ room, changed }: { room: RoomSummary; changed: () => void }) {
  const [asking, setAsking] = useState(false)
  const path = `/room/${room.id}`

  return (
    <li className="at-room-card">
      <a
        href={path}
        className="at-room-link"
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey) return
          event.preventDefault()
          go(path)
        }}
      >
        <Backdrop id={room.id} />
        <span className="at-room-name">
          {room.name}
          {room.private && <IconLock size={14} aria-label="private" />}
        </span>
        <span className="at-room-facts">
          {room.members > 0 && <span className="at-live-dot" aria-hidden="true" />}
          {presentText(room.members)}
        </span>
      </a>
      {atLeast(room.role, 'owner') && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" className="at-room-menu" aria-label={`More for ${room.name}`}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => setAsking(true)}>
              Delete room
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      <DeleteDialog room={room} opened={asking} close={() => setAsking(false)} deleted={changed} />
    </li>
  )
}

interface DeleteProps {
  room: RoomSummary
  opened: boolean
  close: () => void
  deleted: () => void
}

function DeleteDialog({ room, opened, close, deleted }: DeleteProps) {
  const { backend } = useServices()
  const [busy, setBusy] = useState(false)

  async function remove() {
    setBusy(true)
    try {
      await backend.deleteRoom(room.id)
      close()
      deleted()
    } catch (error) {
      complain('The room was not deleted', error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal opened={opened} onClose={close} title={`Delete “${room.name}”?`}>
      <div className="at-form">
        <p>Everything on its canvas goes with it, for everybody. This cannot be undone.</p>
        <div className="at-form-acts">
          <Button variant="default" data-autofocus onClick={close}>
            Keep it
          </Button>
          <Button color="red.9" loading={busy} onClick={remove}>
            Delete room
          </Button>
        </div>
      </div>
    </Modal>
  )
}

export function presentText(members: number): string {
  if (members === 0) return 'Nobody in it now'
  return members === 1 ? '1 in it now' : `${members} in it now`
}

/** A quiet picture of its own for every room, until there are thumbnails: hills and a sun placed by its id. */
function Backdrop({ id }: { id: string }) {
  let seed = 7
  for (const char of id) seed = (seed * 31 + char.charCodeAt(0)) % 9973
  const hue = seed % 360
  const sun = 40 + (seed % 200)
  const colour = (l: number, c: number, shift: number) => `oklch(${l} ${c} ${(hue + shift) % 360})`
  return (
    <svg className="at-room-art" viewBox="0 0 280 130" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
      <rect width="280" height="130" fill={colour(0.9, 0.045, 0)} />
      <circle cx={sun} cy={44} r={18} fill={colour(0.96, 0.05, 60)} />
      <path d={`M0 92 Q 70 ${52 + (seed % 30)} 140 88 T 280 76 V130 H0Z`} fill={colour(0.8, 0.06, 20)} />
      <path d={`M0 112 Q 90 ${80 + (seed % 23)} 170 106 T 280 98 V130 H0Z`} fill={colour(0.68, 0.075, 40)} />
    </svg>
  )
}
