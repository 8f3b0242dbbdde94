// @vitest-environment happy-dom
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { inRoom, leaveRoom } from '../../../dev/inRoom'
import type { Job } from '../../../protocol/types'
import { job, jobsOf } from '../testing/jobs'
import { QueuePanel } from './QueuePanel'

afterEach(leaveRoom)

// Oneself is u1 (Ana), Ben is u2.
const mine = (id: string, more: Partial<Job> = {}) => job(id, { user: 'u1', prompt: id, ...more })
const order = () => within(screen.getByRole('region', { name: 'Waiting' })).getAllByText(/^(a|b|c|d|ben)$/)
const words = () => order().map((element) => element.textContent)

const line = jobsOf(
  mine('a', { position: 1 }),
  job('ben', { user: 'u2', user_name: 'Ben', prompt: 'ben', position: 2 }),
  mine('b', { position: 3 }),
  mine('c', { position: 4 }),
)

test('the arrow keys move one’s own job among one’s own at once, and ask the server for it', () => {
  const { room } = inRoom(<QueuePanel />, { jobs: line })
  const moveJob = vi.spyOn(room, 'moveJob').mockReturnValue(new Promise(() => {}))
  fireEvent.keyDown(screen.getByRole('button', { name: /^Move c/ }), { key: 'ArrowUp' })
  expect(words()).toEqual(['a', 'ben', 'c', 'b'])
  fireEvent.keyDown(screen.getByRole('button', { name: /^Move c/ }), { key: 'ArrowUp' })
  expect(words()).toEqual(['c', 'ben', 'a', 'b'])
  expect(moveJob.mock.calls).toEqual([
    ['c', 'b'],
    ['c', 'a'],
  ])
  expect(screen.getAllByRole('status').map((status) => status.textContent)).toContain('Place 1 of 3 of yours.')
  expect(screen.queryByRole('button', { name: /^Move ben/ })).toBeNull()
})

test('an owner puts another’s jobs in order among theirs; an editor does not', () => {
  const bens = job('d', { user: 'u2', user_name: 'Ben', prompt: 'd', position: 5 })
  const { room } = inRoom(<QueuePanel />, { jobs: new Map([...line, ...jobsOf(bens)]) })
  const moveJob = vi.spyOn(room, 'moveJob').mockReturnValue(new Promise(() => {}))
  fireEvent.keyDown(screen.getByRole('button', { name: 'Move d, place 2 of 2 of Ben’s' }), { key: 'ArrowUp' })
  expect(moveJob.mock.calls).toEqual([['d', 'ben']])
  expect(words()).toEqual(['a', 'd', 'b', 'c', 'ben'])
  act(() => room.say({ role: 'editor' }))
  expect(screen.queryByRole('button', { name: /Ben’s$/ })).toBeNull()
  expect(screen.getAllByRole('button', { name: /of yours$/ })).toHaveLength(3)
})

test('a move that the server refuses is taken back', async () => {
  const { room } = inRoom(<QueuePanel />, { jobs: line })
  vi.spyOn(room, 'moveJob').mockRejectedValue(new Error('no'))
  fireEvent.keyDown(screen.getByRole('button', { name: /^Move c/ }), { key: 'Home' })
  expect(words()).toEqual(['c', 'ben', 'a', 'b'])
  await waitFor(() => expect(words()).toEqual(['a', 'ben', 'b', 'c']))
})

