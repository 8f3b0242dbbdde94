import { aboveBranches, guarded, propOf } from '../../protocol/policy'
import type { CellConflict, Change, ErrorBody, Write } from '../../protocol/types'
import { absent, same } from '../../protocol/values'
import type { Cell, Draft } from './draft'
import { mergedSet, mergedText } from './texts'

export class Refusal extends Error {
  constructor(
    readonly code: ErrorBody['code'],
    message: string,
    readonly details?: unknown,
  ) {
    super(message)
  }
}

export function refuse(code: ErrorBody['code'], message: string, conflicts?: readonly CellConflict[]): never {
  throw new Refusal(code, message, conflicts && { conflicts })
}

/** Judges the writes of a change where it is placed (docs/canvas.md); what it met is in the draft. */
export function judge(draft: Draft, change: Change, branch: string): void {
  for (const write of change.writes) {
    const [id, prop, value] = write
    if (prop === 'kind') create(draft, branch, id, value as string)
    else if (branch === '' || draft.isAbove(id)) writeMain(draft, change, write)
    else writeBranch(draft, change, branch, write)
  }
}

/** Links that a change makes on main lead somewhere, and no record is inside itself. */
export function checkLinks(draft: Draft): void {
  for (const { branch, write } of draft.done) {
    const [id, prop, value] = write
    const kind = draft.record(id)?.kind ?? ''
    if (branch !== '' || typeof value !== 'string' || propOf(kind, prop)?.form !== 'record') continue
    const there = draft.record(value) && !draft.isDeleted(value)
    const elsewhere = aboveBranches(kind) && draft.branches().some((b) => draft.overlay(b, value))
    const cell = [{ record: id, prop, rev: 0 }]
    if (!there && !elsewhere) refuse('CONFLICT', `${value} is not there`, cell)
    if (prop === 'parent' && isInside(draft, value, id)) refuse('CONFLICT', `${id} would be its own parent`, cell)
  }
}

function isInside(draft: Draft, inner: string, outer: string): boolean {
  let at: unknown = inner
  for (let depth = 0; typeof at === 'string' && depth < 64; depth++) {
    if (at === outer) return true
    at = draft.value(at, 'parent')
  }
  return typeof at === 'string'
}

function create(draft: Draft, branch: string, id: string, kind: string): void {
  const known = branch === '' ? draft.record(id)?.kind : draft.kindOn(branch, id)
  if (known !== undefined && known !== kind) refuse('INVALID_INPUT', `${id} is a ${known}`)
  if (known !== undefined) return
  if (branch === '' || aboveBranches(kind)) draft.create(id, kind)
  else draft.setOn(branch, id, 'kind', kind, null)
}

function writeMain(draft: Draft, change: Change, write: Write): void {
  const [id, prop, value] = write
  const record = draft.record(id) ?? refuse('NOT_FOUND', `no record ${id}`)
  const schema = propOf(record.kind, prop) ?? refuse('INVALID_INPUT', `${record.kind} has no ${prop}`)
  if (schema.server) refuse('INVALID_INPUT', `${prop} is the server's`)
  const life = draft.isDeleted(id) ? record.cells.get('deleted') : undefined
  const met = (surprise: CellConflict) => {
    if (aboveBranches(record.kind) && !change.undo) return false
    draft.met.push(surprise)
    return true
  }
  if (prop === 'deleted') {
    const surprise = lifeMet(draft, change, id, value === true)
    if (!surprise || !met(surprise)) draft.setLife(id, value === true)
    return
  }
  const outcome = meet(draft, change, write, record.cells.get(prop), life, record.kind)
  if ('met' in outcome) {
    if (!met(outcome.met)) draft.set(id, prop, value)
  } else draft.set(id, prop, outcome.value, same(outcome.value, value) ? undefined : (write[3] ?? null))
}

