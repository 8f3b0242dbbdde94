import { expect, test } from 'vitest'
import { job, jobsOf } from '../testing/jobs'
import { type Entry, filtered, nextOf, queueOf } from './grouping'

const keys = (entries: readonly Entry[]) => entries.map(({ key }) => key)

test('the queue is shown as it will run: what runs, what waits by place, what ended newest first', () => {
  const queue = queueOf(
    jobsOf(
      job('w2', { created_at: 12 }),
      job('late', { state: 'delayed' }),
      job('w1', { created_at: 9 }),
      job('w0', { created_at: 15, priority: 1 }),
      job('r', { state: 'running' }),
      job('d1', { state: 'succeeded', ended_at: 10 }),
      job('d2', { state: 'failed', ended_at: 20 }),
    ),
  )
  expect(keys(queue.running)).toEqual(['r'])
  expect(keys(queue.waiting)).toEqual(['w0', 'w1', 'w2', 'late'])
  expect(keys(queue.done)).toEqual(['d2', 'd1'])
})

test('the server’s places come before what the page would guess', () => {
  const queue = queueOf(
    jobsOf(
      job('new', { created_at: 1 }),
      job('second', { position: 2, created_at: 2 }),
      job('first', { position: 1, created_at: 3 }),
    ),
  )
  expect(keys(queue.waiting)).toEqual(['first', 'second', 'new'])
})

const step = (n: number, state: 'succeeded' | 'running' | 'waiting' | 'queued' | 'failed' | 'cancelled') =>
  job(n === 0 ? 'c' : `c${n}`, { chain: 'c', step: n, steps: 3, state })

test('the steps of a chain are one row, in their order', () => {
  const queue = queueOf(
    jobsOf(step(2, 'waiting'), step(0, 'succeeded'), job('x', { state: 'running' }), step(1, 'running')),
  )
  expect(keys(queue.running)).toEqual(['c', 'x'])
  expect(queue.running[0]?.jobs.map(({ id }) => id)).toEqual(['c', 'c1', 'c2'])
  expect(queue.waiting).toEqual([])
})

test('a chain waits between two of its steps, and is done when nothing of it will come', () => {
  const between = queueOf(jobsOf(step(0, 'succeeded'), step(1, 'queued'), step(2, 'waiting')))
  expect(keys(between.waiting)).toEqual(['c'])
  expect(between.waiting[0] && nextOf(between.waiting[0]).id).toBe('c1')
  const broken = queueOf(jobsOf(step(0, 'succeeded'), step(1, 'failed'), step(2, 'cancelled')))
  expect(keys(broken.done)).toEqual(['c'])
})

test('filters leave one’s own, or what asks for somebody', () => {
  const queue = queueOf(
    jobsOf(
      job('mine', {}),
      job('theirs', { user: 'v', state: 'awaiting_approval' }),
      job('broken', { user: 'v', state: 'failed' }),
    ),
  )
  const mine = filtered(queue, 'mine', 'u')
  expect([keys(mine.waiting), keys(mine.done)]).toEqual([['mine'], []])
  const attention = filtered(queue, 'attention', 'u')
  expect([keys(attention.waiting), keys(attention.done)]).toEqual([['theirs'], ['broken']])
})
