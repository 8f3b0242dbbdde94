import { ActionIcon, Button, Menu, Switch, TextInput } from '@mantine/core'
import {
  IconArchive,
  IconArrowRight,
  IconDots,
  IconGitBranch,
  IconGitCompare,
  IconGitMerge,
  IconPencil,
} from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { Branch } from '../../../store/api'
import { useServices } from '../../app/services'
import { branchFacts, sortedBranches } from '../branches/branchText'
import { useMayEdit, useRoomState, useScope } from '../context'
import { useNameOf } from '../people'
import { moveSession } from './acts'

/** All branches with what can be done with each. */
export function BranchList() {
  const { room } = useScope()
  const { backend } = useServices()
  const branches = useRoomState((state) => state.branches)
  const mayEdit = useMayEdit()
  const [all, setAll] = useState(false)
  const [busy, setBusy] = useState(false)
  const sorted = useMemo(() => sortedBranches(branches), [branches])
  const shown = sorted.filter(({ open }) => open || all)
  const closed = sorted.length - sorted.filter(({ open }) => open).length
  return (
    <div className="at-branch-panel">
      {shown.length === 0 && (
        <p className="at-muted at-history-none">
          No branches are open. They come by themselves when edits meet, and by hand from the top bar.
        </p>
      )}
      <ul>
        {shown.map((branch) => (
          <BranchItem key={branch.id} branch={branch} />
        ))}
      </ul>
      {closed > 0 && (
        <Switch
          size="xs"
          label="Show merged and archived"
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      )}
      {mayEdit && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconGitBranch size={14} />}
          loading={busy}
          onClick={() => {
            setBusy(true)
            void moveSession(backend, room).finally(() => setBusy(false))
          }}
        >
          Move my last session to a branch
        </Button>
      )}
    </div>
  )
}

function BranchItem({ branch }: { branch: Branch }) {
  const { room } = useScope()
  const nameOf = useNameOf()
  const current = useRoomState((state) => state.branch === branch.id)
  const [renaming, setRenaming] = useState(false)
  return (
    <li className="at-branch-item" data-branch={branch.id} data-closed={branch.open ? undefined : true}>
      {renaming ? (
        <Rename branch={branch} done={() => setRenaming(false)} />
      ) : (
        <span className="at-branch-words">
          <span className="at-branch-title">
            {branch.name}
            {current && <span className="at-tag">here</span>}
          </span>
          <span className="at-muted at-small">{branchFacts(branch, nameOf(branch.author), Date.now())}</span>
        </span>
      )}
      {!current && !renaming && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Look at ${branch.name}`}
          onClick={() => room.look(branch.id)}
        >
          <IconArrowRight size={16} />
        </ActionIcon>
      )}
      {!renaming && <BranchActs branch={branch} rename={() => setRenaming(true)} />}
    </li>
  )
}

function BranchActs({ branch, rename }: { branch: Branch; rename: () => void }) {
  const { room, ui } = useScope()
  const mayEdit = useMayEdit()
  const empty = branch.records.size === 0
  return (
    <Menu position="bottom-end" width={180} shadow="md" radius="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More about ${branch.name}`}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          disabled={empty}
          leftSection={<IconGitCompare size={15} />}
          onClick={() => ui.setState({ comparing: { a: 'main', b: branch.id } })}
        >
          Compare
        </Menu.Item>
        {mayEdit && (
          <>
            <Menu.Item
              disabled={empty || !branch.open}
              leftSection={<IconGitMerge size={15} />}
              onClick={() => ui.setState({ merging: branch.id })}
            >
              Merge
            </Menu.Item>
            <Menu.Item leftSection={<IconPencil size={15} />} onClick={rename}>
              Rename
            </Menu.Item>
            {branch.merged === 0 && (
              <Menu.Item
                leftSection={<IconArchive size={15} />}
                onClick={() => room.archiveBranch(branch.id, !branch.archived)}
              >
                {branch.archived ? 'Open again' : 'Archive'}
              </Menu.Item>
            )}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function Rename({ branch, done }: { branch: Branch; done: () => void }) {
  const { room } = useScope()
  const [name, setName] = useState(branch.name)
  const given = name.trim()
  return (
    <form
      className="at-version-new"
      onSubmit={(event) => {
        event.preventDefault()
        if (given && given !== branch.name) room.renameBranch(branch.id, given)
        done()
      }}
    >
      <TextInput
        size="xs"
        aria-label={`New name of ${branch.name}`}
        maxLength={100}
        autoFocus
        value={name}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') done()
        }}
      />
      <Button type="submit" size="xs">
        Save
      </Button>
    </form>
  )
}
