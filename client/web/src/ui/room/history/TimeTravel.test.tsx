// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { fakeHistory } from '../../../dev/fakeHistory'
import { inRoom, leaveRoom } from '../../../dev/inRoom'
import { useMayEdit } from '../context'
import TimeTravel from './TimeTravel'

afterEach(leaveRoom)

function May() {
  return <output>{useMayEdit() ? 'may edit' : 'may not edit'}</output>
}

async function open() {
  const restore = vi.fn(async () => ({ rev: 200, restored: 2 }))
  const { room, ui } = inRoom(
    <>
      <TimeTravel />
      <May />
    </>,
    {},
    { history: fakeHistory, restore },
  )
  ui.setState({ travelling: true })
  const visit = vi.spyOn(room, 'visit')
  const slider = screen.getByRole('slider')
  await waitFor(() => expect(slider.getAttribute('aria-valuemax')).toBe('134'))
  return { room, ui, visit, slider, restore }
}

test('an arrow goes one revision back, and says whose it is; nothing can be changed there', async () => {
  const { slider, visit } = await open()
  fireEvent.keyDown(slider, { key: 'ArrowLeft' })
  expect(visit).toHaveBeenCalledExactlyOnceWith({ rev: 133, branch: undefined })
  await screen.findByText(/^Ana Torres: Changed text/)
  expect(screen.getByText('may not edit')).toBeTruthy()
})

test('of a quick drag the first and the last revision are asked for', async () => {
  const { slider, visit, room } = await open()
  for (let i = 0; i < 6; i += 1) fireEvent.keyDown(slider, { key: 'ArrowLeft' })
  await waitFor(() => expect(room.store.getState().past?.rev).toBe(128))
  expect(visit.mock.calls.map(([point]) => point?.rev)).toEqual([133, 128])
})

test('the way back to now ends at the present, where one may edit', async () => {
  const { slider, room, ui } = await open()
  fireEvent.keyDown(slider, { key: 'ArrowLeft' })
  fireEvent.click(await screen.findByRole('button', { name: 'Back to now' }))
  await waitFor(() => expect(room.store.getState().past).toBeUndefined())
  expect(ui.getState().travelling).toBe(false)
  expect(screen.getByText('may edit')).toBeTruthy()
})

test('what is looked at is restored, and that can be undone', async () => {
  const { slider, restore, room } = await open()
  fireEvent.keyDown(slider, { key: 'ArrowLeft' })
  fireEvent.click(await screen.findByRole('button', { name: 'Restore' }))
  await screen.findByRole('button', { name: 'Undo' })
  expect(restore).toHaveBeenCalledExactlyOnceWith('r', expect.objectContaining({ rev: 133, records: undefined }))
  expect(room.store.getState().past).toBeUndefined()
})
