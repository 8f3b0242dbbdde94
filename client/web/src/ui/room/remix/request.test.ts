import { expect, test } from 'vitest'
import { requestOf } from '../generate'
import { mediaOfRecord } from '../results/media'
import { job, jobsOf } from '../testing/jobs'
import { model, studio } from '../testing/models'
import { expectedSize, freeHeight, freely } from './freePlace'
import { inputsOf, partsOf } from './inputs'
import { placeBeside, remixRequest } from './request'
import { sweepOf } from './sweep'

const asset = (n: number) => String(n).repeat(64)
const record = (id: string, kind: string, props: Record<string, unknown>) => ({ id, kind, props, rev: 1 })
const picture = record('i', 'image', { asset: asset(1), x: 100, y: 50, w: 400, nw: 800, nh: 600, prompt: 'a pier' })
const sound = record('s', 'audio', { asset: asset(2) })
const records = (...list: ReturnType<typeof record>[]) => new Map(list.map((one) => [one.id, one]))
const media = (one: ReturnType<typeof record>) => {
  const found = mediaOfRecord(one, new Map())
  if (!found) throw new Error('no media')
  return found
}
const named = (name: string) => studio.find((one) => one.model === name) ?? model(name)

test('a remix lies beside its source and names it', () => {
  const request = remixRequest(
    [media(picture)],
    { transform: 'variation', kind: 'image', model: named('paint'), prompt: ' a pier ', count: 4, seed: 7 },
    placeBeside(picture),
  )
  expect(request).toEqual({
    kind: 'image',
    transform: 'variation',
    provider: 'p',
    model: 'paint',
    prompt: 'a pier',
    inputs: [asset(1)],
    params: { width: 800, height: 600 },
    count: 4,
    seed: 7,
    place: { x: 548, y: 50, w: 400, source: 'i' },
  })
})

test('a sweep takes the place of a count, and inputs stand as the model wants them', () => {
  const sweep = { param: 'seconds', values: [4, 8] }
  const request = remixRequest(
    [media(sound), media(picture)],
    { transform: 'animate', kind: 'video', model: named('camera'), prompt: '', count: 4, sweep, mask: '' },
    placeBeside(undefined),
  )
  expect(request).toMatchObject({ inputs: [asset(1), asset(2)], sweep })
  expect(Object.keys(request)).not.toContain('count')
  expect(Object.keys(request)).not.toContain('params')
})

const edge = (id: string, from: string, props: Record<string, unknown> = {}) =>
  record(id, 'edge', { from, to: 'p', role: 'input', ...props })
const prompt = record('p', 'prompt', { prompt: 'fog', x: 0, y: 0, w: 300 })

test('a prompt works from what its input edges name, the oldest first, each with its weight', () => {
  const all = records(
    prompt,
    picture,
    sound,
    edge('e2', 's', { weight: 2 }),
    edge('e1', 'i'),
    edge('e3', 'gone'),
    record('e0', 'edge', { from: 'i', to: 'p', role: 'derived' }),
  )
  const inputs = inputsOf(all, new Map(), 'p')
  expect(inputs.map(({ edge: id, weight }) => [id, weight])).toEqual([
    ['e1', 1],
    ['e2', 2],
  ])
  expect(requestOf(prompt, named('camera'), inputs)).toMatchObject({
    kind: 'video',
    transform: 'animate',
    inputs: [asset(1), asset(2)],
    weights: [1, 2],
  })
})

test('weights follow their inputs when the model takes these in another order; even ones are not sent', () => {
  const swapped = inputsOf(
    records(prompt, picture, sound, edge('e1', 's', { weight: 3 }), edge('e2', 'i')),
    new Map(),
    'p',
  )
  expect(requestOf(prompt, named('camera'), swapped)).toMatchObject({ inputs: [asset(1), asset(2)], weights: [1, 3] })
  const even = inputsOf(records(prompt, picture, edge('e1', 'i', { weight: -2 })), new Map(), 'p')
  expect(Object.keys(requestOf(prompt, named('paint'), even))).not.toContain('weights')
})

test('a sound has no size', () => {
  expect(requestOf(prompt, named('score')).params).toBeUndefined()
})

test('the parts of inputs and prompt are all of it; an empty prompt has none', () => {
  expect(partsOf([1, 2], 'fog')).toEqual({ inputs: [0.25, 0.5], prompt: 0.25 })
  expect(partsOf([3, 1], ' ')).toEqual({ inputs: [0.75, 0.25], prompt: 0 })
  expect(partsOf([], '')).toEqual({ inputs: [], prompt: 0 })
})

test.each([
  ['strength', '0.2, 0.5;0.8', [0.2, 0.5, 0.8]],
  ['mood', 'dawn, dusk', ['dawn', 'dusk']],
  ['tiled', 'true, false', [true, false]],
])('%s over %j is a sweep', (param, written, values) => {
  expect(sweepOf(param, written)).toEqual({ sweep: { param, values } })
})

test.each([
  ['strength', '0.2'],
  ['strength', '1,2,3,4,5,6,7,8,9'],
  ['strength', '1, 1.0'],
  ['two words', '1, 2'],
  ['', '1, 2'],
])('%j over %j is none', (param, written) => {
  const { sweep, problem } = sweepOf(param, written)
  expect(sweep).toBeUndefined()
  expect(problem).toBeTruthy()
})

test('results are laid out as the server does it: four in two rows, more in rows of four', () => {
  const request = { kind: 'image', params: { width: 1024, height: 512 }, place: { x: 0, y: 0, w: 320 } }
  expect(expectedSize({ ...request, count: 1 })).toEqual({ w: 320, h: 160 })
  expect(expectedSize({ ...request, count: 3 })).toEqual({ w: 1008, h: 160 })
  expect(expectedSize({ ...request, count: 4 })).toEqual({ w: 664, h: 344 })
  expect(expectedSize({ ...request, sweep: { param: 'a', values: [1, 2, 3, 4, 5] } })).toEqual({ w: 1352, h: 344 })
})

test('a free height is the first below where nothing is met', () => {
  const box = { x: 0, y: 0, w: 100, h: 100 }
  expect(freeHeight([], box)).toBe(0)
  expect(freeHeight([{ x: 200, y: 0, w: 50, h: 50 }], box)).toBe(0)
  expect(
    freeHeight(
      [
        { x: 50, y: 20, w: 50, h: 50 },
        { x: 0, y: 150, w: 20, h: 50 },
      ],
      box,
    ),
  ).toBe(224)
  expect(freeHeight([{ x: 0, y: 300, w: 100, h: 10 }], box)).toBe(0)
})

test('a request avoids records and the places of jobs that are to come, not of those that are over', () => {
  const request = { kind: 'image', prompt: '', params: { width: 1, height: 1 }, place: { x: 0, y: 0, w: 100 } }
  const there = records(record('r', 'image', { x: 50, y: 0, w: 100, h: 80 }))
  expect(freely(request, there, []).place.y).toBe(104)
  const coming = job('j', { ...request, place: { x: 0, y: 104, w: 100 } })
  expect(freely(request, there, [coming]).place.y).toBe(228)
  expect(freely(request, there, jobsOf({ ...coming, state: 'cancelled' }).values()).place.y).toBe(104)
})
