import type { Divergence, MetCell } from '../../../store/api'
import { counted, kindTitle, listed, propTitle } from '../describe/cells'

/** The notice of what met, without the branch's name: “12 changes applied, 2 kept on”. */
export function keptText({ applied, kept }: Pick<Divergence, 'applied' | 'kept'>): string {
  if (applied === 0) return `${counted(kept, 'change')} kept on`
  return `${counted(applied, 'change')} applied, ${kept} kept on`
}

/** Who met whom where: “Ben changed the same prompt”. */
export function metText(
  cells: readonly MetCell[],
  kindOf: (record: string) => string | undefined,
  nameOf: (user: string) => string,
): string {
  const people = [...new Set(cells.flatMap(({ user }) => (user ? nameOf(user) : [])))]
  const who = listed(people) || 'Somebody'
  const lives = cells.filter(({ prop }) => prop === 'deleted')
  if (lives.length > 0 && lives.every(({ theirs }) => theirs === true)) return `${who} deleted ${whatIs(lives, kindOf)}`
  if (lives.length > 0 && lives.length === cells.length) {
    return `${who} wrote in ${whatIs(lives, kindOf)} that you deleted`
  }
  const props = new Set(cells.map(({ record, prop }) => propTitle(kindOf(record) ?? '', prop).toLowerCase()))
  const [prop] = props
  if (props.size !== 1 || !prop) return `${who} changed the same things`
  return `${who} changed the same ${prop}${new Set(cells.map(({ record }) => record)).size > 1 ? 's' : ''}`
}

function whatIs(cells: readonly MetCell[], kindOf: (record: string) => string | undefined): string {
  const kinds = new Set(cells.map(({ record }) => kindOf(record)))
  const [kind] = kinds
  const title = kinds.size === 1 && kind ? kindTitle(kind) : 'record'
  return cells.length === 1 ? `the ${title}` : counted(cells.length, title)
}
