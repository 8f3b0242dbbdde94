import '../../styles/history.css'
import { Button, Loader, NativeSelect, SegmentedControl } from '@mantine/core'
import { IconHistory, IconX } from '@tabler/icons-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Version } from '../../../store/api'
import { reasonOf } from '../../app/toast'
import { useRoomState, useScope, useUI } from '../context'
import { recordText } from '../describe/cells'
import { dayText } from '../describe/time'
import { useEverybody } from '../people'
import { BranchList } from './BranchList'
import { grouped, type HistoryItem } from './grouping'
import { SittingView } from './SittingView'
import { type HistoryState, useHistory } from './useHistory'
import { NameVersion, VersionMark } from './VersionMark'

export default function HistoryPanel() {
  const [view, setView] = useState('history')
  return (
    <>
      <SegmentedControl
        fullWidth
        size="xs"
        mb={12}
        aria-label="History or branches"
        value={view}
        onChange={setView}
        data={[
          { value: 'history', label: 'History' },
          { value: 'branches', label: 'Branches' },
        ]}
      />
      {view === 'history' ? <History /> : <BranchList />}
    </>
  )
}

function History() {
  const { ui } = useScope()
  const record = useUI((state) => state.historyOf) ?? undefined
  const [user, setUser] = useState('')
  const history = useHistory({ record, user: user || undefined })
  const versions = useRoomState((state) => state.versions)
  const filtered = record !== undefined || user !== ''
  const items = useMemo(
    () => grouped(history.changes ?? [], filtered ? [] : versionsIn(versions, history)),
    [history, filtered, versions],
  )
  return (
    <div className="at-history">
      <div className="at-history-top">
        <People value={user} choose={setUser} />
        <Button
          size="xs"
          variant="default"
          leftSection={<IconHistory size={14} />}
          onClick={() => ui.setState({ travelling: true })}
        >
          Look back
        </Button>
      </div>
      {record && <OfRecord id={record} />}
      <NameVersion />
      {history.error !== undefined && (
        <p className="at-history-failed" role="alert">
          {reasonOf(history.error)}{' '}
          <Button size="compact-xs" variant="default" onClick={history.retry}>
            Try again
          </Button>
        </p>
      )}
      {!history.changes && history.error === undefined && (
        <Loader type="dots" size="sm" aria-label="Loading the history" />
      )}
      {history.changes && items.length === 0 && !history.more && (
        <p className="at-muted at-history-none">
          {filtered ? 'Nothing of that kind was changed.' : 'Nothing has changed yet.'}
        </p>
      )}
      <Days items={items} />
      {history.more && <More load={history.loadMore} loading={history.loading} />}
    </div>
  )
}

/** Versions older than the oldest change that is loaded come with the pages that have them. */
function versionsIn(versions: ReadonlyMap<string, Version>, { changes, more }: HistoryState): Version[] {
  const oldest = more ? (changes?.at(-1)?.rev ?? 0) : 0
  return [...versions.values()].filter(({ rev }) => rev >= oldest)
}

function People({ value, choose }: { value: string; choose: (user: string) => void }) {
  const everybody = useEverybody()
  return (
    <NativeSelect
      size="xs"
      aria-label="Changes of"
      value={value}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[{ value: '', label: 'Everybody' }, ...everybody.map(({ id, name }) => ({ value: id, label: name }))]}
    />
  )
}

function OfRecord({ id }: { id: string }) {
  const { ui } = useScope()
  const title = useRoomState((state) => {
    const known = state.records.get(id)
    return known ? recordText(known.kind, known.props) : 'a record that is not here'
  })
  return (
    <p className="at-history-of">
      <span>Only {title}</span>
      <Button
        size="compact-xs"
        variant="subtle"
        rightSection={<IconX size={12} />}
        onClick={() => ui.setState({ historyOf: null })}
      >
        Show all
      </Button>
    </p>
  )
}

function Days({ items }: { items: readonly HistoryItem[] }) {
  const [now] = useState(Date.now)
  let day = ''
  return (
    <ol className="at-sittings">
      {items.map((item) => {
        const at = 'version' in item ? item.version.at : item.sitting.to
        const today = dayText(at, now)
        const head = today !== day && <h2 className="at-panel-title">{today}</h2>
        day = today
        return (
          <li key={'version' in item ? item.version.id : item.sitting.id}>
            {head}
            {'version' in item ? <VersionMark version={item.version} /> : <SittingView sitting={item.sitting} />}
          </li>
        )
      })}
    </ol>
  )
}

/** The next page, when the end of the list comes into view; a button for those who do not scroll. */
function More({ load, loading }: { load: () => void; loading: boolean }) {
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!end.current) return
    const seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) load()
    })
    seen.observe(end.current)
    return () => seen.disconnect()
  }, [load])
  return (
    <div ref={end} className="at-history-more">
      <Button size="xs" variant="subtle" loading={loading} onClick={load}>
        Older changes
      </Button>
    </div>
  )
}
