import { expect, test } from 'vitest'
import { job } from '../testing/jobs'
import { amountText, inText, jobWords, lengthText, stateText, workText } from './wording'

test.each([
  [{ state: 'queued', expected_start: 31_000 } as const, 1, 'Next · starts in 30 s'],
  [{ state: 'queued' } as const, 4, 'Place 4'],
  [{ state: 'delayed', resume_at: 181_000 } as const, 0, 'Tries again in 3 min'],
  [{ state: 'waiting', step: 1, from: [0] } as const, 0, 'Waits for the step before'],
  [{ state: 'waiting', step: 2, from: [0] } as const, 0, 'Waits for step 1'],
  [{ state: 'waiting', step: 2, from: [0, 1] } as const, 0, 'Waits for steps 1 and 2'],
  [{ state: 'waiting', step: 1, from: [-1, 0] } as const, 0, 'Waits for the step before'],
  [{ state: 'awaiting_approval' } as const, 0, 'Waits for an owner to approve'],
  [{ state: 'leased', worker: 'attic' } as const, 0, 'Starting at attic'],
  [{ state: 'running', attempt: 2, worker: 'built-in' } as const, 0, 'Running, attempt 2'],
  [{ state: 'running', worker: 'attic' } as const, 0, 'Running at attic'],
  [{ state: 'succeeded', started_at: 0, ended_at: 0 } as const, 0, 'Done'],
  [{ state: 'succeeded', started_at: 1000, ended_at: 3400 } as const, 0, 'Done in 2.4 s'],
])('a job that is %o in place %i says %j', (more, place, said) => {
  expect(stateText(job('j', { ...more, from: 'from' in more ? [...more.from] : undefined }), 1000, place)).toBe(said)
})

test.each([
  [-5000, 'now'],
  [30_000, 'in 30 s'],
  [600_000, 'in 10 min'],
  [9_000_000, 'in 2.5 h'],
])('%i ms from now is %s', (ms, said) => {
  expect(inText(ms)).toBe(said)
})

test.each([
  [{ kind: 'image' }, 'Picture'],
  [{ kind: 'image', transform: 'variation' }, 'Variation'],
  [{ kind: 'video', transform: 'animate' }, 'Film'],
  [{ kind: 'image', transform: 'style-transfer' }, 'Style transfer'],
])('%o is called %s', (request, said) => {
  expect(workText(request)).toBe(said)
})

test('how many, or over which values', () => {
  expect(amountText({ count: 4 })).toBe('×4')
  expect(amountText({ count: 1 })).toBe('')
  expect(amountText({ sweep: { param: 'strength', values: [0.2, 0.5] } })).toBe('strength 0.2, 0.5')
})

test('a job without words is called by what it makes', () => {
  expect(jobWords({ prompt: ' ', kind: 'text', transform: 'describe' })).toBe('Description')
})

test('lengths are told in minutes and seconds', () => {
  expect([lengthText(7), lengthText(750), lengthText(Number.NaN)]).toEqual(['0:07', '12:30', '0:00'])
})
