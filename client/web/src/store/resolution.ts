import { absent } from '../protocol/values'
import type { CanvasRecord, EditWrite } from './api'
import type { ConflictCell } from './conflicts'

/** How far beside the original a copy appears, in canvas units. */
const asideBy = 32

/** The writes that make a record like `origin` with my cells in it; none when mine was to delete it. */
export function copyOf(origin: CanvasRecord, id: string, cells: readonly ConflictCell[]): EditWrite[] {
  const mine = cells.filter((cell) => cell.record === origin.id)
  if (mine.some((cell) => cell.prop === 'deleted' && cell.mine === true)) return []
  const props: Record<string, unknown> = { ...origin.props }
  for (const cell of mine) props[cell.prop] = cell.mine
  delete props.deleted
  if (typeof props.x === 'number') props.x += typeof props.w === 'number' ? props.w + asideBy : asideBy
  if (typeof props.y === 'number' && typeof props.w !== 'number') props.y += asideBy
  const written = Object.entries(props).filter(([, value]) => !absent(value))
  return [[id, 'kind', origin.kind], ...written.map(([prop, value]): EditWrite => [id, prop, value])]
}