/** The first write of a cell on a branch meets nothing. */
function writeBranch(draft: Draft, change: Change, branch: string, write: Write): void {
  const [id, prop, value] = write
  const kind = draft.kindOn(branch, id) ?? refuse('NOT_FOUND', `no record ${id}`)
  const overlay = draft.overlay(branch, id)
  const life = overlay?.get('deleted')
  const main = draft.record(id)?.cells.get(prop)
  const unseenMain = isUnseen(draft, change, main)
  const base = unseenMain && (write.length === 4 || guarded(kind, prop)) ? write[3] : main?.value
  if (prop === 'deleted') {
    const others = [...(overlay ?? [])].find(([p, c]) => guarded(kind, p) && isUnseen(draft, change, c))
    if (life && same(life.value === true, value === true)) return
    if (life && isUnseen(draft, change, life)) draft.met.push(conflict(id, prop, life))
    else if (value === true && others) draft.met.push(conflict(id, ...others))
    else draft.setOn(branch, id, prop, value, base)
    return
  }
  const standing = overlay?.get(prop) ?? (change.undo ? main : undefined)
  const outcome = meet(draft, change, write, standing, life?.value === true ? life : undefined, kind)
  if ('met' in outcome) draft.met.push(outcome.met)
  else draft.setOn(branch, id, prop, outcome.value, base, same(outcome.value, value) ? undefined : '')
}

type Outcome = { readonly value: unknown } | { readonly met: CellConflict }

function meet(
  draft: Draft,
  change: Change,
  write: Write,
  cell: Cell | undefined,
  life: Cell | undefined,
  kind: string,
): Outcome {
  const [id, prop, value, basis] = write
  if (change.undo) return meetUndo(write, cell, life, kind)
  if (!guarded(kind, prop)) return { value }
  if (life && isUnseen(draft, change, life)) return { met: conflict(id, 'deleted', life) }
  if (!cell || !isUnseen(draft, change, cell) || same(cell.value, value)) return { value }
  const merged = combined(kind, prop, write.length === 4, basis, cell.value, value)
  if (!merged || (!merged.clean && propOf(kind, prop)?.policy === 'branch')) return { met: conflict(id, prop, cell) }
  return { value: merged.value }
}

/** Applies where its basis stands, takes the own words out of a text, and leaves everything else alone. */
function meetUndo(write: Write, cell: Cell | undefined, life: Cell | undefined, kind: string): Outcome {
  const [id, prop, value, basis] = write
  if (life) return { met: conflict(id, 'deleted', life) }
  if (!cell || same(cell.value, value) || same(cell.value, basis)) return { value }
  const merged = combined(kind, prop, true, basis, cell.value, value)
  return merged?.clean ? { value: merged.value } : { met: conflict(id, prop, cell) }
}

export function combined(
  kind: string,
  prop: string,
  hasBasis: boolean,
  basis: unknown,
  theirs: unknown,
  mine: unknown,
) {
  const form = propOf(kind, prop)?.form
  if (form === 'set') return { value: mergedSet(members(basis), members(theirs), members(mine)), clean: true }
  if (form !== 'text' || !hasBasis) return undefined
  const { text, clean } = mergedText(string(basis), string(theirs), string(mine))
  return { value: text, clean }
}

/** Deleting meets unseen writes to what is guarded; both meet a life that was not seen. */
function lifeMet(draft: Draft, change: Change, id: string, dies: boolean): CellConflict | undefined {
  const record = draft.record(id)
  const life = record?.cells.get('deleted')
  if (!record || draft.isDeleted(id) === dies) return undefined
  if (life && isUnseen(draft, change, life)) return conflict(id, 'deleted', life)
  if (!dies) return undefined
  const unseen = [...record.cells].find(([p, c]) => guarded(record.kind, p) && isUnseen(draft, change, c))
  return unseen && conflict(id, ...unseen)
}

function isUnseen(draft: Draft, change: Change, cell: Cell | undefined): boolean {
  return cell !== undefined && cell.rev > change.base && cell.session !== draft.session
}

export function conflict(record: string, prop: string, { value, rev, session }: Cell): CellConflict {
  return { record, prop, rev, theirs: value ?? undefined, user: `u-${session}` }
}

function string(x: unknown): string {
  return typeof x === 'string' ? x : ''
}

function members(x: unknown): readonly unknown[] {
  return Array.isArray(x) && !absent(x) ? x : []
}
