import { expect, test } from 'vitest'
import { placeOf } from './router'

test.each([
  ['/', '', { name: 'rooms' }],
  ['/room/r_1-a', '', { name: 'room', id: 'r_1-a' }],
  ['/room/r1/', '', { name: 'room', id: 'r1' }],
  ['/shared/a_B-9', '', { name: 'shared', token: 'a_B-9' }],
  ['/shared/a/b', '', { name: 'rooms' }],
  ['/room/../etc', '', { name: 'rooms' }],
  ['/join', '#tok', { name: 'join', token: 'tok' }],
  ['/join', '', { name: 'join', token: '' }],
  ['/nowhere', '#x', { name: 'rooms' }],
])('%s%s leads to its place', (path, hash, place) => {
  expect(placeOf(path, hash)).toEqual(place)
})
