import { expect, test } from 'vitest'
import { meets, regionOf } from './region'

const size = { width: 1000, height: 800 }

test.each([
  [0, 0, 1],
  [-333, 77, 0.31],
  [4000, -9000, 2.7],
] as const)('all that is in view from %d, %d at %d is in the region, and a margin around it', (x, y, zoom) => {
  const region = regionOf([x, y, zoom], size)
  const view = { left: -x / zoom, top: -y / zoom, w: size.width / zoom, h: size.height / zoom }
  expect(region.left).toBeLessThanOrEqual(view.left - view.w / 2)
  expect(region.top).toBeLessThanOrEqual(view.top - view.h / 2)
  expect(region.right).toBeGreaterThanOrEqual(view.left + view.w * 1.5)
  expect(region.bottom).toBeGreaterThanOrEqual(view.top + view.h * 1.5)
  expect(region.right - region.left).toBeLessThan(view.w * 6)
})

test('a small step leaves the region as it is, a far one does not', () => {
  const before = regionOf([-100, -100, 1], size)
  expect(regionOf([-180, -140, 1], size)).toEqual(before)
  expect(regionOf([-2000, -100, 1], size)).not.toEqual(before)
})

test('what touches a region is in it', () => {
  const region = { left: 0, top: 0, right: 100, bottom: 100 }
  expect(meets(region, { x: 90, y: 90, w: 50, h: 50 })).toBe(true)
  expect(meets(region, { x: -60, y: 10, w: 50, h: 50 })).toBe(false)
  expect(meets(region, { x: 10, y: 101, w: 50, h: 50 })).toBe(false)
  expect(meets(region, { x: -500, y: -500, w: 2000, h: 2000 })).toBe(true)
})
