import type { CanvasRecord, Room } from '../../../store/api'
import type { Asset } from '../../app/services'
import type { RoomUI } from '../uiStore'
import { boxOf, defaultSize, drawn, text } from './geometry'

export interface Point {
  x: number
  y: number
}

export type Draft = { kind: string; props: Record<string, unknown>; id?: string }

/** Makes a record around a point, selects it and gives it the keyboard. */
export function createAt(room: Room, ui: RoomUI, kind: string, at: Point, props: Record<string, unknown> = {}): string {
  const { w, h } = defaultSize(kind)
  const id = room.create(kind, { x: round(at.x - w / 2), y: round(at.y - h / 2), w, h, ...props })
  ui.setState({ selection: new Set([id]), tool: 'select', focus: id })
  return id
}

export function removeSelected(room: Room, ui: RoomUI): void {
  const { selection } = ui.getState()
  if (selection.size === 0) return
  const ids = [...selection]
  const edges = [...room.store.getState().records.values()].filter(
    (r) => r.kind === 'edge' && (selection.has(text(r.props.from)) || selection.has(text(r.props.to))),
  )
  room.remove([...ids, ...edges.map((e) => e.id)])
  ui.setState({ selection: new Set() })
}

export function selectAll(room: Room, ui: RoomUI): void {
  const ids = [...room.store.getState().records.values()].filter((r) => drawn(r.kind)).map((r) => r.id)
  ui.setState({ selection: new Set(ids) })
}

export function selectedRecords(room: Room, ui: RoomUI): CanvasRecord[] {
  const { records } = room.store.getState()
  return [...ui.getState().selection].flatMap((id) => records.get(id) ?? [])
}

/** Records as they can be made again elsewhere: without what ties them to the job that made them. */
export function draftsOf(records: readonly CanvasRecord[]): Draft[] {
  return records.map(({ kind, props }) => {
    const { deleted: _deleted, job: _job, parent: _parent, ...rest } = props
    return { kind, props: rest }
  })
}

/** Makes the drafts with their middle at a point, or moved by a step from where they were. */
export function place(room: Room, ui: RoomUI, drafts: readonly Draft[], where: { at: Point } | { by: Point }): void {
  if (drafts.length === 0) return
  const by = 'by' in where ? where.by : stepTo(drafts, where.at)
  const moved = drafts.map(({ kind, props }) => {
    const box = boxOf({ id: '', kind, props, rev: 0 })
    return { kind, props: { ...props, x: round(box.x + by.x), y: round(box.y + by.y) } }
  })
  ui.setState({ selection: new Set(room.createAll(moved)) })
}

function stepTo(drafts: readonly Draft[], at: Point): Point {
  const boxes = drafts.map(({ kind, props }) => boxOf({ id: '', kind, props, rev: 0 }))
  const left = Math.min(...boxes.map((b) => b.x))
  const top = Math.min(...boxes.map((b) => b.y))
  const right = Math.max(...boxes.map((b) => b.x + b.w))
  const bottom = Math.max(...boxes.map((b) => b.y + b.h))
  return { x: at.x - (left + right) / 2, y: at.y - (top + bottom) / 2 }
}

export function duplicateSelected(room: Room, ui: RoomUI): void {
  place(room, ui, draftsOf(selectedRecords(room, ui)), { by: { x: 24, y: 24 } })
}

export function nudgeSelected(room: Room, ui: RoomUI, by: Point, gesture: string): void {
  const writes = selectedRecords(room, ui).flatMap((record) => {
    const { x, y } = boxOf(record)
    return [[record.id, 'x', x + by.x] as const, [record.id, 'y', y + by.y] as const]
  })
  if (writes.length > 0) room.edit(writes, { gesture })
}

/** Puts an uploaded picture on the canvas, at most 420 wide, its middle at a point. */
export function placeAsset(room: Room, ui: RoomUI, asset: Asset, name: string, at: Point): void {
  const nw = asset.width ?? 0
  const nh = asset.height ?? 0
  const w = Math.min(nw || 320, 420)
  const h = nw > 0 && nh > 0 ? round((w * nh) / nw) : 240
  const props: Record<string, unknown> = { asset: asset.id, mime: asset.mime, title: name.slice(0, 200), w, h }
  if (nw > 0) Object.assign(props, { nw, nh })
  if (asset.thumb) props.thumb = asset.thumb
  if (asset.placeholder) props.placeholder = asset.placeholder
  const kind = asset.mime.split('/')[0] ?? 'image'
  const id = room.create(kind, { ...props, x: round(at.x - w / 2), y: round(at.y - h / 2) })
  ui.setState({ selection: new Set([id]), tool: 'select' })
}

export function round(n: number): number {
  return Math.round(n * 10) / 10
}
