import { expect, test } from 'vitest'
import type { CanvasRecord } from '../../../store/api'
import { edgesOf, NodeDeriver } from './derive'

const record = (id: string, kind: string, props: Record<string, unknown> = {}): CanvasRecord => ({
  id,
  kind,
  props,
  rev: 1,
})
const map = (...records: CanvasRecord[]) => new Map(records.map((r) => [r.id, r]))
const none = new Set<string>()

test('a change of one record renews one node and keeps the others', () => {
  const deriver = new NodeDeriver()
  const a = record('a', 'note', { x: 1 })
  const b = record('b', 'note', { x: 2 })
  const [a1, b1] = deriver.derive(map(a, b), none)
  const [a2, b2] = deriver.derive(map(a, record('b', 'note', { x: 3 })), none)
  expect(a2).toBe(a1)
  expect(b2).not.toBe(b1)
  expect(b2?.position).toEqual({ x: 3, y: 0 })
})

test('the list keeps its identity when nothing drawn changed', () => {
  const deriver = new NodeDeriver()
  const a = record('a', 'note')
  const before = deriver.derive(map(a), none)
  expect(deriver.derive(map(a, record('e', 'edge', { from: 'a', to: 'a' })), none)).toBe(before)
  expect(deriver.derive(map(a), new Set(['a']))).not.toBe(before)
})

test('a record that went is no node any more', () => {
  const deriver = new NodeDeriver()
  const a = record('a', 'note')
  deriver.derive(map(a, record('b', 'note')), none)
  expect(deriver.derive(map(a), none).map((n) => n.id)).toEqual(['a'])
})

test('a picture without a height keeps its own shape', () => {
  const [node] = new NodeDeriver().derive(map(record('i', 'image', { w: 300, nw: 600, nh: 200 })), none)
  expect(node?.height).toBe(100)
})

test('a kind that the page does not know is drawn by the fallback', () => {
  const [node] = new NodeDeriver().derive(map(record('x', 'x-graph', { title: 'T' })), none)
  expect(node?.type).toBe('other')
  expect(node?.ariaLabel).toBe('x-graph: T')
})

test('edges to nothing are not drawn', () => {
  const records = map(
    record('a', 'note'),
    record('b', 'note'),
    record('e1', 'edge', { from: 'a', to: 'b' }),
    record('e2', 'edge', { from: 'a', to: 'gone' }),
  )
  expect(edgesOf(records).map((e) => e.id)).toEqual(['e1'])
})