test('an owner pauses the queue; everybody sees who did', () => {
  const { room } = inRoom(<QueuePanel />)
  const setQueue = vi.spyOn(room, 'setQueue')
  fireEvent.click(screen.getByRole('button', { name: 'Pause' }))
  expect(setQueue).toHaveBeenCalledWith({ paused: true })
  act(() => room.say({ role: 'editor', queue: { paused: true, paused_by: 'Ben' } }))
  expect(screen.getByText(/^Paused by Ben\./)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Resume' })).toBeNull()
})

test('an owner approves; an editor sees that the job waits for one', () => {
  const asked = jobsOf(mine('large', { state: 'awaiting_approval', user: 'u2' }))
  const { room } = inRoom(<QueuePanel />, { jobs: asked })
  const approveJob = vi.spyOn(room, 'approveJob').mockReturnValue(new Promise(() => {}))
  fireEvent.click(screen.getByRole('button', { name: 'Approve large' }))
  expect(approveJob).toHaveBeenCalledWith('large')
  act(() => room.say({ role: 'editor' }))
  expect(screen.queryByRole('button', { name: 'Approve large' })).toBeNull()
  expect(screen.getByText('Waits for an owner to approve')).toBeTruthy()
})

test('what is not sent yet can be dropped, and says why it was refused', () => {
  const request = { id: 'x', kind: 'image', prompt: 'a far pier' }
  const problem = { code: 'INVALID_INPUT' as const, message: 'no such model', retryable: false }
  const { room } = inRoom(<QueuePanel />, {
    status: 'offline',
    unsentJobs: new Map([
      ['x', { id: 'x', request, at: 1 }],
      ['y', { id: 'y', request: { ...request, id: 'y', prompt: 'a boat' }, at: 2, problem }],
    ]),
  })
  const rows = within(screen.getByRole('list'))
  expect(rows.getByText('Waiting to be sent')).toBeTruthy()
  expect(rows.getByText('No such model.')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Drop a far pier' }))
  expect([...room.store.getState().unsentJobs.keys()]).toEqual(['y'])
})

test('a chain shows every step with its state', () => {
  const step = (n: number, more: Partial<Job>) =>
    mine(n === 0 ? 'k' : `k${n}`, { chain: 'k', step: n, steps: 3, prompt: 'harbour', ...more })
  inRoom(<QueuePanel />, {
    jobs: jobsOf(
      step(0, { state: 'succeeded', started_at: 1000, ended_at: 2000 }),
      step(1, { kind: 'audio', transform: 'soundtrack', state: 'running', from: [0] }),
      step(2, { kind: 'video', transform: 'animate', state: 'waiting', from: [0, 1] }),
    ),
  })
  const steps = within(screen.getByRole('list', { name: 'Steps of harbour' })).getAllByRole('listitem')
  expect(steps.map((one) => one.getAttribute('data-state'))).toEqual(['succeeded', 'running', 'waiting'])
  expect(steps[1]?.textContent).toContain('Soundtrack')
  expect(steps[2]?.textContent).toContain('Waits for steps 1 and 2')
})

test('the same star again takes one’s rating back', () => {
  const done = (ratings: Record<string, number>) =>
    jobsOf(
      mine('d', { state: 'succeeded', results: [{ asset: 'a', record: 'r', mime: 'image/png', bytes: 1, ratings }] }),
    )
  const { room } = inRoom(<QueuePanel />, { jobs: done({ u2: 5 }) })
  const rateJob = vi.spyOn(room, 'rateJob').mockReturnValue(new Promise(() => {}))
  fireEvent.click(screen.getByRole('button', { name: '4 stars' }))
  act(() => room.say({ jobs: done({ u1: 4, u2: 5 }) }))
  expect(screen.getByText('4.5 of 5 stars by 2')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: '4 stars' }))
  expect(rateJob.mock.calls).toEqual([
    ['d', 0, 4],
    ['d', 0, 0],
  ])
})

test('one clears one’s own waiting jobs, an owner those of all', async () => {
  const { room } = inRoom(<QueuePanel />, { jobs: line })
  const clearQueue = vi.spyOn(room, 'clearQueue').mockResolvedValue(3)
  fireEvent.click(screen.getByRole('button', { name: 'More for the queue' }))
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Cancel my waiting jobs (3)' }))
  fireEvent.click(screen.getByRole('button', { name: 'More for the queue' }))
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Cancel all waiting jobs (4)' }))
  expect(clearQueue.mock.calls).toEqual([['u1'], ['']])
})
