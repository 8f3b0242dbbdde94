import '../../styles/compare.css'
import { ActionIcon, Button, CloseButton, Loader, TextInput, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronUp, IconFocus2, IconSearch } from '@tabler/icons-react'
import { useReactFlow } from '@xyflow/react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { DiffRecord } from '../../../store/versioning'
import { atLeast } from '../../app/services'
import { reasonOf } from '../../app/toast'
import { useRoomState, useScope } from '../context'
import { counted, recordText } from '../describe/cells'
import { type Presentation, present, summary } from '../describe/presentation'
import type { Comparison } from '../uiStore'
import { Difference } from './Difference'
import { useDiff } from './useDiff'
import { usePointName } from './usePointName'

const filterFrom = 5

interface Compared {
  id: string
  kind: string
  title: string
  view: Presentation
}

/** Two states of the room side by side. Everything goes on behind it; Escape goes back. */
export default function Compare({ comparison }: { comparison: Comparison }) {
  const { ui } = useScope()
  const { diff, error } = useDiff(comparison.a, comparison.b)
  const names = { a: usePointName(comparison.a), b: usePointName(comparison.b) }
  const all = useCompared(diff?.records)
  const [wanted, setWanted] = useState('')
  const words = wanted.trim().toLowerCase()
  const shown = all.filter(({ title, kind }) => `${title} ${kind}`.toLowerCase().includes(words))
  const { chosen, choose, step } = useChosen(shown, comparison.record)
  const box = useFocusWithin()
  const close = () => ui.setState({ comparing: null })

  function key(event: KeyboardEvent) {
    // A picture in full lies outside, and has keys of its own.
    if (!box.current?.contains(event.target as Node)) return
    const typing = event.target instanceof HTMLInputElement
    if (event.key === 'Escape') close()
    else if (event.key === 'ArrowDown' || (event.key === 'j' && !typing)) step(1)
    else if (event.key === 'ArrowUp' || (event.key === 'k' && !typing)) step(-1)
    else return
    event.preventDefault()
  }
  return (
    <section
      ref={box}
      className="at-compare"
      aria-label={`Compare ${names.a} with ${names.b}`}
      tabIndex={-1}
      onKeyDown={key}
    >
      <Head comparison={comparison} names={names} count={diff && all.length} close={close} />
      {all.length === 0 && <Nothing waiting={!diff} error={error} names={names} />}
      {all.length > 0 && (
        <div className="at-compare-body">
          <List all={all} shown={shown} chosen={chosen} wanted={wanted} want={setWanted} choose={choose} />
          {chosen && (
            <Sides record={chosen} names={names} step={step} count={shown.length} at={shown.indexOf(chosen)} />
          )}
        </div>
      )}
    </section>
  )
}

interface Names {
  a: string
  b: string
}

interface HeadProps {
  comparison: Comparison
  names: Names
  /** Records that differ, as far as is known. */
  count: number | undefined
  close: () => void
}

function Head({ comparison, names, count, close }: HeadProps) {
  const { ui } = useScope()
  const mayMerge = useRoomState((state) => atLeast(state.role, 'editor'))
  const open = useRoomState((state) => state.branches.get(comparison.b)?.open === true)
  return (
    <header className="at-compare-head">
      <h2 className="at-h2">
        <span>{names.a}</span> <span className="at-muted">and</span> <span>{names.b}</span>
      </h2>
      <span className="at-muted at-small" role="status">
        {count !== undefined && `${counted(count, 'record')} ${count === 1 ? 'differs' : 'differ'}`}
      </span>
      <span className="at-compare-acts">
        {mayMerge && open && count !== undefined && count > 0 && (
          <Button size="xs" onClick={() => ui.setState({ merging: comparison.b, comparing: null })}>
            Merge
          </Button>
        )}
        <CloseButton aria-label="Close the comparison" onClick={close} />
      </span>
    </header>
  )
}

function Nothing({ waiting, error, names }: { waiting: boolean; error: unknown; names: Names }) {
  return (
    <div className="at-compare-empty">
      {waiting && error !== undefined && <p role="alert">{reasonOf(error)}</p>}
      {waiting && error === undefined && <Loader type="dots" aria-label="Comparing" />}
      {!waiting && (
        <>
          <p>They are the same</p>
          <p className="at-muted">
            Nothing on {names.b} differs from {names.a}.
          </p>
        </>
      )}
    </div>
  )
}

interface ListProps {
  all: readonly Compared[]
  shown: readonly Compared[]
  chosen: Compared | undefined
  wanted: string
  want: (words: string) => void
  choose: (id: string) => void
}

