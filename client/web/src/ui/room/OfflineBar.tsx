import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { go } from '../app/router'
import { inform } from '../app/toast'
import { useRoom, useRoomState } from './context'
import { counted } from './describe/cells'

const shownAfter = 1200

/** Says that the connection is gone and what is waiting. A short gap, as at a restart, shows nothing. */
export function OfflineBar() {
  const room = useRoom()
  const status = useRoomState((state) => state.status)
  const unsent = useRoomState((state) => state.unsent)
  const closed = useRoomState((state) => state.closed)
  const [late, setLate] = useState(false)
  useReturn()
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

/** After an absence that was shown, what became of the changes made meanwhile. What met is told by its own notice. */
function useReturn() {
  const room = useRoom()
  useEffect(() => {
    let lostAt = 0
    let most = 0
    return room.store.subscribe((now, before) => {
      if (now.status === 'offline') {
        if (before.status !== 'offline') lostAt = Date.now()
        most = Math.max(most, now.unsent)
      }
      if (now.status !== 'live' || now.unsent > 0 || lostAt === 0) return
      if (Date.now() - lostAt >= shownAfter && most > 0) inform(returnText(most))
      lostAt = 0
      most = 0
    })
  }, [room])
}

export function offlineText(unsent: number): string {
  if (unsent === 0) return 'Offline. Reconnecting; you can go on working.'
  return `Offline. ${counted(unsent, 'change')} kept here, also over a reload, and sent when the room is back.`
}

export function returnText(sent: number): string {
  return `Back. ${counted(sent, 'change')} made meanwhile ${sent === 1 ? 'is' : 'are'} sent.`
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
