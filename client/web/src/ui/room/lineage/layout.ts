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
 * Ancestors to the left, descendants to the right, a column for each number of steps. In a column a card lies near those
 * it is tied to: the mean of their rows decides, going to the right and back until few lines cross.
 */
export function layOut({ nodes, edges }: Pick<Lineage, 'nodes' | 'edges'>): Map<string, Placed> {
  const columns = columnsOf(nodes)
  const tied = tiesOf(edges)
  for (const order of [columns, [...columns].reverse(), columns, [...columns].reverse()]) {
    const rows = rowsOf(columns)
    for (const column of order) {
      sortByTies(column, tied, rows)
      for (const [row, node] of column.entries()) rows.set(node.asset, row - (column.length - 1) / 2)
    }
  }
  const placed = new Map<string, Placed>()
  for (const [i, column] of columns.entries()) {
    const top = -(column.length * (cardHeight + downGap) - downGap) / 2
    for (const [row, node] of column.entries()) {
      placed.set(node.asset, {
        node,
        column: i,
        row,
        x: i * (cardWidth + acrossGap),
        y: top + row * (cardHeight + downGap),
      })
    }
  }
  return placed
}

function columnsOf(nodes: readonly LineageNode[]): LineageNode[][] {
  const depths = [...new Set(nodes.map(({ depth }) => depth))].sort((a, b) => a - b)
  return depths.map((depth) => nodes.filter((node) => node.depth === depth))
}

function tiesOf(edges: readonly LineageEdge[]): Map<string, string[]> {
  const tied = new Map<string, string[]>()
  for (const { from, to } of edges) {
    tied.set(from, [...(tied.get(from) ?? []), to])
    tied.set(to, [...(tied.get(to) ?? []), from])
  }
  return tied
}

/** Rows are counted from the middle, so that columns of different lengths compare. */
function rowsOf(columns: readonly LineageNode[][]): Map<string, number> {
  const rows = new Map<string, number>()
  for (const column of columns) {
    for (const [row, node] of column.entries()) rows.set(node.asset, row - (column.length - 1) / 2)
  }
  return rows
}

function sortByTies(column: LineageNode[], tied: ReadonlyMap<string, string[]>, rows: ReadonlyMap<string, number>) {
  const pull = new Map(
    column.map((node) => {
      const others = (tied.get(node.asset) ?? []).flatMap((id) => rows.get(id) ?? [])
      const mean = others.reduce((sum, row) => sum + row, 0) / others.length
      return [node.asset, others.length > 0 ? mean : (rows.get(node.asset) ?? 0)]
    }),
  )
  column.sort((a, b) => (pull.get(a.asset) ?? 0) - (pull.get(b.asset) ?? 0))
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
