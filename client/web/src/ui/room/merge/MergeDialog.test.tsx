// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { fakeDiff } from '../../../dev/fakeHistory'
import { branch, overlay } from '../../../dev/fakeRoom'
import { inRoom, leaveRoom } from '../../../dev/inRoom'
import MergeDialog from './MergeDialog'

afterEach(leaveRoom)

const branches = new Map([['b1', branch('b1', 'Fog', [overlay('p1', { seed: [7, 4] })])]])

async function open() {
  const undoChange = vi.fn(async () => ({ rev: 20 }))
  const change = { rev: 9, id: 'merge', branch: '', session: 's', user: 'u1', user_name: 'Ana', at: 1, writes: [] }
  const history = vi.fn(async () => ({ changes: [change] }))
  const answers = { diff: fakeDiff, undoChange, history }
  const { room, ui } = inRoom(<MergeDialog branch="b1" />, { branches }, answers)
  ui.setState({ merging: 'b1' })
  const merge = vi.spyOn(room, 'merge')
  await screen.findByText('Both changed the same')
  return { merge, ui, undoChange }
}

const choose = (group: RegExp, choice: string) =>
  fireEvent.click(within(screen.getByRole('radiogroup', { name: group })).getByRole('radio', { name: choice }))
const mergeButton = () => screen.getByRole<HTMLButtonElement>('button', { name: /^Merge/ })

test('nothing is merged before every question is answered', async () => {
  const { merge, ui } = await open()
  expect(mergeButton().disabled).toBe(true)
  choose(/^Seed of/, 'Main')
  expect(mergeButton().disabled).toBe(true)
  choose(/^Picture of/, 'Keep both')
  fireEvent.click(mergeButton())
  await waitFor(() => expect(ui.getState().merging).toBeNull())
  expect(merge).toHaveBeenCalledExactlyOnceWith('b1', {
    records: undefined,
    resolve: [
      ['p1', 'seed', 'main'],
      ['i2', 'asset', 'both'],
    ],
  })
})

test('a record that is unticked stays on the branch, and with it its questions', async () => {
  const { merge } = await open()
  fireEvent.click(screen.getByRole('checkbox', { name: /^Prompt/ }))
  expect(screen.queryByRole('radiogroup', { name: /^Seed of/ })).toBeNull()
  choose(/^For all of them/, 'Branch')
  expect(mergeButton().textContent).toBe('Merge 4 records')
  fireEvent.click(mergeButton())
  await waitFor(() => expect(merge).toHaveBeenCalled())
  expect(merge.mock.calls[0]?.[1]).toEqual({ records: ['i2', 'n1', 'g1', 'x1'], resolve: [['i2', 'asset', 'branch']] })
})

test('what the server asks on top becomes a question, and nothing is lost meanwhile', async () => {
  const { merge, ui } = await open()
  merge.mockResolvedValueOnce({
    merged: false,
    conflicts: [{ record: 'n1', prop: 'text', base: 'a', theirs: 'b', mine: 'c' }],
  })
  choose(/^For all of them/, 'Branch')
  fireEvent.click(mergeButton())
  await screen.findByRole('alert')
  expect(ui.getState().merging).toBe('b1')
  expect(mergeButton().disabled).toBe(true)
  choose(/^Text of/, 'Main')
  fireEvent.click(mergeButton())
  await waitFor(() => expect(merge).toHaveBeenCalledTimes(2))
  expect(merge.mock.calls[1]?.[1]?.resolve).toContainEqual(['n1', 'text', 'main'])
})

test('a merge can be taken back from its toast', async () => {
  const { undoChange } = await open()
  choose(/^For all of them/, 'Branch')
  fireEvent.click(mergeButton())
  fireEvent.click(await screen.findByRole('button', { name: 'Undo' }))
  await waitFor(() => expect(undoChange).toHaveBeenCalledExactlyOnceWith('r', 'merge'))
})