function List({ all, shown, chosen, wanted, want, choose }: ListProps) {
  return (
    <nav className="at-compare-list" aria-label="Records that differ">
      {all.length >= filterFrom && (
        <TextInput
          size="xs"
          aria-label="Filter by record"
          placeholder="Filter"
          leftSection={<IconSearch size={14} />}
          value={wanted}
          onChange={(event) => want(event.currentTarget.value)}
        />
      )}
      <ul>
        {shown.map((record) => (
          <Item key={record.id} record={record} current={record === chosen} choose={choose} />
        ))}
      </ul>
      {shown.length === 0 && <p className="at-muted at-small">No record is called that.</p>}
    </nav>
  )
}

function Item({ record, current, choose }: { record: Compared; current: boolean; choose: (id: string) => void }) {
  const row = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current])
  return (
    <li>
      <button ref={row} type="button" aria-current={current || undefined} onClick={() => choose(record.id)}>
        <span className="at-compare-title">{record.title}</span>
        <span className="at-muted at-small">{summary(record.kind, record.view)}</span>
      </button>
    </li>
  )
}

interface SidesProps {
  record: Compared
  names: Names
  step: (by: number) => void
  count: number
  at: number
}

function Sides({ record, names, step, count, at }: SidesProps) {
  const { view, kind } = record
  const bare = view.texts.length + view.rows.length + view.moves.length === 0 && !view.pictures
  return (
    <article className="at-compare-record" aria-label={record.title}>
      <header>
        <h3>{record.title}</h3>
        <Show id={record.id} />
        <span className="at-compare-steps">
          <span className="at-muted at-small" aria-live="polite">
            {at + 1} of {count}
          </span>
          <Tooltip label="The one before (k)">
            <ActionIcon variant="subtle" color="gray" aria-label="The one before" onClick={() => step(-1)}>
              <IconChevronUp size={17} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="The next (j)">
            <ActionIcon variant="subtle" color="gray" aria-label="The next" onClick={() => step(1)}>
              <IconChevronDown size={17} />
            </ActionIcon>
          </Tooltip>
        </span>
      </header>
      {view.life === 'new' && (
        <p className="at-life" data-life="new">
          Only on {names.b}
        </p>
      )}
      {view.life === 'gone' && (
        <p className="at-life" data-life="gone">
          Only on {names.a}
        </p>
      )}
      {view.life === 'back' && (
        <p className="at-life" data-life="new">
          Only on {names.b}: it was deleted on {names.a}
        </p>
      )}
      {!bare && (
        <div className="at-columns" aria-hidden="true">
          <span>{names.a}</span>
          <span>{names.b}</span>
        </div>
      )}
      <Difference kind={kind} view={view} names={names} columns />
    </article>
  )
}

function Show({ id }: { id: string }) {
  const { ui } = useScope()
  const flow = useReactFlow()
  const there = useRoomState((state) => state.records.has(id))
  if (!there) return null
  return (
    <Tooltip label="Show on the canvas">
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label="Show on the canvas"
        onClick={() => {
          ui.setState({ comparing: null, selection: new Set([id]), following: null })
          void flow.fitView({ nodes: [{ id }], padding: 0.6, maxZoom: 1.2, duration: 300 })
        }}
      >
        <IconFocus2 size={16} />
      </ActionIcon>
    </Tooltip>
  )
}

/** Records of a diff with what people read; arrows and comments are not compared. */
function useCompared(records: readonly DiffRecord[] | undefined): Compared[] {
  const { room } = useScope()
  return useMemo(() => {
    const known = room.store.getState().records
    return (records ?? [])
      .filter(({ kind }) => kind !== 'edge')
      .map(({ record: id, kind, props }) => {
        const said = Object.fromEntries(props.map(({ prop, a, b }) => [prop, b ?? a]))
        const title = recordText(kind, { ...said, ...known.get(id)?.props })
        return { id, kind, title: capital(title), view: present(kind, props) }
      })
      .filter(({ kind, view }) => summary(kind, view) !== '')
  }, [records, room])
}

function capital(words: string): string {
  return (words[0]?.toUpperCase() ?? '') + words.slice(1)
}

function useChosen(shown: readonly Compared[], first: string | undefined) {
  const [id, choose] = useState(first)
  useEffect(() => choose(first), [first])
  const at = Math.max(
    0,
    shown.findIndex((record) => record.id === id),
  )
  const step = (by: number) => choose(shown[Math.min(shown.length - 1, Math.max(0, at + by))]?.id)
  return { chosen: shown[at], choose, step }
}

/** The keyboard is in the view while it is open, and back where it was after it. */
function useFocusWithin() {
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    box.current?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return box
}
