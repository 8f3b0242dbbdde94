import { expect, test } from 'vitest'
import { drawStrokes, paintsAnything, pixelAt, type Stroke } from './mask'

const box = { left: 100, top: 50, width: 400, height: 200 }
const picture = { width: 1600, height: 800 }

test('a point of the shown picture is one of its pixels, never beyond its edges', () => {
  expect(pixelAt({ clientX: 300, clientY: 150 }, box, picture)).toEqual([800, 400])
  expect(pixelAt({ clientX: 0, clientY: 900 }, box, picture)).toEqual([0, 800])
})

test('a mask needs something painted, not only erased', () => {
  const stroke = (mode: Stroke['mode']): Stroke => ({ mode, size: 4, points: [[1, 1]] })
  expect(paintsAnything([])).toBe(false)
  expect(paintsAnything([stroke('erase')])).toBe(false)
  expect(paintsAnything([stroke('paint')])).toBe(true)
})

test('strokes are drawn in their order, a click as a dot, an eraser taking away', () => {
  const drawn: string[] = []
  const context = {
    beginPath: () => {},
    moveTo: (x: number, y: number) => drawn.push(`from ${x},${y}`),
    lineTo: (x: number, y: number) => drawn.push(`to ${x},${y}`),
    stroke: () => drawn.push(String(context.globalCompositeOperation)),
    globalCompositeOperation: '',
  }
  drawStrokes({ context: context as unknown as CanvasRenderingContext2D, paint: '#fff' }, [
    { mode: 'paint', size: 4, points: [[5, 6]] },
    {
      mode: 'erase',
      size: 4,
      points: [
        [1, 2],
        [3, 4],
      ],
    },
    { mode: 'paint', size: 4, points: [] },
  ])
  expect(drawn).toEqual(['from 5,6', 'to 5,6', 'source-over', 'from 1,2', 'to 3,4', 'destination-out'])
  expect(context.globalCompositeOperation).toBe('source-over')
})
