import { propOf } from '../../../protocol/policy'
import { absent } from '../../../protocol/values'
import { shapes } from '../generate'

const titles: Record<string, string> = {
  text: 'Text',
  title: 'Title',
  prompt: 'Prompt',
  negative: 'Leave out',
  alt: 'Description',
  provider: 'Provider',
  model: 'Model',
  params: 'Settings',
  seed: 'Seed',
  colour: 'Colour',
  tags: 'Tags',
  reactions: 'Reactions',
  size: 'Size of the letters',
  rotation: 'Rotation',
  collapsed: 'Collapsed',
  locked: 'Locked',
  parent: 'Group',
  order: 'Order',
  z: 'Layer',
  points: 'Line',
  width: 'Line width',
  role: 'Kind of arrow',
  from: 'From',
  to: 'To',
  name: 'Name',
  archived: 'Archived',
  resolved: 'Resolved',
  deleted: 'Deleted',
}

const media: Record<string, string> = { image: 'Picture', video: 'Video', audio: 'Sound' }

/** A prop as people call it. */
export function propTitle(kind: string, prop: string): string {
  if (prop === 'asset') return media[kind] ?? 'File'
  return titles[prop] ?? prop
}

/** A kind as people call it: “picture”, “note”. */
export function kindTitle(kind: string): string {
  if (kind === 'edge') return 'arrow'
  if (kind === 'stroke') return 'line'
  // What is left of a record may not tell its kind.
  return (media[kind] ?? kind.replace(/^x-/, '')).toLowerCase() || 'record'
}

export function isText(kind: string, prop: string): boolean {
  return propOf(kind, prop)?.form === 'text'
}

/** Follows from other props, or is the machine's: nobody reads it. */
const silent = new Set([
  'kind',
  'thumb',
  'placeholder',
  'mime',
  'nw',
  'nh',
  'job',
  'duration',
  'author',
  'at',
  'session',
  'fork',
  'diverged',
  'merged',
  'rev',
  'mentions',
  'thread',
  'target',
])

export function isSilent(prop: string): boolean {
  return silent.has(prop)
}

/** A value in words. */
export function valueText(prop: string, value: unknown): string {
  if (absent(value) || value === '') return 'nothing'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return String(Math.round(value * 100) / 100)
  if (typeof value === 'string') return value
  if (prop === 'params') return paramsText(value)
  if (prop === 'points') return 'a drawn line'
  if (Array.isArray(value)) return value.map((item) => valueText('', item)).join(', ') || 'nothing'
  return JSON.stringify(value)
}

function paramsText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const { width, height, count, ...rest } = value as Record<string, unknown>
  const parts: string[] = []
  if (!absent(width) && !absent(height)) {
    parts.push(shapes.find((s) => s.width === width && s.height === height)?.label ?? `${width} × ${height}`)
  }
  if (!absent(count)) parts.push(`×${count}`)
  for (const [key, item] of Object.entries(rest)) parts.push(`${key} ${valueText('', item)}`)
  return parts.join(', ') || 'nothing'
}

/** The first words of a record, by which people know it: “Harbour at dawn…”. Empty when it has none. */
export function firstWords(props: Readonly<Record<string, unknown>>, length = 48): string {
  for (const prop of ['title', 'text', 'prompt', 'alt', 'name']) {
    const value = props[prop]
    if (typeof value !== 'string' || !value.trim()) continue
    const words = value.trim().replace(/\s+/g, ' ')
    return words.length > length ? `${words.slice(0, length - 1).trimEnd()}…` : words
  }
  return ''
}

/** “note “Tide table””, or the kind alone when it has no words. */
export function recordText(kind: string, props: Readonly<Record<string, unknown>>, length?: number): string {
  const words = firstWords(props, length)
  return words ? `${kindTitle(kind)} “${words}”` : kindTitle(kind)
}

/** One thing or many, with their number: “1 record”, “3 records”. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

/** “Ana”, “Ana and Ben”, “Ana, Ben and 2 others”. */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? ''
  if (names.length <= 3) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} others`
}
