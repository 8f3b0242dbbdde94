import { expect, test } from 'vitest'
import { draftsOf } from './actions'
import { parse, serialise } from './clipboard'

test('copied records come back as they were, without their job and parent', () => {
  const records = [{ id: 'a', kind: 'image', props: { x: 1, asset: 'f', job: 'j', parent: 'p' }, rev: 3 }]
  expect(parse(serialise(draftsOf(records)))).toEqual([{ kind: 'image', props: { x: 1, asset: 'f' } }])
})

test.each(['', 'hello', '{"atelier/records":', '{"atelier/records":5}', '"atelier/records"', '[1]'])(
  'the text %j holds no records',
  (text) => {
    expect(parse(text)).toBeUndefined()
  },
)

test('what is no record in a copied text is left out', () => {
  expect(parse('{"atelier/records":[{"kind":"note","props":{}},{"kind":1,"props":{}},null]}')).toHaveLength(1)
})
