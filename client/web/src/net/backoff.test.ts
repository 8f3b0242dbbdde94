import { expect, test } from 'vitest'
import { Backoff } from './backoff'

/** The pauses when chance always gives the longest. */
function ceilings(backoff: Backoff, tries: number): number[] {
  return Array.from({ length: tries }, () => backoff.next())
}

test('the first tries come within a second, later ones double up to ten', () => {
  expect(ceilings(new Backoff(() => 1), 10)).toEqual([1000, 1000, 1000, 1000, 1000, 2000, 4000, 8000, 10_000, 10_000])
})

test('a healthy connection makes the next tries quick again', () => {
  const backoff = new Backoff(() => 1)
  ceilings(backoff, 9)
  backoff.succeeded()
  expect(ceilings(backoff, 2)).toEqual([1000, 1000])
})

test('the jitter is over the whole range, on top of what the server asks for', () => {
  const chances = [0, 0.5]
  const backoff = new Backoff(() => chances.shift() ?? 0)
  expect([backoff.next(), backoff.next(1500)]).toEqual([0, 2000])
})
