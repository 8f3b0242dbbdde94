import { expect, test } from 'vitest'
import { paramsOf, requestOf } from './generate'
import { choicesOf } from './providers'

const prompt = (props: Record<string, unknown>) => ({ id: 'p', kind: 'prompt', props, rev: 1 })
const [model] = choicesOf([
  {
    name: 'sketch',
    title: 'Sketch',
    models: [
      { name: 's1', title: 'Sketch', kind: 'image', transforms: ['generate'], default: true, units: 1, inputs: {} },
    ],
  },
])

test('a prompt asks for what its record says, with the result to its right', () => {
  const record = prompt({
    prompt: 'a pier',
    negative: 'people',
    seed: 7,
    x: 10,
    y: 20,
    w: 300,
    params: { width: 1280, height: 720, count: 3 },
  })
  expect(requestOf(record, model)).toEqual({
    kind: 'image',
    provider: 'sketch',
    model: 's1',
    prompt: 'a pier',
    negative: 'people',
    seed: 7,
    count: 3,
    params: { width: 1280, height: 720 },
    place: { x: 358, y: 20, w: 320, source: 'p' },
  })
})

test('a prompt without settings leaves seed, model and negative to the server', () => {
  const request = requestOf(prompt({ prompt: 'a pier' }), undefined)
  expect(Object.keys(request).sort()).toEqual(['count', 'kind', 'params', 'place', 'prompt'])
})

test.each([
  [undefined, 'Square', 1],
  ['nonsense', 'Square', 1],
  [{ width: 5, height: 5, count: 99 }, 'Square', 8],
  [{ width: 720, height: 1280, count: -1 }, 'Tall 9:16', 1],
])('params %o are read as %s ×%d', (params, label, count) => {
  const read = paramsOf(prompt({ params }))
  expect([read.shape.label, read.count]).toEqual([label, count])
})
