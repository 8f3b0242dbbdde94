import { expect, test } from 'vitest'
import type { Job } from '../../../protocol/types'
import { inText, queueOf, stateText } from './queue'

const job = (id: string, more: Partial<Job>): Job => ({
  id,
  kind: 'image',
  prompt: 'p',
  room: 'r',
  seq: 1,
  user: 'u',
  user_name: 'Ana',
  state: 'queued',
  attempt: 1,
  max_attempts: 3,
  created_at: 0,
  ...more,
})
const map = (...jobs: Job[]) => new Map(jobs.map((j) => [j.id, j]))
const ids = (jobs: Job[]) => jobs.map((j) => j.id)

test('the queue is shown as it will run: what runs, what waits by place, what ended newest first', () => {
  const queue = queueOf(
    map(
      job('w2', { created_at: 12 }),
      job('late', { state: 'delayed' }),
      job('w1', { created_at: 9 }),
      job('w0', { created_at: 15, priority: 1 }),
      job('r', { state: 'running' }),
      job('d1', { state: 'succeeded', ended_at: 10 }),
      job('d2', { state: 'failed', ended_at: 20 }),
    ),
  )
  expect(ids(queue.running)).toEqual(['r'])
  expect(ids(queue.waiting)).toEqual(['w0', 'w1', 'w2', 'late'])
  expect(ids(queue.done)).toEqual(['d2', 'd1'])
})

test('the server’s places come before what the page would guess', () => {
  const queue = queueOf(
    map(
      job('new', { created_at: 1 }),
      job('second', { position: 2, created_at: 2 }),
      job('first', { position: 1, created_at: 3 }),
    ),
  )
  expect(ids(queue.waiting)).toEqual(['first', 'second', 'new'])
})

test.each([
  [{ state: 'queued', expected_start: 31_000 } as const, 1, 'Next · starts in 30 s'],
  [{ state: 'queued' } as const, 4, 'Place 4'],
  [{ state: 'delayed', resume_at: 181_000 } as const, 0, 'Tries again in 3 min'],
  [{ state: 'running', attempt: 2 } as const, 0, 'Running, attempt 2'],
  [{ state: 'succeeded', started_at: 0, ended_at: 0 } as const, 0, 'Done'],
  [{ state: 'succeeded', started_at: 1000, ended_at: 3400 } as const, 0, 'Done in 2.4 s'],
])('a job that is %o in place %i says %j', (more, place, said) => {
  expect(stateText(job('j', more), 1000, place)).toBe(said)
})

test('a start that is overdue is now', () => {
  expect(inText(-5000)).toBe('now')
})
