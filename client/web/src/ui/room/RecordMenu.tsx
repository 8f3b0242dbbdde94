import { Menu } from '@mantine/core'
import { IconCopy, IconGitCompare, IconHistory, IconMessageCircle, IconTrash } from '@tabler/icons-react'
import { useMemo } from 'react'
import { duplicateSelected, removeSelected } from './canvas/actions'
import { placeOn } from './comments/place'
import { useMayComment, useMayEdit, useRecord, useRoomState, useScope, useUI } from './context'
import { maxInputs } from './remix/inputs'
import { RemixItems } from './remix/RemixItems'
import { mediaOfRecord } from './results/media'

/** What can be done with a record, where it was asked for. */
export function RecordMenu() {
  const { ui } = useScope()
  const menu = useUI((state) => state.menu)
  if (!menu) return null
  return (
    <Menu
      opened
      onClose={() => ui.setState({ menu: null })}
      position="bottom-start"
      offset={2}
      width={240}
      shadow="md"
      radius="md"
      returnFocus
      // It is long: where it does not fit beneath the pointer it lies beside it.
      middlewares={{ flip: false, shift: { crossAxis: true, padding: 8 } }}
    >
      <Menu.Target>
        {/* biome-ignore lint/a11y/useSemanticElements: a place, which nobody can reach or press */}
        <span
          role="button"
          aria-label="Record"
          tabIndex={-1}
          className="at-menu-at"
          style={{ left: menu.x, top: menu.y }}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label="Record" className="at-record-menu">
        <Made record={menu.record} />
        <Items record={menu.record} />
      </Menu.Dropdown>
    </Menu>
  )
}

/** What can be made of what is selected, the record itself first. */
function Made({ record: id }: { record: string }) {
  const records = useRoomState((state) => state.records)
  const jobs = useRoomState((state) => state.jobs)
  const selection = useUI((state) => state.selection)
  const sources = useMemo(() => {
    const chosen = selection.has(id) ? [id, ...[...selection].filter((other) => other !== id)] : [id]
    return chosen.slice(0, maxInputs).flatMap((one) => {
      const record = records.get(one)
      return (record && mediaOfRecord(record, jobs)) ?? []
    })
  }, [id, records, jobs, selection])
  if (sources.length === 0) return null
  return (
    <>
      <RemixItems sources={sources} />
      <Menu.Divider />
    </>
  )
}

const noBranches: readonly string[] = []

function Items({ record: id }: { record: string }) {
  const { room, ui } = useScope()
  const record = useRecord(id)
  const mayEdit = useMayEdit()
  const mayComment = useMayComment()
  const overlaid = useRoomState((state) => state.overlaid.get(id) ?? noBranches)
  const branches = useRoomState((state) => state.branches)
  return (
    <>
      {mayComment && record && (
        <Menu.Item
          leftSection={<IconMessageCircle size={15} />}
          onClick={() => ui.setState({ panel: 'comments', commenting: placeOn(record), thread: null })}
        >
          Comment
        </Menu.Item>
      )}
      <Menu.Item
        leftSection={<IconHistory size={15} />}
        onClick={() => ui.setState({ panel: 'history', historyOf: id })}
      >
        History of this
      </Menu.Item>
      {overlaid.map((branch) => (
        <Menu.Item
          key={branch}
          leftSection={<IconGitCompare size={15} />}
          onClick={() => ui.setState({ comparing: { a: 'main', b: branch, record: id } })}
        >
          Compare with {branches.get(branch)?.name ?? 'a branch'}
        </Menu.Item>
      ))}
      {mayEdit && (
        <>
          <Menu.Divider />
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => duplicateSelected(room, ui)}>
            Duplicate
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={15} />} onClick={() => removeSelected(room, ui)}>
            Delete
          </Menu.Item>
        </>
      )}
    </>
  )
}
