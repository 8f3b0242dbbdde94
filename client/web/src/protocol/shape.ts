/** Reads what a peer sent: every accessor gives a value of its type, or undefined, whatever is there. */

export type Fields = Readonly<Record<string, unknown>>

export function fields(x: unknown): Fields | undefined {
  return typeof x === 'object' && x !== null && !Array.isArray(x) && !ArrayBuffer.isView(x) ? (x as Fields) : undefined
}

export function list(x: unknown): readonly unknown[] {
  return Array.isArray(x) ? x : []
}

export function number(x: unknown): number | undefined {
  return typeof x === 'number' && Number.isFinite(x) ? x : undefined
}

export function string(x: unknown): string | undefined {
  return typeof x === 'string' ? x : undefined
}

/** Drops what `read` cannot make sense of. */
export function each<T>(x: unknown, read: (item: unknown) => T | undefined): T[] {
  const known: T[] = []
  for (const item of list(x)) {
    const one = read(item)
    if (one !== undefined) known.push(one)
  }
  return known
}
