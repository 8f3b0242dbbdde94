import { expect, test } from 'vitest'
import type { Version } from '../../../store/api'
import type { HistoryChange, HistoryWrite } from '../../../store/versioning'
import { kindTitle } from '../describe/cells'
import { grouped, joined, sittingRest, withNewer } from './grouping'
import { LatestRequest } from './latest'
import { entryText, type Names } from './wording'

const write = (record: string, prop: string, before: unknown, after: unknown, kind = 'note'): HistoryWrite => ({
  branch: '',
  record,
  kind,
  prop,
  before,
  after,
})
const change = (rev: number, user: string, more: Partial<HistoryChange> = {}): HistoryChange => ({
  rev,
  id: `c${rev}`,
  branch: '',
  session: `s-${user}`,
  user,
  user_name: user.toUpperCase(),
  at: rev * 60_000,
  writes: [write('n', 'colour', rev - 1, rev)],
  ...more,
})
const version = (name: string, rev: number): Version => ({ id: name, name, rev, author: 'a', at: 0 })
const read = (changes: HistoryChange[], versions: Version[] = []) =>
  grouped(changes, versions).map((item) =>
    'version' in item
      ? item.version.name
      : `${item.sitting.name}: ${item.sitting.entries.map((e) => e.changes.map((c) => c.rev).join('+')).join(' ')}`,
  )

test('who works at the same time has one sitting each, the one with the newest change first', () => {
  const changes = [change(5, 'ben'), change(4, 'ana'), change(3, 'ben'), change(2, 'ana'), change(1, 'ana')]
  expect(read(changes)).toEqual(['BEN: 5 3', 'ANA: 4 2 1'])
})

test('a rest of more than 30 minutes begins a new sitting', () => {
  const rested = change(2, 'ana', { at: 60_000 + sittingRest + 1 })
  expect(read([rested, change(1, 'ana')])).toEqual(['ANA: 2', 'ANA: 1'])
  expect(read([{ ...rested, at: 60_000 + sittingRest }, change(1, 'ana')])).toEqual(['ANA: 2 1'])
})

test('a version stands above the newest change that it has, and parts a sitting', () => {
  const changes = [change(4, 'ana'), change(3, 'ana'), change(1, 'ana')]
  expect(read(changes, [version('v1', 1), version('v3', 3)])).toEqual(['ANA: 4', 'v3', 'ANA: 3', 'v1', 'ANA: 1'])
  expect(read(changes, [version('v2', 2)])).toEqual(['ANA: 4 3', 'v2', 'ANA: 1'])
  expect(read(changes, [version('now', 9)])).toEqual(['now', 'ANA: 4 3 1'])
})

test('changes of a gesture or an episode are one entry, another session’s and branch’s are not', () => {
  const typed = (rev: number, more: Partial<HistoryChange> = {}) => change(rev, 'ana', { episode: 'e', ...more })
  expect(read([typed(3), typed(2), change(1, 'ana')])).toEqual(['ANA: 3+2 1'])
  expect(read([typed(3), typed(2, { session: 'other' })])).toEqual(['ANA: 3 2'])
  expect(read([typed(3, { branch: 'b' }), typed(2)])).toEqual(['ANA: 3 2'])
  expect(read([typed(3, { undo: 'c2' }), typed(2)])).toEqual(['ANA: 3 2'])
})

test('an entry has what its cells were before and after it; what went there and back is none', () => {
  const typed = [
    change(3, 'ana', { writes: [write('n', 'text', 'ab', 'abc')] }),
    change(2, 'ana', { writes: [write('n', 'text', 'a', 'ab'), write('n', 'x', 1, 2)] }),
    change(1, 'ana', { writes: [write('n', 'x', 2, 1)] }),
  ]
  expect(joined(typed).map(({ prop, before, after }) => [prop, before, after])).toEqual([['text', 'a', 'abc']])
})

test('newer changes come before those that are there, once', () => {
  const known = [change(2, 'ana'), change(1, 'ana')]
  expect(withNewer(known, [change(3, 'ben'), change(2, 'ana')]).map((c) => c.rev)).toEqual([3, 2, 1])
  expect(withNewer([], known)).toEqual(known)
})

