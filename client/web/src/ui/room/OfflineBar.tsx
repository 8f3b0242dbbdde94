import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { go } from '../app/router'
import { useRoom, useRoomState } from './context'

const shownAfter = 1200

/** Says that the connection is gone and what is waiting. A short gap, as at a restart, shows nothing. */
export function OfflineBar() {
  const room = useRoom()
  const status = useRoomState((state) => state.status)
  const unsent = useRoomState((state) => state.unsent)
  const closed = useRoomState((state) => state.closed)
  const [late, setLate] = useState(false)
  const gone = status === 'offline'
  useEffect(() => {
    if (!gone) return setLate(false)
    const timer = setTimeout(() => setLate(true), shownAfter)
    return () => clearTimeout(timer)
  }, [gone])

  if (status === 'closed') {
    return (
      <div className="at-offline" role="alert">
        <span>{closedText(closed?.code)}</span>
        <Button size="compact-sm" variant="default" onClick={() => room.connect()}>
          Try again
        </Button>
        <Button size="compact-sm" variant="subtle" onClick={() => go('/')}>
          All rooms
        </Button>
      </div>
    )
  }
  if (!gone || !late) return null
  return (
    <div className="at-offline" role="status">
      <span>{offlineText(unsent)}</span>
    </div>
  )
}

export function offlineText(unsent: number): string {
  if (unsent === 0) return 'Offline. Reconnecting; you can go on working.'
  const changes = unsent === 1 ? '1 change is' : `${unsent} changes are`
  return `Offline. ${changes} kept here and sent as soon as the room is back.`
}

export function closedText(code: number | undefined): string {
  switch (code) {
    case 4001:
      return 'This room was opened again elsewhere with the same session.'
    case 4100:
      return 'You are not signed in any more.'
    case 4101:
      return 'You may not be in this room any more.'
    case 4103:
      return 'This room was deleted.'
    case 4104:
      return 'The server was updated. Reload this page.'
    default:
      return 'The connection to this room has ended.'
  }
}
