import { expect, test } from 'vitest'
import { coarser, peaksOf } from './waveform'

test('a bar is the loudest sample of its part, the loudest bar being 1', () => {
  const left = Float32Array.of(0, 0.1, -0.5, 0.2, 0, 0, 0.05, 0)
  expect([...peaksOf([left], 4)].map((n) => Math.round(n * 100) / 100)).toEqual([0.2, 1, 0, 0.1])
})

test('all channels count, of whatever length', () => {
  expect([...peaksOf([Float32Array.of(0.5, 0, 0, 0), Float32Array.of(0, -0.25)], 2)]).toEqual([1, 0])
})

test('silence stays silent, and nothing has no bars to divide', () => {
  expect([...peaksOf([new Float32Array(8)], 2)]).toEqual([0, 0])
  expect([...peaksOf([], 3)]).toEqual([0, 0, 0])
  expect([...peaksOf([Float32Array.of(1)], 0)]).toEqual([])
})

test('a sound shorter than its bars fills every bar', () => {
  expect([...peaksOf([Float32Array.of(1, 1)], 5)]).toEqual([1, 1, 1, 1, 1])
})

test('fewer bars keep the peaks of those they cover', () => {
  expect([...coarser(Float32Array.of(0, 1, 0.25, 0.5), 2)]).toEqual([1, 0.5])
  expect([...coarser(Float32Array.of(0, 1), 5)]).toEqual([0, 1])
})
