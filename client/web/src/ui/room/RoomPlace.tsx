import '../styles/room.css'
import '../styles/branches.css'
import '../styles/marks.css'
import '../styles/results.css'
import { Loader } from '@mantine/core'
import { ReactFlowProvider } from '@xyflow/react'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Room } from '../../store/api'
import { useServices } from '../app/services'
import { useSignedIn } from '../app/session'
import { complain, inform } from '../app/toast'
import { InviteDialog } from '../people/InviteDialog'
import { BranchBanner } from './branches/BranchBanner'
import { DivergenceNotices } from './branches/DivergenceNotices'
import { Canvas } from './canvas/Canvas'
import { CommentCalls } from './comments/CommentCalls'
import { RoomContext, useRoomState, useScope, useUI } from './context'
import { KeyMap } from './KeyMap'
import { OfflineBar } from './OfflineBar'
import { Panel } from './panel/Panel'
import { PeopleProvider } from './people'
import { ModelsProvider } from './providers'
import { RecordMenu } from './RecordMenu'
import { ToolRail } from './ToolRail'
import { TopBar } from './TopBar'
import { createRoomUI } from './uiStore'
import { CallNotices } from './voice/CallNotices'
import { CallContext } from './voice/context'

const Compare = lazy(() => import('./compare/Compare'))
const MergeDialog = lazy(() => import('./merge/MergeDialog'))
const TimeTravel = lazy(() => import('./history/TimeTravel'))
const Viewer = lazy(() => import('./results/Viewer'))
const RemixDialog = lazy(() => import('./remix/RemixDialog'))
const MaskDialog = lazy(() => import('./remix/MaskDialog'))
const SweepDialog = lazy(() => import('./remix/SweepDialog'))
const Recordings = lazy(() => import('./voice/Recordings'))
const CommandBar = lazy(() => import('./commands/CommandBar'))
const LineageDialog = lazy(() => import('./lineage/LineageDialog'))

const panelFrom = 900

/** A room: opened when it comes on the page, closed when it goes. */
export default function RoomPlace({ id }: { id: string }) {
  const { openRoom } = useServices()
  const { me } = useSignedIn()
  const [room, setRoom] = useState<Room>()
  useEffect(() => {
    let left = false
    const opening = openRoom(id, me.user.id)
    opening.then(
      (opened) => {
        if (left) return
        opened.connect()
        setRoom(opened)
      },
      (error) => complain('The room does not open', error),
    )
    return () => {
      left = true
      void opening.then((opened) => opened.close())
    }
  }, [id, openRoom, me.user.id])
  return room ? <OpenRoom id={id} room={room} /> : null
}

function OpenRoom({ id, room }: { id: string; room: Room }) {
  const [ui] = useState(() =>
    createRoomUI(window.innerWidth >= panelFrom ? { tool: 'select', panel: 'queue' } : { tool: 'hand', panel: null }),
  )
  const scope = useMemo(() => ({ room, ui }), [room, ui])
  const { openCall } = useServices()
  const [call] = useState(() => openCall(room))
  useEffect(() => () => call.leave(), [call])
  useProblems(room)
  useGreetings(room)
  useRoleNotice(room)
  return (
    <RoomContext value={scope}>
      <CallContext value={call}>
        <ModelsProvider>
          <PeopleProvider>
            <CommentCalls>
              <ReactFlowProvider>
                <Surface id={id} />
              </ReactFlowProvider>
            </CommentCalls>
          </PeopleProvider>
        </ModelsProvider>
      </CallContext>
    </RoomContext>
  )
}

