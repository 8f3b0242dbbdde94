import { expect, test } from 'vitest'
import { model, studio } from '../testing/models'
import { recipesOf, remixesOf } from './choices'
import { arranged, missingText, promptTransform } from './fitting'

const picture = { kind: 'image' }
const sound = { kind: 'audio' }
const film = { kind: 'video' }
const transforms = (sources: { kind: string }[]) => remixesOf(studio, sources).map(({ transform }) => transform)

test('a picture can become what the models make of pictures', () => {
  expect(transforms([picture])).toEqual(['variation', 'edit', 'upscale', 'soundtrack', 'animate', 'describe'])
  expect(transforms([film])).toEqual(['describe'])
  expect(transforms([sound, picture])).toEqual(['animate', 'describe'])
  expect(transforms([])).toEqual([])
})

test('the default model of a transform comes first', () => {
  const models = [...studio, model('best', { transforms: ['variation'], default: true, inputs: { kinds: ['image'] } })]
  const [variation] = remixesOf(models, [picture])
  expect(variation?.models.map(({ model }) => model)).toEqual(['best', 'paint'])
})

test('only an edit by a model that takes one has a mask', () => {
  const masks = remixesOf(studio, [picture]).filter(({ takesMask }) => takesMask)
  expect(masks.map(({ transform }) => transform)).toEqual(['edit'])
  const blunt = remixesOf([model('m', { transforms: ['edit'], inputs: { kinds: ['image'] } })], [picture])
  expect(blunt[0]?.takesMask).toBe(false)
})

test('sources stand in the order in which the model takes them', () => {
  const inputs = { kinds: ['image', 'audio'], least: 1 }
  expect(arranged(inputs, 'animate', [sound, picture])).toEqual([picture, sound])
  expect(arranged(inputs, 'animate', [sound])).toBeUndefined()
  expect(arranged(inputs, 'animate', [picture, sound, sound])).toEqual([picture, sound, sound])
  expect(arranged(inputs, 'animate', [])).toBeUndefined()
  expect(arranged(inputs, 'generate', [])).toEqual([])
  expect(arranged({}, 'generate', [picture])).toBeUndefined()
})

test('a prompt is told what its model misses', () => {
  const [paint, , , score, camera] = studio
  if (!paint || !score || !camera) throw new Error('the studio is not whole')
  expect([promptTransform(paint), promptTransform(camera)]).toEqual(['generate', 'animate'])
  expect(missingText(paint, [])).toBe('')
  expect(missingText(score, [])).toBe('')
  expect(missingText(camera, [])).toBe('works from a picture and a sound')
  expect(missingText(camera, [picture])).toBe('')
  expect(missingText(model('plain'), [picture])).toBe('takes no inputs')
})

test('a chain from words makes a picture, its soundtrack, a film of both and its description', () => {
  const [chain] = recipesOf(studio, [])
  expect(chain?.title).toBe('Picture → Soundtrack → Film → Description')
  expect(chain?.first).toMatchObject({ kind: 'image', transform: 'generate' })
  expect(chain?.steps).toEqual([
    { kind: 'audio', transform: 'soundtrack', provider: 'p', model: 'score', from: [0] },
    { kind: 'video', transform: 'animate', provider: 'p', model: 'camera', from: [0, 1] },
    { kind: 'text', transform: 'describe', provider: 'p', model: 'words', from: [2] },
  ])
})

test('a chain goes on from an earlier step where a model cannot use the one before', () => {
  const models = studio.map((one) => (one.model === 'words' ? { ...one, inputs: { kinds: ['image'], least: 1 } } : one))
  const [chain] = recipesOf(models, [])
  expect(chain?.steps.at(-1)?.from).toEqual([0])
})

test('a chain from one picture films that picture, with the music that was made of it', () => {
  expect(recipesOf(studio, [picture])[0]?.steps[0]?.from).toEqual([-1, 0])
  expect(recipesOf(studio, [picture, picture]).map(({ title }) => title)).not.toContain(
    'Soundtrack → Film → Description',
  )
})

test('chains that the models cannot run are not offered', () => {
  const titles = (models: readonly (typeof studio)[number][], sources: { kind: string }[]) =>
    recipesOf(models, sources).map(({ title }) => title)
  expect(titles(studio, [picture])).toEqual([
    'Soundtrack → Film → Description',
    'Variation → Soundtrack → Film → Description',
    'Film → Description',
  ])
  expect(
    titles(
      studio.filter(({ kind }) => kind !== 'video'),
      [picture],
    ),
  ).toEqual([])
  expect(titles(studio, [film])).toEqual([])
  const musical = studio.map((one) => (one.model === 'camera' ? { ...one, inputs: { kinds: ['any'], least: 1 } } : one))
  expect(titles(musical, [picture])[0]).toBe('Soundtrack → Film → Description')
})
