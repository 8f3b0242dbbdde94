import { type ReactFlowState, useStore } from '@xyflow/react'

/** A part of the canvas, in its coordinates. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * What is in view with a margin around it, in whole tiles of about half the view: it stays the same while one moves a
 * little, so that what is left out by it is not worked out at every step.
 */
export function regionOf(
  [x, y, zoom]: readonly [number, number, number],
  size: { width: number; height: number },
): Region {
  const across = span(-x / zoom, size.width / zoom)
  const down = span(-y / zoom, size.height / zoom)
  return { left: across[0], right: across[1], top: down[0], bottom: down[1] }
}

function span(from: number, length: number): [number, number] {
  const tile = 2 ** Math.ceil(Math.log2(Math.max(1, length) / 2))
  return [(Math.floor(from / tile) - 1) * tile, (Math.ceil((from + length) / tile) + 1) * tile]
}

export function meets(region: Region, box: { x: number; y: number; w: number; h: number }): boolean {
  return box.x <= region.right && box.x + box.w >= region.left && box.y <= region.bottom && box.y + box.h >= region.top
}

const selectRegion = (state: ReactFlowState) => regionOf(state.transform, state)

const sameRegion = (a: Region, b: Region) =>
  a.left === b.left && a.right === b.right && a.top === b.top && a.bottom === b.bottom

export function useRegion(): Region {
  return useStore(selectRegion, sameRegion)
}