function Surface({ id }: { id: string }) {
  const { ui } = useScope()
  const picker = useRef<HTMLInputElement>(null)
  const upload = useCallback(() => picker.current?.click(), [])
  const inviting = useUI((state) => state.inviting)
  const name = useRoomState((state) => state.room?.name ?? '')
  const status = useRoomState((state) => state.status)
  const branch = useRoomState((state) => state.branch)
  const past = useRoomState((state) => state.past !== undefined)
  const empty = useRoomState((state) => state.status === 'live' && !state.past && state.records.size === 0)
  return (
    <div className="at-room" data-status={status} data-branch={branch || undefined} data-past={past || undefined}>
      <main className="at-room-main">
        <Canvas picker={picker} />
        {empty && <EmptyCanvas />}
        {status === 'connecting' && (
          <div className="at-opening">
            <Loader type="dots" aria-label="Opening the room" />
          </div>
        )}
      </main>
      <TopBar id={id} />
      <ToolRail upload={upload} />
      <Panel />
      <div className="at-notices">
        <OfflineBar />
        <CallNotices />
        <BranchBanner />
        <DivergenceNotices />
      </div>
      <Views />
      <RecordMenu />
      <KeyMap />
      <InviteDialog opened={inviting} close={() => ui.setState({ inviting: false })} room={{ id, name }} />
    </div>
  )
}

/** What is loaded when it is first looked at. */
function Views() {
  const comparing = useUI((state) => state.comparing)
  const merging = useUI((state) => state.merging)
  const travelling = useUI((state) => state.travelling)
  const viewing = useUI((state) => state.viewing)
  const remixing = useUI((state) => state.remixing)
  const sweeping = useUI((state) => state.sweeping)
  const lineageOf = useUI((state) => state.lineageOf)
  const commanding = useUI((state) => state.commanding)
  const recordings = useUI((state) => state.recordings)
  const past = useRoomState((state) => state.past !== undefined)
  return (
    <Suspense fallback={null}>
      {viewing && <Viewer viewed={viewing} />}
      {remixing?.dialog === 'settings' && <RemixDialog remixing={remixing} />}
      {remixing?.dialog === 'mask' && <MaskDialog remixing={remixing} />}
      {sweeping && <SweepDialog prompt={sweeping} />}
      {commanding && <CommandBar />}
      {recordings && <Recordings />}
      {lineageOf && <LineageDialog asset={lineageOf} />}
      {comparing && <Compare key={`${comparing.a} ${comparing.b}`} comparison={comparing} />}
      {merging && <MergeDialog key={merging} branch={merging} />}
      {(travelling || past) && <TimeTravel />}
    </Suspense>
  )
}

function EmptyCanvas() {
  return (
    <div className="at-empty-canvas">
      <h2 className="at-h2">An empty canvas</h2>
      <p className="at-muted">
        Press <kbd>P</kbd> for a prompt, <kbd>N</kbd> for a note, or drop a picture here.
      </p>
    </div>
  )
}

/** A greeting is a bot's word to whoever came. */
function useGreetings(room: Room) {
  useEffect(
    () =>
      room.onNotice(({ topic, data, from }) => {
        const said = typeof data === 'object' && data !== null && 'text' in data ? data.text : undefined
        if (topic !== 'greeting' || typeof said !== 'string') return
        inform(said.slice(0, 200), room.store.getState().members.get(from)?.name)
      }),
    [room],
  )
}

/** A role that changes while one is here is told; that of the first join is not. */
function useRoleNotice(room: Room) {
  useEffect(
    () =>
      room.store.subscribe(({ role }, before) => {
        if (role && before.role && role !== before.role) inform(`Your role in this room is ${role} now.`)
      }),
    [room],
  )
}

function useProblems(room: Room) {
  useEffect(
    () =>
      room.onProblem((problem) => {
        switch (problem.kind) {
          case 'refused':
            return complain('A change was taken back', problem.error)
          case 'job':
            return complain('A job was not queued', problem.error)
          case 'presence':
            return complain('Others do not see what you do', problem.error)
          case 'skipped':
            return inform('Some of it stays: somebody else changed it since.')
          case 'storage':
            return inform('Unsent changes cannot be kept over a reload in this browser.')
        }
      }),
    [room],
  )
}
