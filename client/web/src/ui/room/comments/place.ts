import type { CanvasRecord } from '../../../store/api'
import { round } from '../canvas/actions'
import { boxOf } from '../canvas/geometry'
import type { CommentPlace } from '../uiStore'

/** A comment on a record: at its corner, where its pin will be, also when the record is gone one day. */
export function placeOn(record: CanvasRecord): CommentPlace {
  const { x, y, w } = boxOf(record)
  return { target: record.id, x: round(x + w), y: round(y) }
}
