import { expect, test } from 'vitest'
import type { LineageEdge, LineageNode } from '../../app/services'
import { originText, standText } from './describe'
import { cardHeight, layOut, neighbour } from './layout'
import { percentages, shareText } from './shares'

const node = (asset: string, depth: number): LineageNode => ({ asset, depth, kind: 'image' })
const edge = (from: string, to: string): LineageEdge => ({ from, to, weight: 1, share: 1 })

// Two ways lead to `it`: a → c → it and b → d → it; from it came e and f.
const nodes = [node('it', 0), node('c', -1), node('d', -1), node('b', -2), node('a', -2), node('f', 1), node('e', 1)]
const edges = [edge('c', 'it'), edge('d', 'it'), edge('a', 'c'), edge('b', 'd'), edge('it', 'e'), edge('it', 'f')]

test('ancestors are to the left, descendants to the right', () => {
  const placed = layOut({ nodes, edges })
  const x = (asset: string) => placed.get(asset)?.x ?? Number.NaN
  expect(x('a')).toBe(x('b'))
  expect(x('a')).toBeLessThan(x('c'))
  expect(x('c')).toBeLessThan(x('it'))
  expect(x('it')).toBeLessThan(x('e'))
})

test('no line crosses where none need to, and no card covers another', () => {
  const placed = layOut({ nodes, edges })
  const y = (asset: string) => placed.get(asset)?.y ?? Number.NaN
  expect(Math.sign(y('a') - y('b'))).toBe(Math.sign(y('c') - y('d')))
  expect(Math.abs(y('c') - y('d'))).toBeGreaterThan(cardHeight)
  expect(y('it') * 2).toBe(y('c') + y('d'))
})

test('every line leads to the right, and one that passes a column has room between its cards', () => {
  // The film is made of a picture and of that picture's sound.
  const chain = [node('film', 0), node('sound', -1), node('picture', -1), node('first', -2)]
  const ties = [edge('picture', 'film'), edge('sound', 'film'), edge('picture', 'sound'), edge('first', 'picture')]
  const placed = layOut({ nodes: chain, edges: ties })
  const x = ['first', 'picture', 'sound', 'film'].map((asset) => placed.get(asset)?.x ?? 0)
  expect([...x].sort((a, b) => a - b)).toEqual(x)
  expect(new Set(x).size).toBe(4)
  expect(placed.get('picture')?.y).toBe(placed.get('film')?.y)
  expect(Math.abs((placed.get('sound')?.y ?? 0) - (placed.get('film')?.y ?? 0))).toBeGreaterThan(cardHeight / 2)
})

test('bytes that came out of themselves do not keep it busy for ever', () => {
  const placed = layOut({
    nodes: [node('a', 0), node('b', -1)],
    edges: [edge('b', 'a'), edge('a', 'b'), edge('a', 'a')],
  })
  expect(placed.size).toBe(2)
})

test('arrow keys go from card to card', () => {
  const placed = layOut({ nodes, edges })
  const [upper, lower] = ['c', 'd'].sort((p, q) => (placed.get(p)?.y ?? 0) - (placed.get(q)?.y ?? 0))
  expect(neighbour(placed, upper ?? '', 'ArrowDown')).toBe(lower)
  expect(neighbour(placed, upper ?? '', 'ArrowUp')).toBeUndefined()
  expect(neighbour(placed, 'it', 'ArrowLeft')).toBe(upper)
  expect(neighbour(placed, upper ?? '', 'ArrowRight')).toBe('it')
  expect(neighbour(placed, 'e', 'ArrowRight')).toBeUndefined()
  expect(neighbour(placed, 'it', 'Enter')).toBeUndefined()
})

test.each([[[1, 1, 1]], [[0.5, 0.125, 0.375]], [[0.9996, 0.0002, 0.0002]], [[2, 5, 7, 11, 13, 17, 19]]])(
  'the percentages of %o are 100 together',
  (shares) => {
    const percents = percentages(shares)
    expect(Math.round(percents.reduce((sum, one) => sum + one, 0) * 10)).toBe(1000)
    const sum = shares.reduce((total, share) => total + share, 0)
    for (const [i, share] of shares.entries())
      expect(Math.abs((percents[i] ?? 0) - (share / sum) * 100)).toBeLessThan(0.1)
  },
)

test('no sources have no shares', () => {
  expect(percentages([])).toEqual([])
  expect(percentages([0, 0])).toEqual([0, 0])
})

test('shares are told as people tell them', () => {
  expect([0.374, 0.0412, 0.0002, 0, 1].map(shareText)).toEqual(['37 %', '4.1 %', 'under 0.1 %', '0 %', '100 %'])
})

test('an asset says how it came about and where it stands', () => {
  expect(originText({ ...node('a', -2), uploaded: true })).toBe('Upload')
  expect(originText({ ...node('a', 0), job: 'j', transform: 'variation' })).toBe('Variation')
  expect([-2, -1, 0, 1].map((depth) => standText(node('a', depth)))).toEqual([
    '2 steps before',
    '1 step before',
    'This',
    '1 step after',
  ])
})
