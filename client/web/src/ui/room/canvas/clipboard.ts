import type { Draft } from './actions'

const mark = 'atelier/records'

/** What is copied, as text that other rooms and editors can hold too. */
export function serialise(drafts: readonly Draft[]): string {
  return JSON.stringify({ [mark]: drafts })
}

/** The records in a copied text; undefined when it is any other text. */
export function parse(text: string): Draft[] | undefined {
  if (!text.includes(mark)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const list = (value as Record<string, unknown>)[mark]
    if (!Array.isArray(list)) return undefined
    return list.filter(isDraft)
  } catch {
    return undefined
  }
}

function isDraft(value: unknown): value is Draft {
  if (typeof value !== 'object' || value === null) return false
  const { kind, props } = value as Record<string, unknown>
  return typeof kind === 'string' && typeof props === 'object' && props !== null && !Array.isArray(props)
}
