import { guarded } from '../protocol/policy'
import type { Branch, CanvasRecord, Version } from './api'
import { emptyOverlay, type Overlay } from './overlay'

type Records = ReadonlyMap<string, CanvasRecord>
type Overlays = ReadonlyMap<string, Overlay>

const noBranches: ReadonlyMap<string, Branch> = new Map()

/** Branches, versions and badges as the page sees them: each keeps its identity while it is what it was. */
export class Branches {
  all = noBranches
  versions: ReadonlyMap<string, Version> = new Map()
  overlaid: ReadonlyMap<string, readonly string[]> = new Map()
  private marks: Records = new Map()
  private overlays: Overlays = new Map()

  isOpen(id: string): boolean {
    return this.all.get(id)?.open === true
  }

  refresh(marks: Records, overlays: Overlays, kindOf: (record: string) => string | undefined): void {
    if (marks === this.marks && overlays === this.overlays) return
    const before = { marks: this.marks, overlays: this.overlays }
    this.marks = marks
    this.overlays = overlays
    const all = new Map<string, Branch>()
    const versions = new Map<string, Version>()
    for (const [id, record] of marks) {
      const kept = before.marks.get(id) === record
      if (record.kind === 'version') versions.set(id, (kept && this.versions.get(id)) || versionOf(record))
      else {
        const same = kept && before.overlays.get(id) === overlays.get(id)
        all.set(id, (same && this.all.get(id)) || branchOf(record, overlays.get(id)))
      }
    }
    this.all = sharedMap(this.all, all)
    this.versions = sharedMap(this.versions, versions)
    this.overlaid = sharedLists(this.overlaid, badges(this.all, kindOf))
  }
}

function branchOf({ id, props }: CanvasRecord, records: Overlay = emptyOverlay): Branch {
  const merged = number(props.merged)
  const archived = props.archived === true
  return {
    id,
    name: string(props.name),
    author: string(props.author),
    at: number(props.at),
    fork: number(props.fork),
    diverged: props.diverged === true,
    merged,
    archived,
    open: merged === 0 && !archived,
    records,
  }
}

function versionOf({ id, props }: CanvasRecord): Version {
  return { id, name: string(props.name), rev: number(props.rev), author: string(props.author), at: number(props.at) }
}

/** Where a branch only moves or colours something it is not worth a badge. */
function badges(branches: ReadonlyMap<string, Branch>, kindOf: (record: string) => string | undefined) {
  const byRecord = new Map<string, string[]>()
  for (const branch of branches.values()) {
    if (!branch.open) continue
    for (const { id, kind, cells } of branch.records.values()) {
      const of = kind ?? kindOf(id) ?? ''
      if (![...cells.keys()].some((prop) => prop === 'kind' || guarded(of, prop))) continue
      const list = byRecord.get(id)
      if (list) list.push(branch.id)
      else byRecord.set(id, [branch.id])
    }
  }
  return byRecord
}

function sharedMap<T>(before: ReadonlyMap<string, T>, next: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  if (before.size !== next.size) return next
  for (const [id, item] of next) if (before.get(id) !== item) return next
  return before
}

function sharedLists(before: ReadonlyMap<string, readonly string[]>, next: Map<string, readonly string[]>) {
  for (const [id, list] of next) {
    const was = before.get(id)
    if (was?.length === list.length && was.every((item, i) => item === list[i])) next.set(id, was)
  }
  return sharedMap(before, next)
}

function string(x: unknown): string {
  return typeof x === 'string' ? x : ''
}

function number(x: unknown): number {
  return typeof x === 'number' ? x : 0
}
