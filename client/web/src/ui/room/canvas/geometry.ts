import type { CanvasRecord } from '../../../store/api'

export interface Size {
  w: number
  h: number
}

const sizes: Record<string, Size> = {
  prompt: { w: 340, h: 300 },
  note: { w: 220, h: 200 },
  text: { w: 320, h: 64 },
  image: { w: 320, h: 240 },
  video: { w: 360, h: 240 },
  audio: { w: 320, h: 96 },
  frame: { w: 600, h: 400 },
}

const least: Record<string, Size> = {
  prompt: { w: 280, h: 260 },
  note: { w: 120, h: 90 },
  text: { w: 100, h: 40 },
}

export function defaultSize(kind: string): Size {
  return sizes[kind] ?? { w: 220, h: 120 }
}

export function leastSize(kind: string): Size {
  return least[kind] ?? { w: 60, h: 48 }
}

export function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** A picture that came without a height keeps its own shape. */
export function sizeOf({ kind, props }: CanvasRecord): Size {
  const fallback = defaultSize(kind)
  const w = number(props.w, fallback.w)
  const nw = number(props.nw, 0)
  const nh = number(props.nh, 0)
  const h = nw > 0 && nh > 0 ? (w * nh) / nw : fallback.h
  return { w, h: number(props.h, h) }
}

export function boxOf(record: CanvasRecord): { x: number; y: number } & Size {
  return { x: number(record.props.x, 0), y: number(record.props.y, 0), ...sizeOf(record) }
}

const notDrawn = new Set(['edge', 'stroke', 'comment', 'branch', 'version'])

/** Records that have a place on the canvas and are drawn as nodes. */
export function drawn(kind: string): boolean {
  return !notDrawn.has(kind)
}
