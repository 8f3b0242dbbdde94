import '../../styles/history.css'
import { ActionIcon, Button, CloseButton, Slider, Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconRestore } from '@tabler/icons-react'
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { HistoryChange } from '../../../store/versioning'
import { atLeast, useServices } from '../../app/services'
import { complain } from '../../app/toast'
import { useRoomState, useScope } from '../context'
import { momentText } from '../describe/time'
import { restore } from './acts'
import { LatestRequest } from './latest'
import { useNames } from './useNames'
import { entryText, type Names } from './wording'

const playEvery = 450
/** A whole play has about so many steps. */
const playSteps = 80

/** A slider over all revisions. What it shows is the past, where nothing can be changed. */
export default function TimeTravel() {
  const { room, ui } = useScope()
  const versions = useRoomState((state) => state.versions)
  const head = useHead()
  const shown = useRoomState((state) => state.past?.rev)
  const { at, go, change } = useVisit(head)
  const { playing, setPlaying } = usePlay(at, head, go)
  const marks = useMemo(() => [...versions.values()].map(({ rev }) => ({ value: rev })), [versions])
  const inPast = shown !== undefined

  function close() {
    setPlaying(false)
    ui.setState({ travelling: false })
    void room.visit(undefined)
  }
  function key(event: KeyboardEvent) {
    if (event.key === 'Escape') close()
    else if (event.key === ' ' && !(event.target instanceof HTMLButtonElement)) setPlaying(!playing)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const when = change ? momentText(change.at, Date.now()) : ''
  return (
    <>
      {inPast && <div className="at-past-frame" aria-hidden="true" />}
      <section className="at-travel" aria-label="The past" onKeyDown={key}>
        <Said shown={shown} when={when} change={change} />
        <div className="at-travel-line">
          <Play playing={playing} setPlaying={setPlaying} />
          <Slider
            className="at-travel-slider"
            thumbLabel="Revision"
            thumbProps={{ 'aria-valuetext': at >= head ? 'Now' : `Revision ${at}${when ? `, ${when}` : ''}` }}
            min={Math.min(1, head)}
            max={head}
            value={at}
            label={null}
            marks={marks}
            size="sm"
            onChange={(rev) => {
              setPlaying(false)
              go(rev)
            }}
          />
          {inPast && <RestoreThis rev={shown} what={when || `Revision ${shown}`} />}
          {inPast ? (
            <Button size="xs" onClick={close}>
              Back to now
            </Button>
          ) : (
            <CloseButton aria-label="Close the past" onClick={close} />
          )}
        </div>
      </section>
    </>
  )
}

/** Which moment is shown, and what was done at it. */
function Said({ shown, when, change }: { shown: number | undefined; when: string; change?: HistoryChange }) {
  const names = useNames()
  return (
    <p className="at-travel-said" role="status">
      <strong>{shown === undefined ? 'Now' : when || `Revision ${shown}`}</strong>
      {shown !== undefined && change && <span className="at-travel-what">{whatText(change, names)}</span>}
      <span className="at-muted at-travel-hint">
        {shown === undefined ? 'Drag, or use the arrows, to look back' : 'Read only'}
      </span>
    </p>
  )
}

function Play({ playing, setPlaying }: { playing: boolean; setPlaying: (playing: boolean) => void }) {
  return (
    <Tooltip label={playing ? 'Pause (Space)' : 'Play (Space)'}>
      <ActionIcon
        variant="subtle"
        size={34}
        radius="xl"
        aria-label={playing ? 'Pause' : 'Play'}
        onClick={() => setPlaying(!playing)}
      >
        {playing ? <IconPlayerPause size={18} /> : <IconPlayerPlay size={18} />}
      </ActionIcon>
    </Tooltip>
  )
}

function RestoreThis({ rev, what }: { rev: number; what: string }) {
  const { room, ui } = useScope()
  const { backend } = useServices()
  const mayEdit = useRoomState((state) => atLeast(state.role, 'editor'))
  if (!mayEdit) return null
  return (
    <Button
      size="xs"
      variant="light"
      leftSection={<IconRestore size={14} />}
      onClick={() => {
        ui.setState({ travelling: false })
        void restore(backend, room, { rev, what })
      }}
    >
      Restore
    </Button>
  )
}

/** “Ben: moved 2 notes”. */
function whatText(change: HistoryChange, names: Names): string {
  return `${change.user_name}: ${entryText({ id: change.id, changes: [change], writes: change.writes }, names)}`
}

/** The newest revision when the slider was opened. */
function useHead(): number {
  const { room } = useScope()
  const { backend } = useServices()
  const id = useRoomState((state) => state.room?.id)
  const [head, setHead] = useState(room.store.getState().past?.rev ?? 1)
  useEffect(() => {
    if (!id) return
    backend.history(id, { limit: 1 }).then(
      ({ changes: [newest] }) => setHead((before) => Math.max(before, newest?.rev ?? 0)),
      (error) => complain('The past is not shown', error),
    )
  }, [backend, id])
  return head
}

/** Goes to a revision; while one is on its way the newest wish alone waits. */
function useVisit(head: number) {
  const { room } = useScope()
  const { backend } = useServices()
  const shown = useRoomState((state) => state.past?.rev)
  const [wanted, setWanted] = useState<number | null>(null)
  const [change, setChange] = useState<HistoryChange>()
  const now = useRef(head)
  now.current = head
  const [requests] = useState(
    () =>
      new LatestRequest<number>(
        async (rev) => {
          const { branch, room: info } = room.store.getState()
          if (rev >= now.current) return room.visit(undefined)
          await room.visit({ rev, branch: branch || undefined })
          const { changes } = await backend.history(info?.id ?? '', { before: rev + 1, limit: 1 })
          setChange(changes[0])
        },
        (error) => complain('The past is not shown', error),
      ),
  )
  useEffect(() => () => requests.forget(), [requests])
  const go = useCallback(
    (rev: number) => {
      setWanted(rev)
      requests.ask(rev)
    },
    [requests],
  )
  // Opened at a moment of the history: what it was is not known yet.
  const opened = useRef(shown)
  useEffect(() => {
    if (opened.current !== undefined) go(opened.current)
  }, [go])
  return { at: wanted ?? shown ?? head, go, change }
}

function usePlay(at: number, head: number, go: (rev: number) => void) {
  const [playing, setPlaying] = useState(false)
  useEffect(() => {
    if (!playing) return
    if (at >= head) return setPlaying(false)
    const step = Math.max(1, Math.round(head / playSteps))
    const timer = setTimeout(() => go(Math.min(head, at + step)), playEvery)
    return () => clearTimeout(timer)
  }, [playing, at, head, go])
  return {
    playing,
    setPlaying: (next: boolean) => {
      // From the end it begins again.
      if (next && at >= head) go(1)
      setPlaying(next)
    },
  }
}
