import { ActionIcon, Button, Menu, TextInput } from '@mantine/core'
import { IconBookmark, IconDots, IconEye, IconGitCompare, IconRestore } from '@tabler/icons-react'
import { useState } from 'react'
import type { Version } from '../../../store/api'
import { useServices } from '../../app/services'
import { complain } from '../../app/toast'
import { useMayEdit, useScope } from '../context'
import { momentText } from '../describe/time'
import { useNameOf } from '../people'
import { restore } from './acts'

/** A named revision, at its place among the changes. */
export function VersionMark({ version }: { version: Version }) {
  const nameOf = useNameOf()
  return (
    <div className="at-version" data-version={version.id}>
      <IconBookmark size={16} aria-hidden="true" />
      <span className="at-version-words">
        <span className="at-version-name">{version.name}</span>
        <span className="at-muted at-small">
          {nameOf(version.author)}, {momentText(version.at, Date.now())}
        </span>
      </span>
      <VersionActs version={version} />
    </div>
  )
}

function VersionActs({ version: { name, rev } }: { version: Version }) {
  const { room, ui } = useScope()
  const { backend } = useServices()
  const mayEdit = useMayEdit()
  return (
    <Menu position="bottom-end" width={210} shadow="md" radius="md">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`More about the version ${name}`}>
          <IconDots size={15} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconEye size={15} />}
          onClick={() => {
            ui.setState({ travelling: true })
            room.visit({ rev }).catch((error) => complain('The past is not shown', error))
          }}
        >
          Look at it
        </Menu.Item>
        <Menu.Item
          leftSection={<IconGitCompare size={15} />}
          onClick={() => ui.setState({ comparing: { a: `main@${rev}`, b: 'main' } })}
        >
          Compare with now
        </Menu.Item>
        {mayEdit && (
          <Menu.Item
            leftSection={<IconRestore size={15} />}
            onClick={() => void restore(backend, room, { rev, what: name })}
          >
            Restore
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

/** Gives the present a name. */
export function NameVersion() {
  const { room } = useScope()
  const mayEdit = useMayEdit()
  const [name, setName] = useState<string | null>(null)
  if (!mayEdit) return null
  if (name === null) {
    return (
      <Button
        size="compact-sm"
        variant="subtle"
        className="at-name-version"
        leftSection={<IconBookmark size={14} />}
        onClick={() => setName('')}
      >
        Name this version
      </Button>
    )
  }
  const given = name.trim()
  return (
    <form
      className="at-version-new"
      onSubmit={(event) => {
        event.preventDefault()
        if (!given) return
        room.nameVersion(given)
        setName(null)
      }}
    >
      <TextInput
        size="xs"
        aria-label="Name of this version"
        placeholder="Name of this version"
        maxLength={100}
        autoFocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setName(null)
        }}
      />
      <Button type="submit" size="xs" disabled={!given}>
        Save
      </Button>
    </form>
  )
}
