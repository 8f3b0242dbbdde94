import { expect, test } from 'vitest'
import { job, jobsOf } from '../testing/jobs'
import { queueOf } from './grouping'
import { before, indexAt, linesOf, movedTo, reordered } from './reorder'

const waiting = queueOf(
  jobsOf(
    job('a', { position: 1 }),
    job('x', { position: 2, user: 'v' }),
    job('b', { position: 3 }),
    job('y', { position: 4, user: 'v' }),
    job('c', { position: 5 }),
    job('later', { state: 'delayed' }),
    job('asked', { state: 'awaiting_approval' }),
  ),
).waiting
const shown = (wanted: string[]) => reordered(waiting, wanted).map(({ key }) => key)
const lines = (...users: string[]) => linesOf(waiting, (user) => users.includes(user)).map(({ ids }) => ids)

test('only what is queued can be moved, among its requester’s', () => {
  expect(lines('u')).toEqual([['a', 'b', 'c']])
  expect(lines('u', 'v')).toEqual([
    ['a', 'b', 'c'],
    ['x', 'y'],
  ])
  expect(lines()).toEqual([])
})

test('a job goes to an index among the others, and stands before the one there', () => {
  expect(movedTo(['a', 'b', 'c'], 'c', 0)).toEqual(['c', 'a', 'b'])
  expect(movedTo(['a', 'b', 'c'], 'a', 1)).toEqual(['b', 'a', 'c'])
  expect(movedTo(['a', 'b', 'c'], 'a', 9)).toEqual(['b', 'c', 'a'])
  expect(movedTo(['a', 'b', 'c'], 'b', -1)).toEqual(['b', 'a', 'c'])
  expect(before(['c', 'a', 'b'], 'c')).toBe('a')
  expect(before(['b', 'c', 'a'], 'a')).toBeUndefined()
})

test('a line changes among its own places; nobody else moves', () => {
  expect(shown(['c', 'a', 'b'])).toEqual(['c', 'x', 'a', 'y', 'b', 'later', 'asked'])
})

test('an order of other jobs than those that wait is nobody’s wish any more', () => {
  expect(reordered(waiting, ['b', 'a', 'gone'])).toBe(waiting)
  expect(reordered(waiting, undefined)).toBe(waiting)
})

test('what is let go lands behind all whose middle is above', () => {
  expect([10, 35, 36, 200].map((y) => indexAt([20, 35, 60], y))).toEqual([0, 1, 2, 3])
})
