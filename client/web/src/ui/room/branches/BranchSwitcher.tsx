import { Button, Popover, Switch, TextInput, Tooltip } from '@mantine/core'
import { IconCheck, IconChevronDown, IconGitBranch, IconPlus, IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useMemo, useRef, useState } from 'react'
import type { Branch } from '../../../store/api'
import { readable } from '../colour'
import { useMayEdit, useRoom, useRoomState, useScope, useUI } from '../context'
import { listed } from '../describe/cells'
import { initials } from '../members'
import { useNameOf } from '../people'
import { branchFacts, draftName, sortedBranches, watchers } from './branchText'
import { haunted } from './ghosts'

const searchFrom = 7

/** Which branch is looked at, and all the others. */
export function BranchSwitcher() {
  const [opened, setOpened] = useState(false)
  const name = useRoomState((state) => (state.branch ? (state.branches.get(state.branch)?.name ?? 'A branch') : 'Main'))
  const away = useRoomState((state) => state.branch !== '')
  const open = useRoomState((state) => [...state.branches.values()].filter((branch) => branch.open).length)
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" radius="lg" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label="Branches" disabled={opened}>
          <button
            type="button"
            className="at-branch-button"
            data-away={away || undefined}
            aria-haspopup="dialog"
            aria-expanded={opened}
            onClick={() => setOpened((now) => !now)}
          >
            <IconGitBranch size={16} aria-hidden="true" />
            <span className="at-hidden">Branch: </span>
            <span className="at-branch-name">{name}</span>
            {open > 0 && !away && (
              <>
                <span className="at-count">{open}</span>
                <span className="at-hidden"> open</span>
              </>
            )}
            <IconChevronDown size={14} aria-hidden="true" />
          </button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className="at-branches" aria-label="Branches">
        <Branches close={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

function Branches({ close }: { close: () => void }) {
  const room = useRoom()
  const branches = useRoomState((state) => state.branches)
  const current = useRoomState((state) => state.branch)
  const mayEdit = useMayEdit()
  const nameOf = useNameOf()
  const [wanted, setWanted] = useState('')
  const [all, setAll] = useState(false)
  const sorted = useMemo(() => sortedBranches(branches), [branches])
  const { list, key } = useArrows()
  const closed = sorted.filter(({ open }) => !open)
  const words = wanted.trim().toLowerCase()
  const shown = sorted
    .filter(({ open, id }) => open || all || id === current)
    .filter((branch) => `${branch.name} ${nameOf(branch.author)}`.toLowerCase().includes(words))

  function look(id: string) {
    room.look(id)
    close()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows move between the buttons inside
    <div onKeyDown={key}>
      {sorted.length >= searchFrom && (
        <TextInput
          size="xs"
          mb={8}
          aria-label="Find a branch"
          placeholder="Find a branch"
          leftSection={<IconSearch size={14} />}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <ul ref={list} className="at-branch-list">
        {!words && <Row name="Main" facts="What everybody builds on" look={look} />}
        {shown.map((branch) => (
          <Row
            key={branch.id}
            name={branch.name}
            facts={branchFacts(branch, nameOf(branch.author), Date.now())}
            branch={branch}
            look={look}
          />
        ))}
      </ul>
      {shown.length === 0 && words && <p className="at-muted at-small at-branch-none">No branch is called that.</p>}
      <div className="at-branch-options">
        {closed.length > 0 && (
          <Switch
            size="xs"
            label="Show merged and archived"
            checked={all}
            onChange={(event) => setAll(event.currentTarget.checked)}
          />
        )}
        <Outlines />
      </div>
      {mayEdit && <NewDraft done={look} />}
    </div>
  )
}

/** The arrows go round the buttons of a list. */
function useArrows() {
  const list = useRef<HTMLUListElement>(null)
  function key(event: KeyboardEvent) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0) return
    event.preventDefault()
    const rows = [...(list.current?.querySelectorAll('button') ?? [])]
    const at = rows.indexOf(document.activeElement as HTMLButtonElement)
    rows[(at + step + rows.length) % rows.length]?.focus()
  }
  return { list, key }
}

/** Hides and shows what open branches put elsewhere. */
function Outlines() {
  const { ui } = useScope()
  const shown = useUI((state) => state.ghosts)
  const some = useRoomState((state) => state.branch === '' && haunted(state.branches).length > 0)
  if (!some) return null
  return (
    <Switch
      size="xs"
      label="Show outlines of what branches put elsewhere"
      checked={shown}
      onChange={(event) => ui.setState({ ghosts: event.currentTarget.checked })}
    />
  )
}

interface RowProps {
  name: string
  facts: string
  /** Without one it is main. */
  branch?: Branch
  look: (id: string) => void
}

function Row({ name, facts, branch, look }: RowProps) {
  const id = branch?.id ?? ''
  const current = useRoomState((state) => state.branch === id)
  const members = useRoomState((state) => state.members)
  const self = useRoomState((state) => state.self?.m)
  const watching = useMemo(() => watchers(members, self).get(id) ?? [], [members, self, id])
  const names = listed(watching.map((member) => member.name))
  return (
    <li>
      <button
        type="button"
        className="at-branch-row"
        aria-current={current || undefined}
        data-closed={branch && !branch.open ? true : undefined}
        data-branch={id || 'main'}
        onClick={() => look(id)}
      >
        <span className="at-branch-check">{current && <IconCheck size={15} aria-hidden="true" />}</span>
        <span className="at-branch-words">
          <span className="at-branch-title">{name}</span>
          <span className="at-muted at-small">{facts}</span>
        </span>
        {names && (
          <>
            <span className="at-hidden">{names} here</span>
            <span className="at-branch-watching" aria-hidden="true" title={names}>
              {watching.slice(0, 3).map((member) => (
                <span key={member.m} style={{ background: readable(member.colour) }}>
                  {initials(member.name)}
                </span>
              ))}
            </span>
          </>
        )}
      </button>
    </li>
  )
}

function NewDraft({ done }: { done: (id: string) => void }) {
  const room = useRoom()
  const [name, setName] = useState<string | null>(null)
  if (name === null) {
    return (
      <Button
        fullWidth
        mt={8}
        size="xs"
        variant="light"
        leftSection={<IconPlus size={14} />}
        onClick={() => setName(draftName(room.store.getState().branches))}
      >
        New draft
      </Button>
    )
  }
  const given = name.trim()
  return (
    <form
      className="at-branch-new"
      onSubmit={(event) => {
        event.preventDefault()
        if (given) done(room.createBranch(given))
      }}
    >
      <TextInput
        size="xs"
        aria-label="Name of the draft"
        description="A branch of your own: main stays as it is until you merge."
        maxLength={100}
        data-autofocus
        autoFocus
        value={name}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" size="xs" disabled={!given}>
        Begin
      </Button>
    </form>
  )
}
