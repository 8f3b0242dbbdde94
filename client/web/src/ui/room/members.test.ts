import { expect, test } from 'vitest'
import type { Member } from '../../protocol/types'
import { peersByRecord } from './context'
import { initials, sortedMembers } from './members'

const member = (m: number, more: Partial<Member> = {}): Member => ({
  m,
  session: `s${m}`,
  user: `u${m}`,
  name: `N${m}`,
  colour: '#333333',
  role: 'editor',
  state: {},
  ...more,
})
const map = (...list: Member[]) => new Map(list.map((m) => [m.m, m]))

test('oneself comes first and bots last', () => {
  const members = map(member(1, { bot: true }), member(2), member(3))
  expect(sortedMembers(members, 3).map((m) => m.m)).toEqual([3, 2, 1])
})

test.each([
  ['Ana', 'A'],
  ['ana maria lopez', 'AL'],
  ['  ', ''],
  ['😀 x', '😀X'],
])('the initials of %j are %j', (name, letters) => {
  expect(initials(name)).toBe(letters)
})

test('whoever writes in a record is not listed a second time for selecting it', () => {
  const members = map(
    member(1),
    member(2, { state: { selection: ['a', 'b'], editing: ['a', 'text'] } }),
    member(3, { state: { selection: ['a'] } }),
    member(4, { state: { selection: 'nonsense', editing: 5 } }),
  )
  const peers = peersByRecord(members, 1)
  expect(peers.get('a')?.map((p) => [p.member.m, p.editing])).toEqual([
    [2, true],
    [3, false],
  ])
  expect(peers.get('b')?.map((p) => p.member.m)).toEqual([2])
})

test('oneself is nobody else', () => {
  expect(peersByRecord(map(member(1, { state: { selection: ['a'] } })), 1).size).toBe(0)
})
