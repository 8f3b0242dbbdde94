import { expect, test } from 'vitest'
import { readable } from './colour'

test('a dark colour stays as it is', () => {
  expect(readable('#5248c8')).toBe('#5248c8')
})

test.each(['#2b8a3e', '#ffffff', '#ffd43b'])('%s becomes darker', (colour) => {
  expect(readable(colour)).not.toBe(colour)
  expect(readable(readable(colour))).toBe(readable(colour))
})

test.each(['', 'red', '#12', 'url(x)'])('%j is no colour and becomes grey', (colour) => {
  expect(readable(colour)).toBe('#5c5c66')
})
