import { counted, isSilent, kindTitle, propTitle } from '../describe/cells'
import type { Entry, JoinedWrite } from './grouping'

export interface Names {
  /** How people know a record: “note “Tide table””. */
  record(id: string, kind: string): string
  branch(id: string): string
}

/** What somebody did, in words that follow their name: “changed the prompt of picture “Dawn””. */
export function entryText(entry: Entry, names: Names): string {
  const [change] = entry.changes
  if (!change) return ''
  // A change that diverged made its own branch: that is told by where it is kept.
  const made = (w: JoinedWrite) => w.record === change.branch
  const diverged = change.branch !== '' && entry.writes.some(made) && !entry.writes.every(made)
  const where = change.branch ? ` ${diverged ? 'kept ' : ''}on ${names.branch(change.branch)}` : ''
  if (change.merged !== undefined) return `Merged ${names.branch(change.merged)}`
  if (change.restored !== undefined)
    return `Restored ${ofRecords(entry.writes, names)} from revision ${change.restored}`
  if (change.undo !== undefined) return `Took back: ${writesText(entry.writes, names, true)}${where}`
  const writes = diverged ? entry.writes.filter((w) => !made(w)) : entry.writes
  return `${writesText(writes, names, false)}${diverged ? ',' : ''}${where}`
}

function writesText(writes: readonly JoinedWrite[], names: Names, back: boolean): string {
  const records = byRecord(writes)
  if (records.length === 1 && records[0]) return recordText(records[0], names, back)
  const deeds = new Map<string, RecordWrites[]>()
  for (const record of records) {
    const deed = deedOf(record, back)
    const same = deeds.get(deed)
    if (same) same.push(record)
    else deeds.set(deed, [record])
  }
  const parts = [...deeds].map(([deed, list]) =>
    list.length === 1 && list[0] ? recordText(list[0], names, back) : `${deed} ${manyText(list)}`,
  )
  const said = parts.slice(0, 2).map((part, i) => (i === 0 ? part : lower(part)))
  if (parts.length > 2) said.push('more')
  return said.length > 0 ? said.join(said.length > 2 ? ', ' : ' and ').replace(', more', ' and more') : 'Nothing'
}

function manyText(list: readonly RecordWrites[]): string {
  const kinds = new Set(list.map((record) => record.kind))
  const [kind] = kinds
  return kinds.size === 1 && kind ? counted(list.length, kindTitle(kind)) : counted(list.length, 'record')
}

interface RecordWrites {
  record: string
  kind: string
  writes: JoinedWrite[]
}

/** Arrows come and go with what they join; they are told of only when there is nothing else. */
function byRecord(writes: readonly JoinedWrite[]): RecordWrites[] {
  const records = new Map<string, RecordWrites>()
  for (const write of writes) {
    const known = records.get(write.record)
    if (known) known.writes.push(write)
    else records.set(write.record, { record: write.record, kind: write.kind, writes: [write] })
  }
  const all = [...records.values()]
  const others = all.filter(({ kind }) => kind !== 'edge')
  return others.length > 0 ? others : all
}

function deedOf({ writes, kind }: RecordWrites, back: boolean): string {
  if (writes.some((w) => w.prop === 'kind')) return kind === 'comment' ? 'Commented' : 'Made'
  const life = writes.find((w) => w.prop === 'deleted')
  if (life) return life.after === true ? 'Deleted' : 'Brought back'
  const props = writes.map((w) => w.prop).filter((prop) => !isSilent(prop))
  if (props.length > 0 && props.every((prop) => prop === 'x' || prop === 'y')) return back ? 'Moved back' : 'Moved'
  if (props.length > 0 && props.every((prop) => 'xywh'.includes(prop))) return 'Resized'
  return 'Changed'
}

function recordText(record: RecordWrites, names: Names, back: boolean): string {
  const { kind, writes } = record
  const special = specialText(record)
  if (special) return special
  const deed = deedOf(record, back)
  const title = names.record(record.record, kind)
  if (deed !== 'Changed') return `${deed} ${title}`
  const props = [...new Set(writes.map((w) => w.prop).filter((prop) => !isSilent(prop) && !'xywh'.includes(prop)))]
  const told = props.slice(0, 2).map((prop) => propTitle(kind, prop).toLowerCase())
  // A prompt's prompt and a picture's picture are the thing itself.
  if (told.length === 0 || (props.length === 1 && told[0] === kindTitle(kind))) return `Changed ${title}`
  const rest = props.length - told.length
  const what = rest > 0 ? `${told.join(', ')} and ${rest} more` : told.join(' and ')
  return `Changed ${what} of ${title}`
}

function specialText({ kind, writes }: RecordWrites): string {
  const after = (prop: string) => writes.find((write) => write.prop === prop)?.after
  const made = writes.some((write) => write.prop === 'kind')
  const name = after('name')
  if (kind === 'branch') {
    if (made) return `Made the branch ${name ?? ''}`.trim()
    if (after('archived') === true) return 'Archived a branch'
    if (writes.some((write) => write.prop === 'archived')) return 'Opened an archived branch again'
    if (typeof name === 'string') return `Renamed a branch to ${name}`
    return 'Changed a branch'
  }
  if (kind === 'version') return made ? `Named this moment ${name ?? ''}`.trim() : 'Changed a version'
  if (kind === 'comment') {
    if (made) return after('thread') ? 'Replied to a comment' : 'Commented'
    if (after('deleted') === true) return 'Deleted a comment'
    if (after('resolved') === true) return 'Resolved a thread'
    if (writes.some((write) => write.prop === 'resolved')) return 'Opened a thread again'
    return 'Changed a comment'
  }
  return ''
}

function ofRecords(writes: readonly JoinedWrite[], names: Names): string {
  const records = byRecord(writes)
  const [first] = records
  if (records.length === 1 && first) return names.record(first.record, first.kind)
  return counted(records.length, 'record')
}

function lower(text: string): string {
  return (text[0]?.toLowerCase() ?? '') + text.slice(1)
}
