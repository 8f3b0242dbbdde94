import { expect, test } from 'vitest'
import { carried } from './caret'

// A bar stands for the caret.
test.each([
  ['fog| over water', 'grey fog over water', 'grey fog| over water'],
  ['fog over |water', 'fog over deep water', 'fog over |deep water'],
  ['fog over w|ater', 'fog over deep water', 'fog over deep w|ater'],
  ['fog| over water', 'fog over water, dawn', 'fog| over water, dawn'],
  ['fog over| water', 'fog water', 'fog |water'],
  ['abc|', 'x', 'x|'],
  ['aa|a', 'aaa', 'aa|a'],
])('%j that becomes %j leaves the caret at %j', (before, after, expected) => {
  const at = before.indexOf('|')
  const now = carried(at, before.replace('|', ''), after)
  expect(`${after.slice(0, now)}|${after.slice(now)}`).toBe(expected)
})
