import type { Room } from '../../../store/api'
import { placeOn } from '../comments/place'
import { mediaOfRecord } from '../results/media'
import type { RoomUI } from '../uiStore'
import { type Point, round, selectedRecords } from './actions'

/** Escape: away from what is being begun, opened, selected and followed. */
export function letGo(ui: RoomUI): void {
  const { commenting, thread } = ui.getState()
  const away = { selection: new Set<string>(), tool: 'select', following: null } as const
  if (commenting) ui.setState({ ...away, commenting: null })
  else ui.setState(thread ? { ...away, thread: null } : away)
}

/** Writes in what is selected, or opens its picture. */
export function enter(room: Room, ui: RoomUI): boolean {
  const [record, second] = selectedRecords(room, ui)
  if (!record || second) return false
  const shown = record.kind !== 'text' && mediaOfRecord(record, room.store.getState().jobs)
  if (shown) ui.setState({ viewing: { record: record.id } })
  else ui.setState({ focus: record.id })
  return true
}

/** A comment on what is selected, or at a point. */
export function commentAt(room: Room, ui: RoomUI, { x, y }: Point): void {
  const [record, second] = selectedRecords(room, ui)
  const commenting = record && !second ? placeOn(record) : { x: round(x), y: round(y) }
  ui.setState({ commenting, panel: 'comments', thread: null })
}

/** The menu of what is selected, at its corner. */
export function openMenu(room: Room, ui: RoomUI): boolean {
  const [record] = selectedRecords(room, ui)
  const box = record && document.querySelector(`[data-record="${CSS.escape(record.id)}"]`)?.getBoundingClientRect()
  if (!record || !box) return false
  ui.setState({ menu: { record: record.id, x: box.left + 24, y: box.top + 24 } })
  return true
}

export function refusal(room: Room, mayComment: boolean): string {
  if (room.store.getState().past) return 'This is the past. Nothing can be changed here.'
  return mayComment ? 'You may comment in this room, not change it.' : 'You may look at this room, not change it.'
}
