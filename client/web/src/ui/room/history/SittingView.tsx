import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconArrowBackUp, IconChevronRight, IconDots, IconEye, IconRestore } from '@tabler/icons-react'
import { memo, useMemo, useState } from 'react'
import { useServices } from '../../app/services'
import { complain } from '../../app/toast'
import { Difference } from '../compare/Difference'
import { useMayEdit, useScope } from '../context'
import { present, summary } from '../describe/presentation'
import { clockText, momentText } from '../describe/time'
import { initials } from '../members'
import { restore, takeBack } from './acts'
import type { Entry, Sitting } from './grouping'
import { useNames } from './useNames'
import { entryText } from './wording'

const shownAtFirst = 6

/** What one person did in one go. */
export const SittingView = memo(function SittingView({ sitting }: { sitting: Sitting }) {
  const { name, from, to, entries } = sitting
  const [all, setAll] = useState(false)
  const shown = all ? entries : entries.slice(0, shownAtFirst)
  const more = entries.length - shown.length
  const begun = clockText(from)
  const ended = clockText(to)
  return (
    <section className="at-sitting" aria-label={`${name}, ${begun === ended ? ended : `${begun} to ${ended}`}`}>
      <header>
        <span className="at-initials" aria-hidden="true">
          {initials(name)}
        </span>
        <span className="at-sitting-name">{name}</span>
        <span className="at-muted at-small">{begun === ended ? ended : `${begun}–${ended}`}</span>
      </header>
      <ol>
        {shown.map((entry) => (
          <EntryView key={entry.id} entry={entry} />
        ))}
      </ol>
      {more > 0 && (
        <Button size="compact-xs" variant="subtle" className="at-sitting-more" onClick={() => setAll(true)}>
          {more} more
        </Button>
      )}
    </section>
  )
})

const EntryView = memo(function EntryView({ entry }: { entry: Entry }) {
  const names = useNames()
  const [open, setOpen] = useState(false)
  const said = entryText(entry, names)
  const tells = entry.writes.length > 0
  return (
    <li className="at-entry" data-change={entry.id}>
      <div className="at-entry-line">
        <button
          type="button"
          className="at-entry-said"
          aria-expanded={tells ? open : undefined}
          disabled={!tells}
          onClick={() => setOpen((now) => !now)}
        >
          {tells && <IconChevronRight size={13} aria-hidden="true" />}
          <span>{said}</span>
        </button>
        <Acts entry={entry} said={said} />
      </div>
      {open && <Details entry={entry} />}
    </li>
  )
})

function Acts({ entry, said }: { entry: Entry; said: string }) {
  const { room } = useScope()
  const { backend } = useServices()
  const mayEdit = useMayEdit()
  const [newest] = entry.changes
  if (!newest) return null
  const records = [...new Set(entry.writes.filter(({ branch }) => branch === '').map(({ record }) => record))]
  const visit = () => void room.visit({ rev: newest.rev }).catch((error) => complain('The past is not shown', error))
  return (
    <Menu position="bottom-end" width={220} shadow="md" radius="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`More about: ${said}`}>
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconEye size={15} />} onClick={visit}>
          Look at this moment
        </Menu.Item>
        {mayEdit && (
          <>
            <Menu.Item leftSection={<IconArrowBackUp size={15} />} onClick={() => void takeBack(backend, room, entry)}>
              Take back this change
            </Menu.Item>
            {records.length > 0 && (
              <Menu.Item
                leftSection={<IconRestore size={15} />}
                onClick={() =>
                  void restore(backend, room, { rev: newest.rev, records, what: recordsText(records.length) })
                }
              >
                Restore {records.length === 1 ? 'the record' : 'the records'} to this
              </Menu.Item>
            )}
            <Menu.Item
              leftSection={<IconRestore size={15} />}
              onClick={() => void restore(backend, room, { rev: newest.rev, what: clockText(newest.at) })}
            >
              Restore everything to this
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function recordsText(n: number): string {
  return n === 1 ? 'The record' : 'What it touched'
}

const detailsOf = 8

/** Before and after of every record of an entry. */
function Details({ entry }: { entry: Entry }) {
  const names = useNames()
  const [newest] = entry.changes
  const records = useMemo(() => {
    const by = new Map<string, Entry['writes'][number][]>()
    for (const write of entry.writes) {
      const key = `${write.branch}\n${write.record}`
      by.set(key, [...(by.get(key) ?? []), write])
    }
    return [...by].flatMap(([key, writes]) => {
      const { record = '', kind = '' } = writes[0] ?? {}
      const view = present(
        kind,
        writes.map(({ prop, before, after, words }) => ({ prop, a: before, b: after, words })),
      )
      return summary(kind, view) ? [{ key, record, kind, view }] : []
    })
  }, [entry])
  return (
    <div className="at-entry-details">
      {newest && <p className="at-muted at-small">{momentText(newest.at, Date.now())}</p>}
      {records.slice(0, detailsOf).map(({ key, record, kind, view }) => (
        <div key={key}>
          {records.length > 1 && <p className="at-entry-record">{names.record(record, kind)}</p>}
          <Difference kind={kind} view={view} names={{ a: 'before', b: 'after' }} columns={false} />
        </div>
      ))}
      {records.length > detailsOf && <p className="at-muted at-small">and {records.length - detailsOf} more</p>}
    </div>
  )
}
