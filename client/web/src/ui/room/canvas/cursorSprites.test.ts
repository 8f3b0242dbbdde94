// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Member } from '../../../protocol/types'
import { CursorSprites } from './cursorSprites'

const ana: Member = { m: 1, session: 's', user: 'u', name: 'Ana', colour: '#a03030', role: 'editor', state: {} }
const ben: Member = { ...ana, m: 2, name: 'Ben', state: { branch: 'b1' } }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setup() {
  const layer = document.createElement('div')
  const sprites = new CursorSprites(layer, (m) => (m === 1 ? ana : m === 2 ? ben : undefined), false)
  return { layer, sprites }
}

test('a cursor follows the view as well as its own moves', () => {
  const { layer, sprites } = setup()
  sprites.move(1, 10, 20)
  const element = layer.firstElementChild as HTMLElement
  expect(element.textContent).toBe('Ana')
  expect(element.style.transform).toBe('translate(10px, 20px)')
  sprites.setView([100, 50, 2])
  expect(element.style.transform).toBe('translate(120px, 90px)')
  sprites.move(1, 0, 0)
  expect(element.style.transform).toBe('translate(100px, 50px)')
  expect(layer.childElementCount).toBe(1)
})

test('a cursor of nobody known is not drawn', () => {
  const { layer, sprites } = setup()
  sprites.move(9, 1, 1)
  expect(layer.childElementCount).toBe(0)
})

test('a cursor at rest fades and comes back with the next move', () => {
  const { layer, sprites } = setup()
  sprites.move(1, 0, 0)
  vi.advanceTimersByTime(5000)
  expect(layer.firstElementChild?.classList.contains('at-cursor-idle')).toBe(true)
  sprites.move(1, 5, 5)
  expect(layer.firstElementChild?.classList.contains('at-cursor-idle')).toBe(false)
})

test('a member who left takes the cursor along', () => {
  const { layer, sprites } = setup()
  sprites.move(1, 0, 0)
  sprites.forget(1)
  expect(layer.childElementCount).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

test('who looks at another branch has a dimmed cursor that says which', () => {
  const { layer, sprites } = setup()
  const nameOf = (branch: string) => (branch ? 'Fog' : 'main')
  sprites.setBranch('', nameOf)
  sprites.move(1, 0, 0)
  sprites.move(2, 0, 0)
  const said = () => [...layer.children].map((e) => [e.textContent, e.classList.contains('at-cursor-elsewhere')])
  expect(said()).toEqual([
    ['Ana', false],
    ['Ben · on Fog', true],
  ])
  sprites.setBranch('b1', nameOf)
  expect(said()).toEqual([
    ['Ana · on main', true],
    ['Ben', false],
  ])
})
