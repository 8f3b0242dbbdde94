import { describe, expect, test } from 'vitest'
import { aboveBranches, guarded, mergesWords, propOf } from './policy'
import { same } from './values'

describe('two values are the same', () => {
  test.each([
    [1, 1],
    [null, undefined],
    [
      ['a', 1],
      ['a', 1],
    ],
    [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
    ],
  ])('%j and %j', (a, b) => expect(same(a, b)).toBe(true))
  test.each([
    [1, '1'],
    [0, null],
    [['a'], { 0: 'a' }],
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: undefined }, { b: undefined }],
  ])('but not %j and %j', (a, b) => expect(same(a, b)).toBe(false))
})

describe('the schema', () => {
  test('knows what is merged, what diverges and what the last write decides', () => {
    expect(guarded('note', 'text')).toBe(true)
    expect(guarded('prompt', 'model')).toBe(true)
    expect(guarded('note', 'x')).toBe(false)
  })
  test('knows where the words of two are kept', () => {
    expect(mergesWords('prompt', 'prompt')).toBe(true)
    expect(mergesWords('note', 'text')).toBe(true)
    expect(mergesWords('prompt', 'model')).toBe(false)
    expect(mergesWords('note', 'tags')).toBe(false)
  })
  test('puts comments, branches and versions above branches', () => {
    expect(['comment', 'branch', 'version'].map(aboveBranches)).toEqual([true, true, true])
    expect(['note', 'prompt', 'x-timer'].map(aboveBranches)).toEqual([false, false, false])
  })
  test('leaves kinds of bots open, but for the life of their records', () => {
    expect(propOf('x-timer', 'anything')?.policy).toBe('lww')
    expect(guarded('x-timer', 'deleted')).toBe(true)
  })
  test('does not mistake what every object has for a prop', () => {
    expect(propOf('note', 'constructor')).toBeUndefined()
    expect(propOf('toString', 'x')).toBeUndefined()
  })
})
