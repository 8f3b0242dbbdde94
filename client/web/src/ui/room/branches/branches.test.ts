import { expect, test } from 'vitest'
import type { Branch, CanvasRecord, OverlayRecord } from '../../../store/api'
import { drawn } from '../canvas/geometry'
import { keptText, metText } from './divergenceText'
import { ghostsOf, haunted } from './ghosts'

const names = (id: string) => ({ b: 'Ben', c: 'Chidi' })[id] ?? 'Somebody'
const kinds = (id: string) => ({ p: 'prompt', q: 'prompt', n: 'note' })[id]

test.each([
  [{ applied: 12, kept: 2 }, '12 changes applied, 2 kept on'],
  [{ applied: 1, kept: 1 }, '1 change applied, 1 kept on'],
  [{ applied: 0, kept: 1 }, '1 change kept on'],
  [{ applied: 0, kept: 3 }, '3 changes kept on'],
])('%o reads %j', (divergence, said) => {
  expect(keptText(divergence)).toBe(said)
})

test.each([
  ['Ben changed the same prompt', [{ record: 'p', prop: 'prompt', user: 'b' }]],
  [
    'Ben changed the same prompts',
    [
      { record: 'p', prop: 'prompt', user: 'b' },
      { record: 'q', prop: 'prompt', user: 'b' },
    ],
  ],
  [
    'Ben and Chidi changed the same things',
    [
      { record: 'p', prop: 'prompt', user: 'b' },
      { record: 'p', prop: 'seed', user: 'c' },
    ],
  ],
  ['Ben deleted the note', [{ record: 'n', prop: 'deleted', theirs: true, user: 'b' }]],
  ['Ben wrote in the note that you deleted', [{ record: 'n', prop: 'deleted', mine: true, user: 'b' }]],
  ['Somebody changed the same seed', [{ record: 'gone', prop: 'seed' }]],
])('what met is said as %j', (said, cells) => {
  expect(metText(cells, kinds, names)).toBe(said)
})

const overlay = (id: string, cells: Record<string, unknown>, kind?: string): OverlayRecord => ({
  id,
  kind,
  cells: new Map(Object.entries(cells).map(([prop, value]) => [prop, { value, base: undefined }])),
})
const branch = (records: OverlayRecord[], more: Partial<Branch> = {}): Branch => ({
  id: 'b1',
  name: 'Fog',
  author: 'a',
  at: 0,
  fork: 1,
  diverged: false,
  merged: 0,
  archived: false,
  open: true,
  records: new Map(records.map((r) => [r.id, r])),
  ...more,
})
const main: ReadonlyMap<string, CanvasRecord> = new Map([
  ['n', { id: 'n', kind: 'note', props: { x: 0, y: 0, w: 200, h: 100 }, rev: 1 }],
])
const ghosts = (...branches: Branch[]) => ghostsOf(new Map(branches.map((b) => [b.id, b])), main, drawn)

test('what is only on a branch or elsewhere there has an outline', () => {
  const found = ghosts(branch([overlay('n', { x: 300 }), overlay('m', { x: 5, y: 6, w: 50, h: 40 }, 'note')]))
  expect(found).toEqual([
    { key: 'b1/n', branch: 'b1', record: 'n', name: 'Fog', fresh: false, x: 300, y: 0, w: 200, h: 100 },
    { key: 'b1/m', branch: 'b1', record: 'm', name: 'Fog', fresh: true, x: 5, y: 6, w: 50, h: 40 },
  ])
})

test('what a branch leaves in place, deletes, or does not draw has none, and no closed branch has any', () => {
  expect(
    ghosts(
      branch([
        overlay('n', { x: 2 }),
        overlay('e', { x: 9 }, 'edge'),
        overlay('d', { x: 9, deleted: true }, 'note'),
        overlay('lost', { x: 9 }),
      ]),
    ),
  ).toEqual([])
  expect(ghosts(branch([overlay('n', { x: 300 })], { open: false }))).toEqual([])
  expect(ghosts(branch([overlay('n', { text: 'a' })]))).toEqual([])
})

test('ghosts hang on few of main’s records', () => {
  const open = branch([overlay('n', { x: 300 }), overlay('t', { text: 'a' })])
  expect(haunted(new Map([['b1', open]]))).toEqual(['n'])
})
