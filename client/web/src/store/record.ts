import type { WireRecord, Write } from '../protocol/types'
import { absent, same } from '../protocol/values'
import type { CanvasRecord } from './api'

/** What a write makes of a record; undefined when there is none and the write does not create one. Pure. */
export function written(record: CanvasRecord | undefined, write: Write, rev: number): CanvasRecord | undefined {
  const [id, prop, value] = write
  if (prop === 'kind') return record ?? (typeof value === 'string' ? { id, kind: value, props: {}, rev } : undefined)
  if (!record) return undefined
  if (same(record.props[prop], value)) return record.rev === rev ? record : { ...record, rev }
  if (!absent(value)) return { ...record, rev, props: { ...record.props, [prop]: value } }
  const { [prop]: _, ...props } = record.props
  return { ...record, rev, props }
}

export function deleted(record: CanvasRecord): boolean {
  return record.props.deleted === true
}

/** `next`, or `before` when nothing that shows has changed, so that whoever compares by identity does no work. */
export function shared(before: CanvasRecord | undefined, next: CanvasRecord): CanvasRecord {
  return before && before.kind === next.kind && before.rev === next.rev && same(before.props, next.props)
    ? before
    : next
}

export function fromWire(wire: WireRecord, rev: number): CanvasRecord {
  return { ...wire, rev }
}

/** A cell's name as a key of maps; ids and props hold no space. */
export function cellKey(record: string, prop: string): string {
  return `${record} ${prop}`
}
