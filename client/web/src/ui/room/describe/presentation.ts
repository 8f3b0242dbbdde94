import { absent, same } from '../../../protocol/values'
import type { Words } from '../../../store/versioning'
import { isSilent, isText, propTitle, valueText } from './cells'

/** A cell on two sides: before and after, or main and a branch. */
export interface TwoSided {
  prop: string
  a?: unknown
  b?: unknown
  words?: Words[]
}

export interface TextChange {
  prop: string
  title: string
  before: string
  after: string
  /** None when the server sent none; the page compares then. */
  words?: Words[]
}

export interface Row {
  prop: string
  title: string
  before: string
  after: string
}

/** A record's differences as people read them. */
export interface Presentation {
  /** It is there on both sides, on the second alone, or gone from one of them. */
  life: 'both' | 'new' | 'gone' | 'back'
  /** Ids of what it shows on the two sides, when that is not the same. */
  pictures?: { a?: Media; b?: Media }
  texts: TextChange[]
  rows: Row[]
  /** Where it went and what size it got. */
  moves: string[]
}

export interface Media {
  asset: string
  thumb?: string
}

const placed = new Set(['x', 'y', 'w', 'h'])

export function present(kind: string, cells: readonly TwoSided[]): Presentation {
  const by = new Map(cells.map((cell) => [cell.prop, cell]))
  const life = lifeOf(by)
  const shown = cells.filter(
    ({ prop, a, b }) => !isSilent(prop) && !placed.has(prop) && prop !== 'asset' && prop !== 'deleted' && !same(a, b),
  )
  const texts = shown
    .filter(({ prop }) => isText(kind, prop))
    .map(({ prop, a, b, words }) => ({
      prop,
      title: propTitle(kind, prop),
      before: textOf(a),
      after: textOf(b),
      words,
    }))
  const rows = shown
    .filter(({ prop }) => !isText(kind, prop))
    .map(({ prop, a, b }) => ({
      prop,
      title: propTitle(kind, prop),
      before: valueText(prop, a),
      after: valueText(prop, b),
    }))
  return { life, pictures: picturesOf(by), texts, rows, moves: life === 'new' ? [] : movesOf(by) }
}

function lifeOf(by: ReadonlyMap<string, TwoSided>): Presentation['life'] {
  const kind = by.get('kind')
  if (kind && absent(kind.a) !== absent(kind.b)) return absent(kind.a) ? 'new' : 'gone'
  const deleted = by.get('deleted')
  if (deleted && deleted.b === true) return 'gone'
  if (deleted && deleted.a === true) return 'back'
  return 'both'
}

function picturesOf(by: ReadonlyMap<string, TwoSided>): Presentation['pictures'] {
  const asset = by.get('asset')
  if (!asset || same(asset.a, asset.b)) return undefined
  const thumb = by.get('thumb')
  return { a: mediaOf(asset.a, thumb?.a), b: mediaOf(asset.b, thumb?.b) }
}

function mediaOf(asset: unknown, thumb: unknown): Media | undefined {
  if (typeof asset !== 'string' || asset === '') return undefined
  return { asset, thumb: typeof thumb === 'string' && thumb !== '' ? thumb : undefined }
}

function movesOf(by: ReadonlyMap<string, TwoSided>): string[] {
  const moves: string[] = []
  const dx = step(by.get('x'))
  const dy = step(by.get('y'))
  const ways = [dx && `${Math.abs(dx)} ${dx > 0 ? 'right' : 'left'}`, dy && `${Math.abs(dy)} ${dy > 0 ? 'down' : 'up'}`]
  const went = ways.filter(Boolean)
  if (went.length > 0) moves.push(`Moved ${went.join(' and ')}`)
  else if (by.has('x') || by.has('y')) moves.push('Moved')
  const w = sizes(by.get('w'))
  const h = sizes(by.get('h'))
  if (w && h) moves.push(`Resized from ${w[0]} × ${h[0]} to ${w[1]} × ${h[1]}`)
  else if (w) moves.push(`Width from ${w[0]} to ${w[1]}`)
  else if (h) moves.push(`Height from ${h[0]} to ${h[1]}`)
  return moves
}

function step(cell: TwoSided | undefined): number {
  return typeof cell?.a === 'number' && typeof cell.b === 'number' ? Math.round(cell.b - cell.a) : 0
}

function sizes(cell: TwoSided | undefined): [number, number] | undefined {
  if (typeof cell?.a !== 'number' || typeof cell.b !== 'number') return undefined
  const [a, b] = [Math.round(cell.a), Math.round(cell.b)]
  return a === b ? undefined : [a, b]
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** All of it in one line, for lists. */
export function summary(kind: string, view: Presentation): string {
  if (view.life === 'new') return 'New'
  if (view.life === 'gone') return 'Deleted'
  const parts: string[] = view.life === 'back' ? ['Back again'] : []
  if (view.pictures) parts.push(propTitle(kind, 'asset'))
  for (const { title } of [...view.texts, ...view.rows]) parts.push(title)
  if (view.moves.some((move) => move.startsWith('Moved'))) parts.push('Place')
  if (view.moves.some((move) => !move.startsWith('Moved'))) parts.push('Size')
  return parts.join(', ')
}