const names: Names = { record: (id, kind) => `${kindTitle(kind)} “${id}”`, branch: (id) => `[${id}]` }
const said = (more: Partial<HistoryChange>) => {
  const [item] = grouped([change(1, 'ana', more)], [])
  const entry = item && 'sitting' in item ? item.sitting.entries[0] : undefined
  return entry ? entryText(entry, names) : undefined
}

test.each<[string, Partial<HistoryChange>]>([
  ['Made note “n”', { writes: [write('n', 'kind', null, 'note'), write('n', 'x', null, 4)] }],
  ['Changed text of note “n”', { writes: [write('n', 'text', 'a', 'b')] }],
  ['Changed text of note “n” on [b1]', { branch: 'b1', writes: [write('n', 'text', 'a', 'b')] }],
  ['Changed prompt “p”', { writes: [write('p', 'prompt', 'a', 'b', 'prompt')] }],
  ['Changed picture “i”', { writes: [write('i', 'asset', 'a', 'b', 'image')] }],
  ['Moved 2 notes', { writes: [write('n', 'x', 1, 2), write('m', 'y', 1, 2)] }],
  ['Moved 2 records', { writes: [write('n', 'x', 1, 2), write('p', 'y', 1, 2, 'prompt')] }],
  ['Resized note “n”', { writes: [write('n', 'x', 1, 2), write('n', 'w', 1, 2)] }],
  ['Deleted note “n”', { writes: [write('n', 'deleted', null, true), write('e', 'deleted', null, true, 'edge')] }],
  [
    'Changed seed, model and 1 more of prompt “p”',
    {
      writes: ['seed', 'model', 'provider'].map((prop) => write('p', prop, 1, 2, 'prompt')),
    },
  ],
  ['Moved note “n” and changed text of note “m”', { writes: [write('n', 'x', 1, 2), write('m', 'text', 'a', 'b')] }],
  ['Merged [b1]', { merged: 'b1', writes: [] }],
  [
    'Restored 2 records from revision 7',
    {
      restored: 7,
      writes: [write('n', 'text', 'a', 'b'), write('m', 'text', 'a', 'b')],
    },
  ],
  ['Took back: Brought back note “n”', { undo: 'c0', writes: [write('n', 'deleted', true, null)] }],
  [
    'Made the branch Fog',
    {
      writes: [write('b', 'kind', null, 'branch', 'branch'), write('b', 'name', null, 'Fog', 'branch')],
    },
  ],
  [
    'Changed prompt “p”, kept on [b1]',
    {
      branch: 'b1',
      writes: [write('p', 'prompt', 'a', 'b', 'prompt'), write('b1', 'kind', null, 'branch', 'branch')],
    },
  ],
  ['Resolved a thread', { writes: [write('c', 'resolved', null, true, 'comment')] }],
  [
    'Named this moment v1',
    {
      writes: [write('v', 'kind', null, 'version', 'version'), write('v', 'name', null, 'v1', 'version')],
    },
  ],
])('says %j', (words, more) => {
  expect(said(more)).toBe(words)
})

test('of requests that wait the newest is run, one at a time', async () => {
  const ran: number[] = []
  const ends: (() => void)[] = []
  const requests = new LatestRequest<number>(
    (n) => {
      ran.push(n)
      return new Promise((resolve) => ends.push(resolve))
    },
    () => {},
  )
  for (const n of [1, 2, 3]) requests.ask(n)
  expect(ran).toEqual([1])
  ends[0]?.()
  await expect.poll(() => ran).toEqual([1, 3])
  requests.ask(4)
  requests.forget()
  ends[1]?.()
  await Promise.resolve()
  requests.ask(5)
  await expect.poll(() => ran).toEqual([1, 3, 5])
})

test('a request that fails is told of and does not hold up the next', async () => {
  const faults: unknown[] = []
  const ran: number[] = []
  const requests = new LatestRequest<number>(
    async (n) => {
      ran.push(n)
      if (n === 1) throw new Error('gone')
    },
    (error) => faults.push(error),
  )
  requests.ask(1)
  requests.ask(2)
  await expect.poll(() => ran).toEqual([1, 2])
  expect(faults).toHaveLength(1)
})
