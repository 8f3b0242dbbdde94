import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconChevronLeft, IconLayoutSidebarRight, IconUserPlus } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { RoomState } from '../../store/api'
import { ColourScheme } from '../app/ColourScheme'
import { go } from '../app/router'
import { atLeast, useServices } from '../app/services'
import { complain } from '../app/toast'
import { BranchSwitcher } from './branches/BranchSwitcher'
import { useUnread } from './comments/CommentCalls'
import { useMayComment, useMayEdit, useRoomState, useScope, useUI } from './context'
import { MemberFace } from './MemberFace'
import { sortedMembers } from './members'

const VoiceDock = lazy(() => import('./voice/VoiceDock'))

const facesShown = 5

export function TopBar({ id }: { id: string }) {
  const { ui } = useScope()
  const manages = useRoomState((state) => atLeast(state.role, 'owner'))
  const panel = useUI((state) => state.panel)
  const unread = useUnread().size > 0
  return (
    <section className="at-topbar" aria-label="Room">
      <div className="at-topbar-group">
        <Tooltip label="All rooms">
          <ActionIcon variant="subtle" color="gray" aria-label="All rooms" onClick={() => go('/')}>
            <IconChevronLeft size={18} />
          </ActionIcon>
        </Tooltip>
        <RoomName id={id} />
        <BranchSwitcher />
        <Connection />
      </div>
      <div className="at-topbar-right">
        <Suspense fallback={null}>
          <VoiceDock />
        </Suspense>
        <div className="at-topbar-group">
          <Faces />
          <span className="at-wide-only">
            <ColourScheme />
          </span>
          {manages && (
            <Button
              size="xs"
              className="at-share"
              aria-label="Share"
              leftSection={<IconUserPlus size={15} />}
              onClick={() => ui.setState({ inviting: true })}
            >
              Share
            </Button>
          )}
          <Tooltip label={panel ? 'Hide the panel' : 'Queue, people and more'}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={unread && !panel ? 'Panel, somebody mentions you' : 'Panel'}
              aria-expanded={panel !== null}
              className="at-panel-button"
              data-unread={(unread && !panel) || undefined}
              onClick={() => ui.setState({ panel: panel ? null : unread ? 'comments' : 'queue' })}
            >
              <IconLayoutSidebarRight size={18} />
            </ActionIcon>
          </Tooltip>
        </div>
      </div>
    </section>
  )
}

function RoomName({ id }: { id: string }) {
  const { backend } = useServices()
  const manages = useRoomState((state) => atLeast(state.role, 'owner'))
  const name = useRoomState((state) => state.room?.name ?? '')
  const [draft, setDraft] = useState(name)
  useEffect(() => setDraft(name), [name])
  useEffect(() => {
    document.title = name ? `${name} · Atelier` : 'Atelier'
    return () => {
      document.title = 'Atelier'
    }
  }, [name])
  if (!manages) return <h1 className="at-room-title">{name}</h1>

  function save() {
    const next = draft.trim()
    if (!next || next === name) return setDraft(name)
    backend.changeRoom(id, { name: next }).catch((error) => {
      setDraft(name)
      complain('The room keeps its name', error)
    })
  }
  return (
    <>
      <h1 className="at-hidden">{name}</h1>
      <input
        className="at-room-title"
        aria-label="Name of the room"
        maxLength={80}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur()
          if (event.key === 'Escape') setDraft(name)
        }}
      />
    </>
  )
}

function Connection() {
  const status = useRoomState((state) => state.status)
  const unsent = useRoomState((state) => state.unsent)
  const mayEdit = useMayEdit()
  const mayComment = useMayComment()
  const past = useRoomState((state) => state.past !== undefined)
  return (
    <span className="at-connection" data-status={status} role="status">
      <span className="at-connection-dot" aria-hidden="true" />
      <span className={status === 'live' && !mayEdit && !past ? undefined : 'at-wide-only'}>
        {past && status === 'live' ? 'The past' : connectionText(status, unsent, mayEdit, mayComment)}
      </span>
    </span>
  )
}

function connectionText(status: RoomState['status'], unsent: number, mayEdit: boolean, mayComment: boolean): string {
  if (status !== 'live') return status === 'connecting' ? 'Connecting' : 'Offline'
  if (unsent > 0) return 'Saving'
  if (mayEdit) return 'Saved'
  return mayComment ? 'Comment only' : 'View only'
}

function Faces() {
  const { ui } = useScope()
  const members = useRoomState((state) => state.members)
  const self = useRoomState((state) => state.self?.m)
  const sorted = sortedMembers(members, self)
  const rest = sorted.length - facesShown
  return (
    <ul className="at-faces" aria-label="In this room">
      {sorted.slice(0, facesShown).map((member) => (
        <li key={member.m}>
          <MemberFace member={member} self={member.m === self} />
        </li>
      ))}
      {rest > 0 && (
        <li>
          <button type="button" className="at-face at-face-rest" onClick={() => ui.setState({ panel: 'people' })}>
            +{rest}
          </button>
        </li>
      )}
    </ul>
  )
}
