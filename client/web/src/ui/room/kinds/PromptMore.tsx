import { ActionIcon, Menu } from '@mantine/core'
import { IconAdjustments, IconChevronDown, IconLink } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { CanvasRecord } from '../../../store/api'
import { useRoom, useScope } from '../context'
import { requestOf } from '../generate'
import { type ModelChoice, useModelList } from '../providers'
import { queueUp } from '../queue/queueUp'
import { type Recipe, recipesOf } from '../remix/choices'
import type { PromptInput } from '../remix/inputs'
import { chained } from '../remix/request'

interface Props {
  record: CanvasRecord
  chosen: ModelChoice | undefined
  inputs: readonly PromptInput[]
  disabled: boolean
}

/** Beside Generate: a sweep over a setting, and ready chains that begin with what the prompt makes. */
export function PromptMore({ record, chosen, inputs, disabled }: Props) {
  const room = useRoom()
  const { ui } = useScope()
  const models = useModelList()
  const recipes = useMemo(() => recipesOf(models, []), [models])

  function run({ first, steps }: Recipe) {
    const now = room.store.getState().records.get(record.id)
    if (!now) return
    // The prompt's own model begins, where it makes what the chain begins with.
    const model = chosen?.kind === first.kind && chosen.transforms.includes(first.transform) ? chosen : first.model
    queueUp(room, chained({ ...requestOf(now, model, inputs), count: 1 }, steps))
  }

  return (
    <Menu position="bottom-end" width={270} disabled={disabled}>
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More ways to generate" disabled={disabled}>
          <IconChevronDown size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconAdjustments size={15} />} onClick={() => ui.setState({ sweeping: record.id })}>
          Sweep over a setting…
        </Menu.Item>
        {recipes.length > 0 && <Menu.Label>All in one go</Menu.Label>}
        {recipes.map((recipe) => (
          <Menu.Item key={recipe.key} leftSection={<IconLink size={15} />} onClick={() => run(recipe)}>
            {recipe.title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
