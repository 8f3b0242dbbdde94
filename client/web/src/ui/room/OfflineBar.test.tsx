// @vitest-environment happy-dom
import { act, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { inRoom, leaveRoom } from '../../dev/inRoom'
import { OfflineBar } from './OfflineBar'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  leaveRoom()
  vi.useRealTimers()
})

const back = /made meanwhile/

test('what is kept is counted while the room is away, and told when it is sent', () => {
  const { room } = inRoom(<OfflineBar />)
  act(() => room.say({ status: 'offline', unsent: 2 }))
  expect(screen.queryByRole('status')).toBeNull()
  act(() => vi.advanceTimersByTime(1200))
  expect(screen.getByRole('status').textContent).toBe(
    'Offline. 2 changes kept here, also over a reload, and sent when the room is back.',
  )
  act(() => room.say({ unsent: 3 }))
  act(() => room.say({ status: 'live' }))
  expect(screen.queryByText(back)).toBeNull()
  act(() => room.say({ unsent: 0 }))
  expect(screen.getByText(back).textContent).toBe('Back. 3 changes made meanwhile are sent.')
})

test('a short gap is not told of, nor one in which nothing was changed', () => {
  const { room } = inRoom(<OfflineBar />)
  const away = (ms: number, unsent: number) => {
    act(() => room.say({ status: 'offline', unsent }))
    act(() => vi.advanceTimersByTime(ms))
    act(() => room.say({ status: 'live', unsent: 0 }))
  }
  away(400, 2)
  away(5000, 0)
  expect(screen.queryByText(back)).toBeNull()
  away(5000, 1)
  expect(screen.getByText(back).textContent).toBe('Back. 1 change made meanwhile is sent.')
})
