// @vitest-environment happy-dom
import { act, fireEvent, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { inRoom, leaveRoom } from '../../../dev/inRoom'
import type { CanvasRecord } from '../../../store/api'
import { CommentCalls, useUnread } from './CommentCalls'
import { Composer } from './Composer'
import { ThreadView } from './ThreadView'
import { useThread } from './useThreads'

beforeEach(() => localStorage.clear())
afterEach(leaveRoom)

const comment = (id: string, props: Record<string, unknown>): [string, CanvasRecord] => [
  id,
  { id, kind: 'comment', props, rev: 1 },
]

function type(text: string) {
  const field = screen.getByLabelText<HTMLTextAreaElement>('Answer')
  fireEvent.change(field, { target: { value: text } })
  field.setSelectionRange(text.length, text.length)
  fireEvent.select(field)
  return field
}

test('a name is chosen by keyboard and sent with the ids of those it calls', () => {
  const onSend = vi.fn()
  inRoom(<Composer label="Answer" placeholder="" send="Send" onSend={onSend} />)
  const field = type('look @b')
  expect(screen.getByRole('option', { name: /Ben/ }).getAttribute('aria-selected')).toBe('true')
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(field.value).toBe('look @Ben ')
  expect(screen.queryByRole('listbox')).toBeNull()
  fireEvent.keyDown(field, { key: 'Enter', ctrlKey: true })
  expect(onSend).toHaveBeenCalledExactlyOnceWith('look @Ben', ['u2'])
})

test('Escape closes the names first and leaves the field second', () => {
  const onCancel = vi.fn()
  inRoom(<Composer label="Answer" placeholder="" send="Send" onSend={() => {}} onCancel={onCancel} />)
  const field = type('@')
  expect(screen.getAllByRole('option')).toHaveLength(2)
  fireEvent.keyDown(field, { key: 'Escape' })
  expect(screen.queryByRole('listbox')).toBeNull()
  expect(onCancel).not.toHaveBeenCalled()
  fireEvent.keyDown(field, { key: 'Escape' })
  expect(onCancel).toHaveBeenCalledOnce()
})

function Shown() {
  const thread = useThread('c1')
  return thread ? <ThreadView thread={thread} /> : <p>No thread</p>
}

const asked = comment('c1', { text: 'More fog?', author: 'u1', at: 10, target: 'gone' })

test('a thread says that its record was deleted, is answered and resolved', () => {
  const { room } = inRoom(<Shown />, { records: new Map([asked]) })
  expect(screen.getByText('On something that was deleted')).toBeTruthy()
  type('Yes @Ben')
  fireEvent.click(screen.getByRole('button', { name: 'Answer' }))
  const answer = [...room.store.getState().records.values()].find((record) => record.props.thread === 'c1')
  expect(answer?.props).toEqual({ text: 'Yes @Ben', mentions: ['u2'], thread: 'c1' })
  fireEvent.click(screen.getByRole('button', { name: 'Resolve' }))
  expect(room.store.getState().records.get('c1')?.props.resolved).toBe(true)
})

test('one’s first comment that has answers loses its words and keeps its thread', async () => {
  const records = new Map([asked, comment('c2', { text: 'Yes', author: 'u2', at: 20, thread: 'c1' })])
  const { room } = inRoom(<Shown />, { records, role: 'commenter' })
  expect(screen.getAllByRole('button', { name: /^More about the comment/ })).toHaveLength(1)
  fireEvent.click(screen.getByRole('button', { name: 'More about the comment: More fog?' }))
  fireEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }))
  expect(room.store.getState().records.get('c1')?.props.text).toBe('')
  expect(screen.getByText('This comment was deleted.')).toBeTruthy()
})

test('a viewer reads and does not write', () => {
  inRoom(<Shown />, { records: new Map([asked]), role: 'viewer' })
  expect(screen.getByText('More fog?')).toBeTruthy()
  expect(screen.queryByLabelText('Answer')).toBeNull()
  expect(screen.queryByRole('button', { name: 'Resolve' })).toBeNull()
})

function Unread() {
  return <output>{[...useUnread()].join()}</output>
}

test('a call is told once, has its dot, and is read when its thread is open', () => {
  const { room, ui } = inRoom(
    <CommentCalls>
      <Unread />
    </CommentCalls>,
    { records: new Map([comment('old', { text: '@Ana then', author: 'u2', at: 5, mentions: ['u1'] })]) },
  )
  const dots = () => screen.getByRole('status').textContent
  expect(dots()).toBe('old')
  expect(screen.queryByText('Ben mentions you')).toBeNull()
  const called = comment('new', { text: '@Ana now', author: 'u2', at: 30, mentions: ['u1'] })
  act(() => room.say({ records: new Map([...room.store.getState().records, called]) }))
  expect(screen.getAllByText('Ben mentions you')).toHaveLength(1)
  expect(dots()).toBe('old,new')
  act(() => ui.setState({ panel: 'comments', thread: 'new' }))
  expect(dots()).toBe('')
})
