import { describe, expect, test } from 'vitest'
import type { Change, Committed, StoredWrite, WireRecord, Write } from '../protocol/types'
import { PendingChanges } from './pending'
import { Replica } from './replica'
import { View } from './view'

/** A canvas with a branch `b`, and views of it. */
function canvas(main: WireRecord[], cells: Write[] = []) {
  const replica = new Replica()
  replica.load(main)
  replica.loadOverlay('b', cells)
  const pending = new PendingChanges()
  const view = new View()
  const look = (branch: string) => {
    const ids = [...replica.records.keys(), ...replica.overlay('b').keys(), ...view.ids()]
    const own = pending.changes.flatMap(({ writes }) => writes.map((w) => w[0]))
    view.refresh(new Set([...ids, ...own]), branch, replica, pending)
    return Object.fromEntries([...view.records].map(([id, { props }]) => [id, props]))
  }
  let rev = 0
  const commit = (branch: string, writes: StoredWrite[]) => {
    const change: Committed = { rev: ++rev, branch, session: 's', user: 'u', at: 0, id: `c${rev}`, writes, also: [] }
    expect(replica.apply(change)).toBe('applied')
  }
  const push = (change: Omit<Change, 'base'>) => pending.push({ base: rev, ...change })
  return { replica, pending, view, look, commit, push }
}

const note = (id: string, props: Record<string, unknown> = {}): WireRecord => ({ id, kind: 'note', props })
const frame = (id: string, props: Record<string, unknown> = {}): WireRecord => ({ id, kind: 'frame', props })
const edge = (id: string, from: string, to: string): WireRecord => ({ id, kind: 'edge', props: { from, to } })

describe('cells of a branch', () => {
  test('begin with a base, are written on without one, and go where one is taken off', () => {
    const { replica, commit, look } = canvas([note('n', { text: 'a', x: 1 })])
    commit('b', [
      ['n', 'text', 'b', 'a'],
      ['n', 'x', 2, 1],
    ])
    commit('b', [['n', 'text', 'bb']])
    expect(replica.overlay('b').get('n')?.cells.get('text')).toEqual({ value: 'bb', base: 'a' })
    expect(look('b')).toEqual({ n: { text: 'bb', x: 2 } })
    commit('b', [['n', 'text']])
    expect(look('b')).toEqual({ n: { text: 'a', x: 2 } })
    commit('b', [['n', 'x']])
    expect(replica.overlay('b').size).toBe(0)
  })

  test('may be nothing where main has something', () => {
    const { look } = canvas([note('n', { text: 'a', x: 1 })], [['n', 'x', null, 1]])
    expect(look('b')).toEqual({ n: { text: 'a' } })
    expect(look('')).toEqual({ n: { text: 'a', x: 1 } })
  })

  test('make records that main does not have', () => {
    const cells: Write[] = [
      ['m', 'kind', 'note', null],
      ['m', 'text', 'new', null],
    ]
    const { look } = canvas([], cells)
    expect(look('b')).toEqual({ m: { text: 'new' } })
    expect(look('')).toEqual({})
  })

  test('delete there only', () => {
    const { look } = canvas([note('n')], [['n', 'deleted', true, null]])
    expect(look('b')).toEqual({})
    expect(look('')).toEqual({ n: {} })
  })

  test('of what main has deleted stay hidden', () => {
    const { look, commit } = canvas([note('n', { text: 'a' })], [['n', 'text', 'b', 'a']])
    commit('', [['n', 'deleted', true]])
    expect(look('b')).toEqual({})
  })
})

describe('what is pending', () => {
  test('shows on its own branch', () => {
    const { look, push } = canvas([note('n', { x: 1 })])
    push({ id: 'p1', branch: 'b', writes: [['n', 'x', 2]] })
    push({ id: 'p2', writes: [['n', 'x', 3]] })
    expect(look('b')).toEqual({ n: { x: 2 } })
    expect(look('')).toEqual({ n: { x: 3 } })
  })

  test('of records above branches shows everywhere', () => {
    const { look, push } = canvas([{ id: 'c', kind: 'comment', props: { text: 'a' } }])
    push({ id: 'p1', writes: [['c', 'text', 'b']] })
    push({ id: 'p2', writes: [['d', 'kind', 'comment']] })
    expect(look('b')).toEqual({ c: { text: 'b' }, d: {} })
  })

  test('as an undo shows where what it takes back stands', () => {
    const { look, push } = canvas([note('n', { x: 2, y: 3 })])
    push({
      id: 'p1',
      undo: 'c',
      writes: [
        ['n', 'x', 1, 2],
        ['n', 'y', 1, 2],
      ],
    })
    expect(look('')).toEqual({ n: { x: 1, y: 3 } })
  })
})

describe('repairs', () => {
  test("let main's parent win a cycle", () => {
    const main = [frame('f', { parent: 'top' }), frame('g', { parent: 'f' }), frame('top')]
    const { look } = canvas(main, [['f', 'parent', 'g', 'top']])
    expect(look('b')).toEqual({ f: { parent: 'top' }, g: { parent: 'f' }, top: {} })
  })

  test('take the parent away that main has none of', () => {
    const { look, commit } = canvas([frame('f'), frame('g')], [['f', 'parent', 'g', null]])
    expect(look('b')).toEqual({ f: { parent: 'g' }, g: {} })
    commit('', [['g', 'parent', 'f']])
    expect(look('b')).toEqual({ f: {}, g: { parent: 'f' } })
  })

  test('break a cycle of two in one place only, the same for everybody', () => {
    const cells: Write[] = [
      ['g', 'parent', 'f', null],
      ['f', 'parent', 'g', null],
    ]
    const { look } = canvas([frame('f'), frame('g')], cells)
    expect(look('b')).toEqual({ f: {}, g: { parent: 'f' } })
  })

  test('hide edges whose ends are not there, and show them again', () => {
    const { look, commit } = canvas([note('n'), note('m'), edge('e', 'n', 'm')], [['m', 'deleted', true, null]])
    expect(Object.keys(look('b'))).toEqual(['n'])
    expect(Object.keys(look('')).sort()).toEqual(['e', 'm', 'n'])
    commit('b', [['m', 'deleted', null]])
    expect(Object.keys(look('b')).sort()).toEqual(['e', 'm', 'n'])
  })

  test('change nothing of what they are not about', () => {
    const { look, view, commit } = canvas([note('n'), edge('e', 'n', 'gone')], [['n', 'x', 1, null]])
    look('b')
    const before = view.records
    commit('', [['other', 'x', 5]])
    look('b')
    expect(view.records).toBe(before)
  })
})
