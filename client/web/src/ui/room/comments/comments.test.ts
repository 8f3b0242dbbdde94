import { expect, test } from 'vitest'
import type { CanvasRecord } from '../../../store/api'
import { candidates, completed, mentioning, mentionsIn, partsOf } from './mentions'
import { callsFor, filtered, ThreadDeriver } from './threads'

const people = [
  { id: 'a', name: 'Ana' },
  { id: 't', name: 'Ana Torres' },
  { id: 'b', name: 'Ben' },
  { id: 'c', name: 'Chidi Okafor' },
]

// A bar stands for the caret.
test.each([
  ['@|', ''],
  ['look @be|', 'be'],
  ['look @Ana Tor| there', 'Ana Tor'],
  ['(@b|', 'b'],
  ['mail ana@studio|', undefined],
  ['@ |', undefined],
  ['@ben\nand |', undefined],
  ['no name|', undefined],
])('at %j the name that is typed is %j', (text, typed) => {
  expect(mentioning(text.replace('|', ''), text.indexOf('|'))?.typed).toBe(typed)
})

test('those whose name begins like it are offered first, then those with such a word', () => {
  expect(candidates(people, 'o').map((p) => p.id)).toEqual(['c'])
  expect(candidates(people, 'ANA').map((p) => p.id)).toEqual(['a', 't'])
  expect(candidates([{ id: 'x', name: 'Liv Ana' }, ...people], 'a').map((p) => p.id)).toEqual(['a', 't', 'x'])
  expect(candidates(people, 'zz')).toEqual([])
})

test('a chosen name takes the place of what was typed of it', () => {
  const typed = mentioning('see @be and', 7)
  expect(typed && completed('see @be and', typed, 'Ben')).toEqual({ text: 'see @Ben and', caret: 9 })
  const end = mentioning('@b', 2)
  expect(end && completed('@b', end, 'Ben')).toEqual({ text: '@Ben ', caret: 5 })
})

test('of names that begin alike the longest is meant, and a longer word is nobody', () => {
  expect(mentionsIn('@Ana Torres and @ana, @Benny @Ben! x@Chidi Okafor', people)).toEqual(['t', 'a', 'b'])
  expect(partsOf('hi @Ben.', people).map((part) => [part.text, part.person?.id])).toEqual([
    ['hi ', undefined],
    ['@Ben', 'b'],
    ['.', undefined],
  ])
})

const comment = (id: string, props: Record<string, unknown>): CanvasRecord => ({ id, kind: 'comment', props, rev: 1 })
const map = (...records: CanvasRecord[]) => new Map(records.map((r) => [r.id, r]))
const first = comment('1', { text: 'More fog?', author: 'a', at: 10, target: 'n', x: 4, y: 5 })
const answer = comment('2', { text: '@Ben yes', author: 'b', at: 30, thread: '1', mentions: ['a'] })
const other = comment('3', { text: 'Free', author: 'c', at: 20, resolved: true })
const note: CanvasRecord = { id: 'n', kind: 'note', props: { x: 1 }, rev: 1 }

test('answers hang on their first comment, threads come by their newest', () => {
  const threads = new ThreadDeriver().derive(map(other, answer, note, first))
  expect(threads.map((t) => [t.id, t.answers.map((a) => a.id), t.target, t.resolved])).toEqual([
    ['1', ['2'], 'n', false],
    ['3', [], '', true],
  ])
})

test('a comment that the server has not seen yet is the newest', () => {
  const own = comment('4', { text: 'own', thread: '3' })
  const [thread] = new ThreadDeriver().derive(
    map(first, answer, other, own, comment('5', { author: 'a', at: 90, thread: '3' })),
  )
  expect(thread?.answers.map((a) => a.id)).toEqual(['5', '4'])
})

test('answers stay when their first comment is gone', () => {
  const [thread] = new ThreadDeriver().derive(map(answer))
  expect(thread).toMatchObject({ id: '1', first: undefined, target: '' })
})

test('what changes elsewhere keeps the threads, a change of one keeps the others', () => {
  const deriver = new ThreadDeriver()
  const before = deriver.derive(map(first, answer, other, note))
  expect(deriver.derive(map(first, answer, other, { ...note, props: { x: 2 } }))).toBe(before)
  const after = deriver.derive(map(first, answer, comment('3', { ...other.props, resolved: false })))
  expect(after).not.toBe(before)
  expect(after[0]).toBe(before[0])
})

test('threads are filtered by what is open, resolved and mine', () => {
  const threads = new ThreadDeriver().derive(map(first, answer, other))
  const ids = (filter: 'open' | 'resolved' | 'mine', user: string) => filtered(threads, filter, user).map((t) => t.id)
  expect(ids('open', 'x')).toEqual(['1'])
  expect(ids('resolved', 'x')).toEqual(['3'])
  expect([ids('mine', 'a'), ids('mine', 'c'), ids('mine', 'x')]).toEqual([['1'], ['3'], []])
})

test('a call is unread when another wrote it after what was read', () => {
  const threads = new ThreadDeriver().derive(map(first, answer, other))
  expect(callsFor(threads, 'a', 20).map(({ comment: { id } }) => id)).toEqual(['2'])
  expect(callsFor(threads, 'a', 30)).toEqual([])
  expect(callsFor(threads, 'b', 0)).toEqual([])
})
