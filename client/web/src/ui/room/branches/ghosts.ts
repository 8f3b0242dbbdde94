import type { Branch, CanvasRecord } from '../../../store/api'
import { boxOf } from '../canvas/geometry'

/** The outline of what an open branch puts where main has nothing. */
export interface Ghost {
  key: string
  branch: string
  record: string
  name: string
  /** It is only on the branch; else it is elsewhere there. */
  fresh: boolean
  x: number
  y: number
  w: number
  h: number
}

const most = 200
const placing = ['x', 'y', 'w', 'h'] as const
/** Smaller steps are no other place. */
const visible = 4

/** Ghosts of the open branches over main's records, at most 200. */
export function ghostsOf(
  branches: ReadonlyMap<string, Branch>,
  records: ReadonlyMap<string, CanvasRecord>,
  drawn: (kind: string) => boolean,
): Ghost[] {
  const ghosts: Ghost[] = []
  for (const branch of branches.values()) {
    if (!branch.open) continue
    for (const { id, kind, cells } of branch.records.values()) {
      if (ghosts.length >= most) return ghosts
      const main = records.get(id)
      const shown = kind ?? main?.kind
      if (!shown || !drawn(shown) || cells.get('deleted')?.value === true) continue
      if (!main && kind === undefined) continue
      if (main && !placing.some((prop) => cells.has(prop))) continue
      const props: Record<string, unknown> = { ...main?.props }
      for (const [prop, cell] of cells) props[prop] = cell.value
      const box = boxOf({ id, kind: shown, props, rev: 0 })
      if (main && near(box, boxOf(main))) continue
      ghosts.push({ key: `${branch.id}/${id}`, branch: branch.id, record: id, name: branch.name, fresh: !main, ...box })
    }
  }
  return ghosts
}

/** Ghosts are made anew whenever one of them changes; those that look the same are drawn once. */
export function sameGhost(a: Ghost, b: Ghost): boolean {
  return a.key === b.key && a.name === b.name && a.fresh === b.fresh && placing.every((side) => a[side] === b[side])
}

function near(a: ReturnType<typeof boxOf>, b: ReturnType<typeof boxOf>): boolean {
  return placing.every((side) => Math.abs(a[side] - b[side]) < visible)
}

/** Ids of main's records on which ghosts depend. Only these are looked at when something moves. */
export function haunted(branches: ReadonlyMap<string, Branch>): string[] {
  const ids: string[] = []
  for (const branch of branches.values()) {
    if (!branch.open) continue
    for (const { id, kind, cells } of branch.records.values()) {
      if (kind !== undefined || placing.some((prop) => cells.has(prop))) ids.push(id)
    }
  }
  return ids
}
