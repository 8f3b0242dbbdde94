import { Menu } from '@mantine/core'
import { IconArrowBarToRight, IconPlus } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useRoomState, useScope } from '../context'
import { firstWords } from '../describe/cells'
import type { Media } from '../results/media'
import { useAsInput } from './useAsInput'

const shown = 5

/** “Use as input”: of a prompt that is there, or of a new one. Only what lies on the canvas can be. */
export function InputItems({ sources }: { sources: readonly Media[] }) {
  const { ui } = useScope()
  const asInput = useAsInput()
  const records = useRoomState((state) => state.records)
  const there = sources.flatMap(({ record, asset }) => (record && asset && records.has(record) ? record : []))
  const selection = ui.getState().selection
  const prompts = useMemo(() => {
    const all = [...records.values()].filter((record) => record.kind === 'prompt')
    // The selected ones first, then the newest.
    return all
      .sort((a, b) => Number(selection.has(b.id)) - Number(selection.has(a.id)) || (a.id < b.id ? 1 : -1))
      .slice(0, shown)
  }, [records, selection])
  if (there.length === 0) return null
  return (
    <>
      <Menu.Label>Use as input</Menu.Label>
      {prompts.map((prompt) => (
        <Menu.Item
          key={prompt.id}
          leftSection={<IconArrowBarToRight size={15} />}
          aria-label={`Use as input of ${firstWords(prompt.props, 40) || 'an empty prompt'}`}
          onClick={() => asInput(there, prompt.id)}
        >
          <span className="at-menu-words">{firstWords(prompt.props, 40) || 'Empty prompt'}</span>
        </Menu.Item>
      ))}
      <Menu.Item
        leftSection={<IconPlus size={15} />}
        aria-label="Use as input of a new prompt"
        onClick={() => asInput(there)}
      >
        A new prompt
      </Menu.Item>
    </>
  )
}
