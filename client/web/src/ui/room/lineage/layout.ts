import type { Lineage, LineageEdge, LineageNode } from '../../app/services'

export const cardWidth = 184
export const cardHeight = 168
const acrossGap = 84
const downGap = 26

export interface Placed {
  node: LineageNode
  x: number
  y: number
  column: number
  /** From the top of its column. */
  row: number
}

/**
 * Ancestors to the left, descendants to the right, each as far as the longest way between says, so that every line leads
 * to the right. In a column a card lies near those it is tied to: the mean of their rows decides, going to the right and
 * back until few lines cross. A line that passes a column takes a row there, which keeps cards out of its way.
 */
export function layOut({ nodes, edges }: Pick<Lineage, 'nodes' | 'edges'>): Map<string, Placed> {
  const columns = columnsOf(nodes, edges)
  const spots = spotsOf(nodes, columns)
  const tied = tiesOf(edges, columns, spots)
  const rows = new Map<string, number>()
  for (const order of [spots, [...spots].reverse(), spots, [...spots].reverse()]) {
    for (const spot of spots) number(spot, rows)
    for (const spot of order) {
      sortByTies(spot, tied, rows)
      number(spot, rows)
    }
  }
  const by = new Map(nodes.map((node) => [node.asset, node]))
  const placed = new Map<string, Placed>()
  for (const [column, spot] of spots.entries()) {
    for (const id of spot) {
      const node = by.get(id)
      if (!node) continue
      const y = (rows.get(id) ?? 0) * (cardHeight + downGap) - cardHeight / 2
      const row = [...placed.values()].filter((other) => other.column === column).length
      placed.set(id, { node, column, row, x: column * (cardWidth + acrossGap), y })
    }
  }
  return placed
}

/** The longest way to each asset, in columns from the left. */
function columnsOf(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): Map<string, number> {
  const known = new Set(nodes.map(({ asset }) => asset))
  const inside = edges.filter(({ from, to }) => known.has(from) && known.has(to) && from !== to)
  const depth = new Map(nodes.map((node) => [node.asset, node.depth]))
  // Bytes that are made again out of themselves close a circle: as many rounds as there are assets end it.
  for (let round = 0; round < nodes.length; round++) {
    let moved = false
    for (const { from, to } of inside) {
      const [a = 0, b = 0] = [depth.get(from), depth.get(to)]
      if (a < b) continue
      // What is above the asset asked for goes further up, what is below further down.
      if (a < 0 || b <= 0) depth.set(from, b - 1)
      else depth.set(to, a + 1)
      moved = true
    }
    if (!moved) break
  }
  const least = Math.min(...depth.values())
  return new Map([...depth].map(([asset, at]) => [asset, at - least]))
}

/** What is in each column, by id. */
function spotsOf(nodes: readonly LineageNode[], columns: ReadonlyMap<string, number>): string[][] {
  const spots = Array.from({ length: Math.max(0, ...columns.values()) + 1 }, (): string[] => [])
  for (const { asset } of nodes) spots[columns.get(asset) ?? 0]?.push(asset)
  return spots
}

/** Who is tied to whom in the columns beside. Lines that pass a column get a spot of their own in it. */
function tiesOf(
  edges: readonly LineageEdge[],
  columns: ReadonlyMap<string, number>,
  spots: string[][],
): Map<string, string[]> {
  const tied = new Map<string, string[]>()
  const tie = (a: string, b: string) => {
    tied.set(a, [...(tied.get(a) ?? []), b])
    tied.set(b, [...(tied.get(b) ?? []), a])
  }
  for (const { from, to } of edges) {
    const [start, end] = [columns.get(from), columns.get(to)]
    if (start === undefined || end === undefined) continue
    let last = from
    for (let column = start + 1; column < end; column++) {
      const pass = `${from} ${to} ${column}`
      spots[column]?.push(pass)
      tie(last, pass)
      last = pass
    }
    tie(last, to)
  }
  return tied
}

/** Rows are counted from the middle, so that columns of different lengths compare. */
function number(spot: readonly string[], rows: Map<string, number>): void {
  for (const [row, id] of spot.entries()) rows.set(id, row - (spot.length - 1) / 2)
}

function sortByTies(spot: string[], tied: ReadonlyMap<string, string[]>, rows: ReadonlyMap<string, number>): void {
  const pull = new Map(
    spot.map((id) => {
      const others = (tied.get(id) ?? []).flatMap((other) => rows.get(other) ?? [])
      const mean = others.reduce((sum, row) => sum + row, 0) / others.length
      return [id, others.length > 0 ? mean : (rows.get(id) ?? 0)]
    }),
  )
  spot.sort((a, b) => (pull.get(a) ?? 0) - (pull.get(b) ?? 0))
}

/** The card that an arrow key leads to: up and down in a column, left and right to the nearest in the next one. */
export function neighbour(placed: ReadonlyMap<string, Placed>, asset: string, key: string): string | undefined {
  const here = placed.get(asset)
  if (!here) return undefined
  const all = [...placed.values()]
  const inColumn = (column: number) => all.filter((other) => other.column === column)
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const row = here.row + (key === 'ArrowDown' ? 1 : -1)
    return inColumn(here.column).find((other) => other.row === row)?.node.asset
  }
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined
  const beside = inColumn(here.column + (key === 'ArrowRight' ? 1 : -1))
  beside.sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))
  return beside[0]?.node.asset
}
