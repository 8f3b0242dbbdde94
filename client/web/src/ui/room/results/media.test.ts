import { expect, test } from 'vitest'
import { job, jobsOf } from '../testing/jobs'
import { mediaOfRecord, mediaOfResult } from './media'
import { meanOf, ratingText } from './rating'
import { beside, viewOf } from './siblings'

const asset = (n: number) => String(n).repeat(64)
const made = job('j', {
  state: 'succeeded',
  count: 3,
  prompt: 'a pier',
  results: [0, 1, 2].map((n) => ({
    asset: asset(n),
    record: `r${n}`,
    mime: 'image/png',
    bytes: 1,
    width: 64,
    height: 32,
  })),
})
const words = job('t', {
  kind: 'text',
  state: 'succeeded',
  results: [{ asset: asset(7), record: 'w', mime: 'text/plain', bytes: 4, text: 'Fog.' }],
})
const jobs = jobsOf(made, words)
const record = (id: string, kind: string, props: Record<string, unknown>) => ({ id, kind, props, rev: 1 })

test('a text on the canvas has the asset of the result that it shows, and the words as they are now', () => {
  const media = mediaOfRecord(record('w', 'text', { job: 't', text: 'Thick fog.' }), jobs)
  expect(media).toMatchObject({ kind: 'text', asset: asset(7), words: 'Thick fog.', job: 't' })
})

test('words that people wrote themselves, and records without an asset, are no media', () => {
  expect(mediaOfRecord(record('w', 'text', { text: 'Harbour' }), jobs)).toBeUndefined()
  expect(mediaOfRecord(record('i', 'image', {}), jobs)).toBeUndefined()
  expect(mediaOfRecord(record('n', 'note', { text: 'x' }), jobs)).toBeUndefined()
})

test('an uploaded picture belongs to no job', () => {
  const media = mediaOfRecord(record('i', 'image', { asset: asset(3), nw: 10, nh: 20 }), jobs)
  expect(media).toMatchObject({ asset: asset(3), width: 10, height: 20, job: undefined })
})

test('a result says what it is also when it lies nowhere on the canvas', () => {
  expect(mediaOfResult(made, 1)).toMatchObject({
    kind: 'image',
    asset: asset(1),
    thumb: asset(1),
    prompt: 'a pier',
    index: 1,
  })
  expect(mediaOfResult(made, 3)).toBeUndefined()
})

test('left and right go round the results of the job', () => {
  const view = viewOf({ record: 'r2' }, new Map([['r2', record('r2', 'image', { job: 'j', asset: asset(2) })]]), jobs)
  expect(view).toMatchObject({ index: 2, count: 3 })
  expect(view && beside(view, 1)).toEqual({ job: 'j', index: 0 })
  expect(view && beside(view, -1)).toEqual({ job: 'j', index: 1 })
  const alone = viewOf({ job: 't', index: 0 }, new Map(), jobs)
  expect(alone && beside(alone, 1)).toBeUndefined()
})

test('what people wrote on the record shows in the viewer, unless the record shows something else by now', () => {
  const titled = record('r1', 'image', { job: 'j', asset: asset(1), title: 'The pier' })
  expect(viewOf({ job: 'j', index: 1 }, new Map([['r1', titled]]), jobs)?.media.title).toBe('The pier')
  const other = record('r1', 'image', { job: 'j', asset: asset(9), title: 'Another' })
  expect(viewOf({ job: 'j', index: 1 }, new Map([['r1', other]]), jobs)?.media).toMatchObject({
    title: '',
    asset: asset(1),
  })
})

test('the mean of all stars is told with how many gave them', () => {
  expect(meanOf({ u: 4, v: 5 })).toEqual({ mean: 4.5, voices: 2 })
  expect([ratingText({ u: 4, v: 5 }), ratingText({ u: 4, v: 4, w: 5 }), ratingText(undefined)]).toEqual([
    '4.5 of 5 stars by 2',
    '4.3 of 5 stars by 3',
    '',
  ])
})
