import { MantineProvider } from '@mantine/core'
import { Notifications, notifications } from '@mantine/notifications'
import { act, cleanup, render } from '@testing-library/react'
import { ReactFlowProvider } from '@xyflow/react'
import type { ReactNode } from 'react'
import type { RoomState } from '../store/api'
import { type Backend, type Services, ServicesContext } from '../ui/app/services'
import { theme } from '../ui/app/theme'
import { RoomContext } from '../ui/room/context'
import { PeopleProvider } from '../ui/room/people'
import { createRoomUI } from '../ui/room/uiStore'
import { fakeHistory } from './fakeHistory'
import { fakeRoom, member } from './fakeRoom'

// happy-dom loads no fonts; fields that grow with their text listen for them.
if (!('fonts' in document)) Object.defineProperty(document, 'fonts', { value: new EventTarget() })

/** Renders a part of the room's page around a fake room, for tests. Ana is oneself, Ben is here, too. */
export function inRoom(part: ReactNode, start: Partial<RoomState> = {}, answers: Partial<Backend> = {}) {
  const self = member(1, 'Ana', '#5248c8', { role: start.role ?? 'owner' })
  const room = fakeRoom({
    room: { id: 'r', name: 'Harbour' },
    self,
    role: 'owner',
    members: new Map([
      [1, self],
      [2, member(2, 'Ben', '#b4530a')],
    ]),
    ...start,
  })
  const ui = createRoomUI({ tool: 'select', panel: 'queue' })
  const backend = { people: async () => [], history: fakeHistory, assetUrl: (id: string) => `/${id}`, ...answers }
  const services = { backend } as unknown as Services
  const view = render(
    <MantineProvider theme={theme} env="test">
      <section id="overlays">
        <Notifications withinPortal={false} />
      </section>
      <ServicesContext value={services}>
        <RoomContext value={{ room, ui }}>
          <PeopleProvider>
            <ReactFlowProvider>{part}</ReactFlowProvider>
          </PeopleProvider>
        </RoomContext>
      </ServicesContext>
    </MantineProvider>,
  )
  return { ...view, room, ui }
}

/** After each test: what is rendered and what toasts say goes. */
export function leaveRoom(): void {
  act(() => {
    notifications.clean()
    notifications.cleanQueue()
  })
  cleanup()
}
