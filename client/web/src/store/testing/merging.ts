import { guarded, propOf } from '../../protocol/policy'
import type { CellConflict, Choice, Merge } from '../../protocol/types'
import { absent, same } from '../../protocol/values'
import type { Draft, ModelOverlay, Replaced } from './draft'
import { combined, conflict, refuse } from './judgement'

/** Merges a branch, or some of its records, into main: three-way by cell (docs/canvas.md, Merge). */
export function merge(draft: Draft, change: string, { branch, records, resolve = [] }: Merge): void {
  if (draft.record(branch)?.kind !== 'branch') refuse('NOT_FOUND', `no branch ${branch}`)
  const chosen = (record: string, prop: string): Choice | undefined => {
    const named = [`${record} ${prop}`, `${record} `, ' ']
    return named.map((name) => resolve.find(([r, p]) => `${r} ${p}` === name)?.[2]).find((c) => c !== undefined)
  }
  const scope = draft.overlaid(branch).filter((id) => !records?.length || records.includes(id))
  for (const id of scope) {
    const overlay = draft.overlay(branch, id)
    if (overlay) mergeRecord(draft, id, overlay, chosen, siblingOf(change, id))
  }
  if (draft.met.length > 0) refuse('CONFLICT', 'both sides changed', draft.met)
  for (const id of scope) draft.drop(branch, id)
  if (draft.overlaid(branch).length === 0 && absent(draft.value(branch, 'merged'))) {
    draft.set(branch, 'merged', draft.rev)
  }
}

/** Takes a merge back where nobody has written since, and gives the branch its cells again. */
export function unmerge(draft: Draft, done: readonly Replaced[], rev: number): void {
  const made = new Set(done.filter(({ write, before }) => write[1] === 'kind' && before === undefined).map(idOf))
  for (const id of made) {
    const record = draft.record(id)
    if (!record || draft.isDeleted(id)) continue
    const since = [...record.cells].find(([, cell]) => cell.rev > rev)
    if (since) draft.met.push(conflict(id, ...since))
    else draft.setLife(id, true)
  }
  for (const one of done) {
    const [id, prop, value, basis] = one.write
    if (one.branch !== '') {
      if (!draft.overlay(one.branch, id)?.has(prop)) draft.setOn(one.branch, id, prop, one.before, one.base)
      continue
    }
    if (made.has(id) || prop === 'kind' || same(value, one.before)) continue
    const cell = draft.record(id)?.cells.get(prop)
    const dead = draft.isDeleted(id) && prop !== 'deleted'
    if (cell && (dead || !same(cell.value, value))) draft.met.push(conflict(id, prop, cell))
    else if (prop === 'deleted') draft.setLife(id, one.before === true)
    else draft.set(id, prop, one.before, basis === undefined ? undefined : null)
  }
}

function idOf({ write }: Replaced): string {
  return write[0]
}

/** From both ids as tests make them, always the same. */
function siblingOf(change: string, id: string): string {
  return `${change.slice(0, 8)}-${change.slice(-4)}-7${id.slice(5, 8)}-8000-${id.slice(24)}`
}

type Chosen = (record: string, prop: string) => Choice | undefined

function mergeRecord(draft: Draft, id: string, overlay: ModelOverlay, chosen: Chosen, sibling: string): void {
  const record = draft.record(id)
  if (!record) {
    create(draft, id, overlay)
    return
  }
  const life = overlay.get('deleted')
  if (life?.value === true) {
    if (draft.isDeleted(id)) return
    const since = [...record.cells].find(
      ([p, c]) => guarded(record.kind, p) && c.rev > life.rev && c.session !== life.session,
    )
    const choice = since ? chosen(id, 'deleted') : 'branch'
    if (choice === 'branch') draft.setLife(id, true)
    else if (since && !choice) draft.met.push({ ...conflict(id, ...since), prop: 'deleted', mine: true })
    return
  }
  if (draft.isDeleted(id)) {
    const back = overlay.has('kind') || overlay.has('deleted')
    const asks = !back && [...overlay.keys()].some((prop) => guarded(record.kind, prop))
    const choice = asks ? chosen(id, 'deleted') : 'branch'
    if (choice === 'both') create(draft, sibling, overlay, id)
    if (choice === 'both' || choice === 'main') return
    const cell = record.cells.get('deleted')
    if (!choice && cell) {
      draft.met.push(conflict(id, 'deleted', cell))
      return
    }
    if (asks || back) draft.setLife(id, false)
  }
  mergeCells(draft, id, overlay, chosen, sibling)
}

function mergeCells(draft: Draft, id: string, overlay: ModelOverlay, chosen: Chosen, sibling: string): void {
  const kind = draft.record(id)?.kind ?? ''
  const writes: [prop: string, value: unknown, basis?: unknown][] = []
  const met: CellConflict[] = []
  for (const [prop, { value, base }] of overlay) {
    const main = draft.value(id, prop)
    if (prop === 'deleted' || prop === 'kind' || same(main, value) || same(value, base)) continue
    if (same(main, base) || !guarded(kind, prop)) {
      writes.push([prop, value])
      continue
    }
    const merged = combined(kind, prop, true, base, main, value)
    if (merged && (merged.clean || propOf(kind, prop)?.policy === 'merge')) {
      writes.push([prop, merged.value, base ?? null])
      continue
    }
    const choice = chosen(id, prop)
    if (choice === 'both') {
      create(draft, sibling, overlay, id)
      return
    }
    if (choice === 'branch') writes.push([prop, value])
    const cell = draft.record(id)?.cells.get(prop)
    if (!choice && cell) met.push({ ...conflict(id, prop, cell), base: base ?? undefined, mine: value ?? undefined })
  }
  draft.met.push(...met)
  for (const [prop, value, basis] of writes) draft.set(id, prop, value, basis)
}

/** What the branch shows as a record of its own, or as a sibling beside main's. */
function create(draft: Draft, id: string, overlay: ModelOverlay, beside?: string): void {
  const main = beside === undefined ? undefined : draft.record(beside)
  const kind = main?.kind ?? overlay.get('kind')?.value
  if (typeof kind !== 'string') return
  draft.create(id, kind)
  const props = new Map<string, unknown>([...(main?.cells ?? [])].map(([prop, { value }]) => [prop, value]))
  for (const [prop, { value }] of overlay) props.set(prop, value)
  for (const [prop, value] of props) {
    if (prop !== 'kind' && prop !== 'deleted' && !absent(value)) draft.set(id, prop, value)
  }
}
