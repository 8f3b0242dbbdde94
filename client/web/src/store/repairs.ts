import { same } from '../protocol/values'
import type { CanvasRecord } from './api'
import { shared } from './record'

type Records = ReadonlyMap<string, CanvasRecord>

/**
 * What a branch shows, made to fit together: main's parent wins a cycle, edges whose ends are not there are hidden. Main
 * needs none of it. `before` is what was shown last, for identity.
 */
export function repaired(composed: Records, main: Records, before: Records): Records {
  const next = new Map(composed)
  for (const id of reparented(composed, main)) {
    const record = next.get(id)
    if (record && isCyclic(next, id)) next.set(id, shared(before.get(id), withParent(record, main.get(id))))
  }
  for (const [id, { kind, props }] of composed) {
    if (kind === 'edge' && !(isThere(composed, props.from) && isThere(composed, props.to))) next.delete(id)
  }
  return next
}

/** In one order for everybody, because one repair may make another needless. */
function reparented(composed: Records, main: Records): string[] {
  const ids: string[] = []
  for (const [id, { props }] of composed) {
    if (typeof props.parent === 'string' && !same(props.parent, main.get(id)?.props.parent)) ids.push(id)
  }
  return ids.sort()
}

function isCyclic(records: Records, id: string): boolean {
  const seen = new Set<string>()
  for (let at: unknown = id; typeof at === 'string'; at = records.get(at)?.props.parent) {
    if (seen.has(at)) return true
    seen.add(at)
  }
  return false
}

function withParent(record: CanvasRecord, main: CanvasRecord | undefined): CanvasRecord {
  const { parent: _, ...props } = record.props
  const parent = main?.props.parent
  return { ...record, props: typeof parent === 'string' ? { ...props, parent } : props }
}

function isThere(records: Records, id: unknown): boolean {
  return typeof id === 'string' && records.has(id)
}
