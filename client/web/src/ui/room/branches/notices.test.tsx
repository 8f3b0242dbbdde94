// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { branch, overlay } from '../../../dev/fakeRoom'
import { inRoom, leaveRoom } from '../../../dev/inRoom'
import { ApiError } from '../../../protocol/errors'
import type { Divergence } from '../../../store/api'
import { BranchBanner } from './BranchBanner'
import { BranchSwitcher } from './BranchSwitcher'
import { DivergenceNotices } from './DivergenceNotices'

afterEach(leaveRoom)

const divergence = (id: string, name: string): Divergence => ({
  id,
  branch: 'b1',
  name,
  applied: 12,
  kept: 2,
  cells: [{ record: 'p', prop: 'prompt', user: 'u2' }],
})
const prompt = { id: 'p', kind: 'prompt', props: {}, rev: 1 }
const records = new Map([['p', prompt]])

test('a divergence says what was applied, what was kept where, and who met it, as a status', () => {
  inRoom(<DivergenceNotices />, { divergences: [divergence('d', 'Ana 14:02')], records })
  expect(screen.getByRole('status').textContent).toContain(
    '12 changes applied, 2 kept on Ana 14:02: Ben changed the same prompt',
  )
})

test('each answer settles it; comparing leaves it there', async () => {
  for (const [label, choice] of [
    ['Use mine', 'mine'],
    ['Keep both', 'both'],
    ['Dismiss', 'dismiss'],
  ] as const) {
    const one = divergence('d', 'Ana 14:02')
    const { room } = inRoom(<DivergenceNotices />, { divergences: [one], records })
    const settle = vi.spyOn(room, 'settle')
    fireEvent.click(screen.getByRole('button', { name: label }))
    expect(settle).toHaveBeenCalledExactlyOnceWith(one, choice)
    await waitFor(() => expect(screen.queryByRole('article')).toBeNull())
    leaveRoom()
  }
  const { ui } = inRoom(<DivergenceNotices />, { divergences: [divergence('d', 'Ana 14:02')], records })
  fireEvent.click(screen.getByRole('button', { name: 'Compare' }))
  expect(ui.getState().comparing).toEqual({ a: 'main', b: 'b1', record: 'p' })
  expect(screen.getByRole('article')).toBeTruthy()
})

test('an answer that fails says why and leaves the notice', async () => {
  const { room } = inRoom(<DivergenceNotices />, { divergences: [divergence('d', 'Ana 14:02')], records })
  vi.spyOn(room, 'settle').mockRejectedValue(ApiError.unavailable('gone'))
  fireEvent.click(screen.getByRole('button', { name: 'Use mine' }))
  await screen.findByText('It stays on Ana 14:02')
  expect(screen.getByRole('article')).toBeTruthy()
})

test('many of them show the two newest, the others on demand', () => {
  const many = ['1', '2', '3', '4'].map((n) => divergence(n, `Ana ${n}`))
  inRoom(<DivergenceNotices />, { divergences: many, records })
  const names = () => screen.getAllByRole('article').map((notice) => /Ana \d/.exec(notice.textContent ?? '')?.[0])
  expect(names()).toEqual(['Ana 4', 'Ana 3'])
  fireEvent.click(screen.getByRole('button', { name: '2 more' }))
  expect(names()).toEqual(['Ana 4', 'Ana 3', 'Ana 2', 'Ana 1'])
  fireEvent.click(screen.getByRole('button', { name: 'Show fewer' }))
  expect(names()).toHaveLength(2)
})

const fog = branch('b1', 'Fog', [overlay('p', { seed: [1, 2] })])
const branches = new Map([
  ['b1', fog],
  ['b2', branch('b2', 'Old', [], { open: false, merged: 4 })],
])

test('on a branch the banner says so and leads back; a viewer is not offered to merge', () => {
  const { room } = inRoom(<BranchBanner />, { branches, branch: 'b1' })
  expect(screen.getByRole('status').textContent).toContain('You are on Fog: main stays as it is')
  expect(screen.getByRole('button', { name: 'Merge' })).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Back to main' }))
  expect(room.store.getState().branch).toBe('')
  leaveRoom()
  inRoom(<BranchBanner />, { branches, branch: 'b1', role: 'viewer' })
  expect(screen.queryByRole('button', { name: 'Merge' })).toBeNull()
})

test('the switcher goes to a branch, and shows those that are closed on demand', async () => {
  const { room } = inRoom(<BranchSwitcher />, { branches })
  fireEvent.click(screen.getByRole('button', { name: /^Branch: Main/ }))
  expect(screen.queryByRole('button', { name: /^Old/ })).toBeNull()
  fireEvent.click(screen.getByLabelText('Show merged and archived'))
  expect(screen.getByRole('button', { name: /^Old/ }).textContent).toContain('merged')
  fireEvent.click(screen.getByRole('button', { name: /^Fog/ }))
  expect(room.store.getState().branch).toBe('b1')
})

test('a draft is named, made and looked at', () => {
  const { room } = inRoom(<BranchSwitcher />, { branches })
  const create = vi.spyOn(room, 'createBranch').mockReturnValue('made')
  fireEvent.click(screen.getByRole('button', { name: /^Branch: Main/ }))
  fireEvent.click(screen.getByRole('button', { name: 'New draft' }))
  fireEvent.change(screen.getByLabelText('Name of the draft'), { target: { value: ' Night ' } })
  fireEvent.click(screen.getByRole('button', { name: 'Begin' }))
  expect(create).toHaveBeenCalledExactlyOnceWith('Night')
  expect(room.store.getState().branch).toBe('made')
})
