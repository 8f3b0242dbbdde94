// @vitest-environment happy-dom
import { act, cleanup, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fakeRoom } from '../../dev/fakeRoom'
import { RoomContext } from './context'
import { createRoomUI } from './uiStore'
import { useDraft } from './useDraft'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

function setup() {
  const room = fakeRoom({})
  const edit = vi.spyOn(room, 'edit')
  const setPresence = vi.spyOn(room, 'setPresence')
  const scope = { room, ui: createRoomUI({ tool: 'select', panel: null }) }
  const wrapper = ({ children }: { children: ReactNode }) => <RoomContext value={scope}>{children}</RoomContext>
  const hook = renderHook(({ value }) => useDraft('r', 'text', value), { wrapper, initialProps: { value: 'a' } })
  const type = (text: string) => act(() => hook.result.current.change(text))
  const written = () => edit.mock.calls.map(([writes]) => writes[0]?.[2])
  const bases = () => edit.mock.calls.map(([writes]) => writes[0]?.[3])
  const episodes = () => edit.mock.calls.map(([, options]) => options?.episode)
  return { hook, type, edit, written, bases, episodes, setPresence }
}

test('typing shows at once and is written once, after a rest', () => {
  const { hook, type, edit, written } = setup()
  type('ab')
  type('abc')
  expect(hook.result.current.draft).toBe('abc')
  expect(edit).not.toHaveBeenCalled()
  vi.advanceTimersByTime(250)
  expect(written()).toEqual(['abc'])
})

test('one stay in the field is one episode, the next stay another', () => {
  const { hook, type, episodes } = setup()
  type('ab')
  vi.advanceTimersByTime(250)
  type('abc')
  act(() => hook.result.current.leave())
  type('abcd')
  vi.advanceTimersByTime(250)
  const [first, second, third] = episodes()
  expect(first).toBe(second)
  expect(third).not.toBe(first)
})

test('a rest of 30 s ends the episode', () => {
  const { type, episodes } = setup()
  type('ab')
  vi.advanceTimersByTime(30_000)
  type('abc')
  vi.advanceTimersByTime(250)
  const [first, second] = episodes()
  expect(second).not.toBe(first)
})

test('leaving the field writes what is typed and ends the presence', () => {
  const { hook, type, written, setPresence } = setup()
  act(() => hook.result.current.focus())
  type('ab')
  act(() => hook.result.current.leave())
  expect(written()).toEqual(['ab'])
  expect(setPresence.mock.calls).toEqual([[{ editing: ['r', 'text'] }], [{ editing: null }]])
})

test('a field in which nothing was typed shows what others write', () => {
  const { hook } = setup()
  act(() => hook.result.current.focus())
  hook.rerender({ value: 'theirs' })
  expect(hook.result.current.draft).toBe('theirs')
})

test('from the first letter on the field shows its own text until it is left', () => {
  const { hook, type } = setup()
  type('ab')
  vi.advanceTimersByTime(250)
  hook.rerender({ value: 'ab and theirs' })
  expect(hook.result.current.draft).toBe('ab')
  act(() => hook.result.current.leave())
  expect(hook.result.current.draft).toBe('ab and theirs')
})

test('a rest of 30 s shows what others wrote, too', () => {
  const { hook, type, written } = setup()
  type('ab')
  hook.rerender({ value: 'theirs' })
  act(() => vi.advanceTimersByTime(29_999))
  expect(hook.result.current.draft).toBe('ab')
  act(() => vi.advanceTimersByTime(1))
  expect(hook.result.current.draft).toBe('theirs')
  expect(written()).toEqual(['ab'])
})

test('each write says which own text it started from, whatever others put in between', () => {
  const { hook, type, bases, written } = setup()
  hook.rerender({ value: 'a live' })
  type('a live b')
  vi.advanceTimersByTime(250)
  hook.rerender({ value: 'theirs a live b' })
  type('a live bc')
  vi.advanceTimersByTime(250)
  expect(written()).toEqual(['a live b', 'a live bc'])
  expect(bases()).toEqual(['a live', 'a live b'])
})

test('the next stay starts from what the field shows then', () => {
  const { hook, type, bases } = setup()
  type('ab')
  act(() => hook.result.current.leave())
  hook.rerender({ value: 'ab and theirs' })
  type('ab and theirs, too')
  act(() => hook.result.current.leave())
  expect(bases()).toEqual(['a', 'ab and theirs'])
})

test('typing there and back writes nothing', () => {
  const { hook, type, edit } = setup()
  type('ab')
  type('a')
  act(() => hook.result.current.leave())
  expect(edit).not.toHaveBeenCalled()
})

test('a field that goes away writes what was typed', () => {
  const { hook, type, written } = setup()
  type('last words')
  hook.unmount()
  expect(written()).toEqual(['last words'])
})
