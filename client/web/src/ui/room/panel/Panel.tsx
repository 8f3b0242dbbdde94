import { ActionIcon, Tabs } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useRoomState, useScope, useUI } from '../context'
import { isFinal } from '../generate'
import type { PanelTab } from '../uiStore'
import { Inspector } from './Inspector'
import { MembersPanel } from './MembersPanel'
import { QueuePanel } from './QueuePanel'

export function Panel() {
  const { ui } = useScope()
  const tab = useUI((state) => state.panel)
  const open = useRoomState((state) => [...state.jobs.values()].filter((job) => !isFinal(job)).length)
  const here = useRoomState((state) => state.members.size)
  if (!tab) return null
  return (
    <aside className="at-panel" aria-label="Panel">
      <Tabs
        value={tab}
        onChange={(next) => ui.setState({ panel: next as PanelTab })}
        className="at-panel-tabs"
        keepMounted={false}
      >
        <div className="at-panel-head">
          <Tabs.List>
            <Tabs.Tab value="queue">Queue{open > 0 && <span className="at-count">{open}</span>}</Tabs.Tab>
            <Tabs.Tab value="inspector">Inspector</Tabs.Tab>
            <Tabs.Tab value="people">
              People<span className="at-count">{here}</span>
            </Tabs.Tab>
          </Tabs.List>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label="Close the panel"
            onClick={() => ui.setState({ panel: null })}
          >
            <IconX size={16} />
          </ActionIcon>
        </div>
        <Tabs.Panel value="queue" className="at-panel-body">
          <QueuePanel />
        </Tabs.Panel>
        <Tabs.Panel value="inspector" className="at-panel-body">
          <Inspector />
        </Tabs.Panel>
        <Tabs.Panel value="people" className="at-panel-body">
          <MembersPanel />
        </Tabs.Panel>
      </Tabs>
    </aside>
  )
}
