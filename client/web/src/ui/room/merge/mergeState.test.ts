import { expect, test } from 'vitest'
import type { DiffProp, RoomDiff } from '../../../store/versioning'
import {
  asking,
  cherries,
  counts,
  mergeState,
  renewed,
  resolutions,
  unanswered,
  withChoice,
  withChoiceForAll,
  withConflicts,
  withLeft,
} from './mergeState'

const diff = (records: Record<string, [kind: string, ...props: DiffProp[]]>): RoomDiff => ({
  a: { branch: '', rev: 9 },
  b: { branch: 'b', rev: 9 },
  records: Object.entries(records).map(([record, [kind, ...props]]) => ({ record, kind, props })),
})
const fates = (kind: string, ...props: DiffProp[]) =>
  mergeState(diff({ r: [kind, ...props] })).records.flatMap(({ cells }) => cells.map((cell) => cell.fate))

test.each<[string, string, DiffProp, string[]]>([
  ['the branch alone changed it', 'prompt', { prop: 'seed', base: 1, a: 1, b: 2 }, ['applies']],
  ['it is new on the branch', 'note', { prop: 'kind', b: 'note' }, ['applies']],
  ['main alone changed it', 'prompt', { prop: 'seed', base: 1, a: 2, b: 1 }, ['stays']],
  ['both did the same', 'prompt', { prop: 'seed', base: 1, a: 2, b: 2 }, []],
  ['both moved it', 'note', { prop: 'x', base: 1, a: 2, b: 3 }, ['applies']],
  ['both wrote in a note', 'note', { prop: 'text', base: 'a', a: 'b', b: 'c' }, ['joins']],
  ['both wrote in a prompt', 'prompt', { prop: 'prompt', base: 'a', a: 'b', b: 'c' }, ['joins']],
  ['both chose a seed', 'prompt', { prop: 'seed', base: 1, a: 2, b: 3 }, ['asks']],
  ['both made a picture', 'image', { prop: 'asset', base: 'a', a: 'b', b: 'c' }, ['asks']],
  ['a bot’s own prop', 'x-graph', { prop: 'axis', base: 1, a: 2, b: 3 }, ['applies']],
])('when %s its fate is told before anything is merged', (_, kind, prop, expected) => {
  expect(fates(kind, prop)).toEqual(expected)
})

test('what was written into a record that main deleted asks, what was only moved does not', () => {
  const deleted = { prop: 'deleted', a: true }
  expect(
    fates('note', deleted, { prop: 'text', base: 'a', a: 'a', b: 'b' }, { prop: 'x', base: 1, a: 1, b: 2 }),
  ).toEqual(['stays', 'asks', 'applies'])
})

const two = () =>
  mergeState(
    diff({
      p: ['prompt', { prop: 'seed', base: 1, a: 2, b: 3 }, { prop: 'model', base: 'x', a: 'y', b: 'z' }],
      i: ['image', { prop: 'asset', base: 'a', a: 'b', b: 'c' }, { prop: 'thumb', base: 'a', a: 'a', b: 'c' }],
    }),
  )

test('every cell that asks needs a word before the merge', () => {
  let state = two()
  expect(unanswered(state)).toBe(3)
  state = withChoice(state, 'p', 'seed', 'main')
  expect(unanswered(state)).toBe(2)
  state = withChoiceForAll(state, 'branch', 'p')
  state = withChoiceForAll(state, 'main', 'i')
  expect(unanswered(state)).toBe(0)
  expect(resolutions(state)).toEqual([
    ['p', 'seed', 'branch'],
    ['p', 'model', 'branch'],
    ['i', 'asset', 'main'],
  ])
})

test('both is a word about the whole record, and so is another one after it', () => {
  let state = withChoice(withChoice(two(), 'p', 'model', 'main'), 'p', 'seed', 'both')
  expect(resolutions(state)).toEqual([
    ['p', 'seed', 'both'],
    ['p', 'model', 'both'],
  ])
  state = withChoice(state, 'p', 'seed', 'main')
  expect(resolutions(state)).toEqual([['p', 'seed', 'main']])
})

test('a record that is left on the branch asks nothing and is not merged', () => {
  const state = withLeft(withChoiceForAll(two(), 'branch'), 'p', true)
  expect(cherries(state)).toEqual(['i'])
  expect(asking(state)).toHaveLength(1)
  expect(resolutions(state)).toEqual([['i', 'asset', 'branch']])
  expect(cherries(withLeft(state, 'p', false))).toBeUndefined()
})

test('what the server asks on top becomes a question, also of records that the page did not know of', () => {
  const state = withConflicts(mergeState(diff({ n: ['note', { prop: 'text', base: 'a', a: 'b', b: 'c' }] })), [
    { record: 'n', prop: 'text', base: 'a', theirs: 'b2', mine: 'c' },
    { record: 'n', prop: 'deleted', mine: true },
    { record: 'm', prop: 'deleted', theirs: true },
  ])
  expect(state.records.map(({ id, cells }) => [id, ...cells.map((cell) => [cell.prop, cell.fate, cell.main])])).toEqual(
    [
      ['n', ['text', 'asks', 'b2'], ['deleted', 'asks', undefined]],
      ['m', ['deleted', 'asks', true]],
    ],
  )
})

test('newer values keep what was chosen', () => {
  const state = renewed(
    withChoice(two(), 'i', 'asset', 'main'),
    diff({ i: ['image', { prop: 'asset', base: 'a', a: 'd', b: 'c' }] }),
  )
  expect(unanswered(state)).toBe(0)
  expect(asking(state)[0]?.main).toBe('d')
})

test('what the server asked about is asked still when main goes on, and no more when it is settled', () => {
  const texts = (a: string) => diff({ n: ['note', { prop: 'text', base: 'a', a, b: 'c' }] })
  const state = withConflicts(mergeState(texts('b')), [
    { record: 'n', prop: 'text', base: 'a', theirs: 'b', mine: 'c' },
  ])
  expect(asking(renewed(state, texts('b2'))).map((cell) => cell.main)).toEqual(['b2'])
  expect(asking(renewed(state, texts('c')))).toEqual([])
})

test('the counts leave out what nobody reads', () => {
  expect(counts(two())).toEqual({ applies: 0, stays: 0, joins: 0, asks: 3 })
})
