import { ActionIcon, Loader, Tabs, Tooltip } from '@mantine/core'
import { IconAdjustments, IconHistory, IconMessageCircle, IconStack2, IconUsers, IconX } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { useUnread } from '../comments/CommentCalls'
import { openThreads } from '../comments/threads'
import { useThreads } from '../comments/useThreads'
import { useRoomState, useScope, useUI } from '../context'
import { isFinal } from '../generate'
import { QueuePanel } from '../queue/QueuePanel'
import type { PanelTab } from '../uiStore'
import { Inspector } from './Inspector'
import { MembersPanel } from './MembersPanel'

const HistoryPanel = lazy(() => import('../history/HistoryPanel'))
const CommentsPanel = lazy(() => import('../comments/CommentsPanel'))

export function Panel() {
  const { ui } = useScope()
  const tab = useUI((state) => state.panel)
  const open = useRoomState((state) => [...state.jobs.values()].filter((job) => !isFinal(job)).length)
  const here = useRoomState((state) => state.members.size)
  const threads = openThreads(useThreads())
  const unread = useUnread().size
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
            <Tab value="queue" label="Queue" icon={<IconStack2 size={17} />} count={open} />
            <Tab value="inspector" label="Inspector" icon={<IconAdjustments size={17} />} />
            <Tab value="history" label="History" icon={<IconHistory size={17} />} />
            <Tab
              value="comments"
              label="Comments"
              icon={<IconMessageCircle size={17} />}
              count={threads}
              unread={unread > 0}
            />
            <Tab value="people" label="People" icon={<IconUsers size={17} />} count={here} quiet />
          </Tabs.List>
          <Close />
        </div>
        <Tabs.Panel value="queue" className="at-panel-body">
          <QueuePanel />
        </Tabs.Panel>
        <Tabs.Panel value="inspector" className="at-panel-body">
          <Inspector />
        </Tabs.Panel>
        <Tabs.Panel value="history" className="at-panel-body">
          <Later>
            <HistoryPanel />
          </Later>
        </Tabs.Panel>
        <Tabs.Panel value="comments" className="at-panel-body">
          <Later>
            <CommentsPanel />
          </Later>
        </Tabs.Panel>
        <Tabs.Panel value="people" className="at-panel-body">
          <MembersPanel />
        </Tabs.Panel>
      </Tabs>
    </aside>
  )
}

function Close() {
  const { ui } = useScope()
  return (
    <ActionIcon variant="subtle" color="gray" aria-label="Close the panel" onClick={() => ui.setState({ panel: null })}>
      <IconX size={16} />
    </ActionIcon>
  )
}

function Later({ children }: { children: ReactNode }) {
  return <Suspense fallback={<Loader type="dots" size="sm" aria-label="Loading" />}>{children}</Suspense>
}

interface TabProps {
  value: PanelTab
  label: string
  icon: ReactNode
  count?: number
  unread?: boolean
  /** The count is said only where the name is. */
  quiet?: boolean
}

/** The chosen tab says its name, the others show their sign: five names are wider than the panel. */
function Tab({ value, label, icon, count = 0, unread, quiet }: TabProps) {
  const chosen = useUI((state) => state.panel === value)
  return (
    <Tooltip label={label} disabled={chosen}>
      <Tabs.Tab value={value} className="at-tab" data-unread={unread || undefined}>
        <span className="at-tab-icon" aria-hidden="true">
          {icon}
        </span>
        <span className={chosen ? undefined : 'at-hidden'}>{label}</span>
        {count > 0 && (chosen || !quiet) && <span className="at-count">{count}</span>}
        {unread && <span className="at-hidden">, somebody mentions you</span>}
      </Tabs.Tab>
    </Tooltip>
  )
}
