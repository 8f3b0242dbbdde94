import { expect, test } from 'vitest'
import { counted, firstWords, isText, kindTitle, listed, propTitle, recordText, valueText } from './cells'
import { present, summary } from './presentation'
import { agoText, dayText } from './time'
import { wordsBetween } from './words'

test.each([
  ['seed', 41, '41'],
  ['seed', null, 'nothing'],
  ['seed', undefined, 'nothing'],
  ['locked', true, 'yes'],
  ['rotation', 12.3456, '12.35'],
  ['tags', ['fog', 'dawn'], 'fog, dawn'],
  ['tags', [], 'nothing'],
  ['params', { width: 1280, height: 720, count: 2 }, 'Wide 16:9, ×2'],
  ['params', { width: 500, height: 300, steps: 20 }, '500 × 300, steps 20'],
  ['params', 'odd', 'odd'],
])('the value of %s %j reads %j', (prop, value, said) => {
  expect(valueText(prop, value)).toBe(said)
})

test('props and kinds have the names that people use', () => {
  expect(propTitle('image', 'asset')).toBe('Picture')
  expect(propTitle('audio', 'asset')).toBe('Sound')
  expect(propTitle('prompt', 'negative')).toBe('Leave out')
  expect(propTitle('x-graph', 'axis')).toBe('axis')
  expect(kindTitle('x-palette')).toBe('palette')
  expect(isText('prompt', 'prompt')).toBe(true)
  expect(isText('prompt', 'seed')).toBe(false)
})

test('a record is known by its first words', () => {
  expect(recordText('note', { text: '  Tide\n table ' })).toBe('note “Tide table”')
  expect(recordText('image', {})).toBe('picture')
  expect(firstWords({ text: 'a'.repeat(60) }, 10)).toBe(`${'a'.repeat(9)}…`)
})

test('numbers and names are counted and listed', () => {
  expect([counted(1, 'record'), counted(3, 'record'), counted(2, 'reply', 'replies')]).toEqual([
    '1 record',
    '3 records',
    '2 replies',
  ])
  expect([[], ['A'], ['A', 'B'], ['A', 'B', 'C'], ['A', 'B', 'C', 'D']].map(listed)).toEqual([
    '',
    'A',
    'A and B',
    'A, B and C',
    'A, B and 2 others',
  ])
})

test('a moved and resized record says how far and how large', () => {
  const view = present('note', [
    { prop: 'x', a: 10, b: 130 },
    { prop: 'y', a: 50, b: 10.2 },
    { prop: 'w', a: 200, b: 320 },
    { prop: 'h', a: 100, b: 160 },
  ])
  expect(view.moves).toEqual(['Moved 120 right and 40 up', 'Resized from 200 × 100 to 320 × 160'])
  expect(summary('note', view)).toBe('Place, Size')
})

test('texts, pictures and other props are told apart, and what follows from others is not shown', () => {
  const words = [{ op: 'same' as const, text: 'fog' }]
  const view = present('image', [
    { prop: 'prompt', a: 'fog', b: 'fog, dawn', words },
    { prop: 'seed', a: 1, b: 2 },
    { prop: 'asset', a: 'p', b: 'q' },
    { prop: 'thumb', a: '', b: 'tq' },
    { prop: 'nw', a: 1, b: 2 },
    { prop: 'colour', a: 'red', b: 'red' },
  ])
  expect(view.texts).toEqual([{ prop: 'prompt', title: 'Prompt', before: 'fog', after: 'fog, dawn', words }])
  expect(view.rows).toEqual([{ prop: 'seed', title: 'Seed', before: '1', after: '2' }])
  expect(view.pictures).toEqual({ a: { asset: 'p', thumb: undefined }, b: { asset: 'q', thumb: 'tq' } })
  expect(summary('image', view)).toBe('Picture, Prompt, Seed')
})

test('a record that one side alone has is new or gone', () => {
  expect(
    present('note', [
      { prop: 'kind', b: 'note' },
      { prop: 'x', b: 4 },
    ]),
  ).toMatchObject({ life: 'new', moves: [] })
  expect(present('note', [{ prop: 'kind', a: 'note' }]).life).toBe('gone')
  expect(present('note', [{ prop: 'deleted', b: true }]).life).toBe('gone')
  expect(present('note', [{ prop: 'deleted', a: true, b: null }]).life).toBe('back')
})

test('words that went and came make both texts', () => {
  const words = wordsBetween('a quiet harbour', 'a loud harbour, fog')
  const side = (gone: 'gone' | 'new') =>
    words
      .filter(({ op }) => op === 'same' || op === gone)
      .map(({ text }) => text)
      .join('')
  expect(side('gone')).toBe('a quiet harbour')
  expect(side('new')).toBe('a loud harbour, fog')
  expect(words.some(({ op, text }) => op === 'gone' && text === 'quiet')).toBe(true)
})

test('times are told as people tell them', () => {
  const now = new Date(2026, 4, 6, 14, 2).getTime()
  expect(agoText(now - 5000, now)).toBe('just now')
  expect(agoText(now + 5000, now)).toBe('just now')
  expect(agoText(now - 3 * 60_000, now)).toBe('3 min ago')
  expect(agoText(now - 26 * 3_600_000, now)).toBe('1 d ago')
  expect(dayText(now, now)).toBe('Today')
  expect(dayText(now - 24 * 3_600_000, now)).toBe('Yesterday')
})
