/** Somebody who can be called by `@Name`. */
export interface Named {
  id: string
  name: string
}

/** What is being typed of a name: from `start` (the @) to the caret. */
export interface Mentioning {
  start: number
  typed: string
}

const longestName = 60

/** Whether a name is being typed at the caret. An @ within a word, as of an address, begins none. */
export function mentioning(text: string, caret: number): Mentioning | undefined {
  const before = text.slice(Math.max(0, caret - longestName), caret)
  const at = before.lastIndexOf('@')
  if (at < 0) return undefined
  const previous = before[at - 1]
  if (previous !== undefined && /[\p{L}\p{N}_]/u.test(previous)) return undefined
  const typed = before.slice(at + 1)
  if (/[\n@]/.test(typed) || /^\s/.test(typed)) return undefined
  return { start: caret - typed.length - 1, typed }
}

/** Who may be meant: names of which a word begins like what is typed, those that begin with it first. */
export function candidates<T extends Named>(people: readonly T[], typed: string, most = 6): T[] {
  const wanted = typed.toLowerCase()
  const rank = ({ name }: T) => {
    const low = name.toLowerCase()
    if (low.startsWith(wanted)) return 0
    return low.split(/\s+/).some((word) => word.startsWith(wanted)) ? 1 : 2
  }
  return people
    .map((person, i) => ({ person, i, rank: rank(person) }))
    .filter((entry) => entry.rank < 2)
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .slice(0, most)
    .map(({ person }) => person)
}

/** The text with the name in place of what was typed of it, and where the caret is then. */
export function completed(text: string, { start, typed }: Mentioning, name: string): { text: string; caret: number } {
  const after = text.slice(start + 1 + typed.length)
  const gap = /^\s/.test(after) ? '' : ' '
  const head = `${text.slice(0, start)}@${name}`
  return { text: `${head}${gap}${after}`, caret: head.length + 1 }
}

export type Part<T extends Named> = { text: string; person?: T }

/** A text in parts, those that call one of the people with the person. Of names that begin alike the longest is meant. */
export function partsOf<T extends Named>(text: string, people: readonly T[]): Part<T>[] {
  const named = people.filter(({ name }) => name !== '').sort((a, b) => b.name.length - a.name.length)
  const parts: Part<T>[] = []
  let plain = 0
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const person = /[\p{L}\p{N}_]/u.test(text[at - 1] ?? ' ') ? undefined : named.find((one) => calls(text, at, one))
    if (!person) continue
    const end = at + 1 + person.name.length
    if (at > plain) parts.push({ text: text.slice(plain, at) })
    parts.push({ text: text.slice(at, end), person })
    plain = end
    at = end - 1
  }
  if (plain < text.length) parts.push({ text: text.slice(plain) })
  return parts
}

function calls(text: string, at: number, { name }: Named): boolean {
  const end = at + 1 + name.length
  if (text.slice(at + 1, end).toLowerCase() !== name.toLowerCase()) return false
  return !/[\p{L}\p{N}_]/u.test(text[end] ?? ' ')
}

/** Ids of those whom a text calls, each once. */
export function mentionsIn(text: string, people: readonly Named[]): string[] {
  return [...new Set(partsOf(text, people).flatMap(({ person }) => person?.id ?? []))]
}
