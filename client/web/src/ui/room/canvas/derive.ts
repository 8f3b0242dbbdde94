import { type Edge, type Node, Position } from '@xyflow/react'
import type { CanvasRecord } from '../../../store/api'
import { inputRole } from '../remix/inputs'
import { boxOf, drawn, number, text } from './geometry'

export type RecordNode = Node<{ kind: string }, string>

const known = new Set(['prompt', 'note', 'text', 'image', 'video', 'audio'])

interface Made {
  record: CanvasRecord
  selected: boolean
  node: RecordNode
}

/**
 * Makes React Flow's nodes of records. A node keeps its identity while its record and its selection do, so that a change
 * of one record renders one node. One per canvas; not shared.
 */
export class NodeDeriver {
  private made = new Map<string, Made>()
  private last: RecordNode[] = []

  derive(records: ReadonlyMap<string, CanvasRecord>, selection: ReadonlySet<string>): RecordNode[] {
    const made = new Map<string, Made>()
    const nodes: RecordNode[] = []
    for (const record of records.values()) {
      if (!drawn(record.kind)) continue
      const selected = selection.has(record.id)
      const before = this.made.get(record.id)
      const kept = before?.record === record && before.selected === selected
      const entry = kept ? before : { record, selected, node: nodeOf(record, selected) }
      made.set(record.id, entry)
      nodes.push(entry.node)
    }
    this.made = made
    const same = nodes.length === this.last.length && nodes.every((node, i) => node === this.last[i])
    if (!same) this.last = nodes
    return this.last
  }
}

function nodeOf(record: CanvasRecord, selected: boolean): RecordNode {
  const { x, y, w, h } = boxOf(record)
  return {
    id: record.id,
    type: known.has(record.kind) ? record.kind : 'other',
    position: { x, y },
    width: w,
    height: h,
    measured: { width: w, height: h },
    // Given, not measured from the page: so edges to records that were never in view are drawn too.
    handles: [
      { type: 'source', position: Position.Right, x: w, y: h / 2, width: 1, height: 1 },
      { type: 'target', position: Position.Left, x: 0, y: h / 2, width: 1, height: 1 },
    ],
    selected,
    draggable: record.props.locked !== true,
    zIndex: record.kind === 'frame' ? -1 : number(record.props.z, 0),
    ariaLabel: labelOf(record),
    data: { kind: record.kind },
  }
}

/** What a screen reader says of a record. */
export function labelOf({ kind, props }: CanvasRecord): string {
  const words = text(props.title) || text(props.alt) || text(props.text) || text(props.prompt)
  return words ? `${kind}: ${words.slice(0, 120)}` : `empty ${kind}`
}

export function edgesOf(records: ReadonlyMap<string, CanvasRecord>): Edge[] {
  const edges: Edge[] = []
  for (const { id, kind, props } of records.values()) {
    if (kind !== 'edge') continue
    const source = text(props.from)
    const target = text(props.to)
    if (!records.has(source) || !records.has(target)) continue
    const className = props.role === inputRole ? 'at-edge at-edge-input' : 'at-edge'
    edges.push({ id, source, target, type: 'default', selectable: false, focusable: false, className })
  }
  return edges
}
