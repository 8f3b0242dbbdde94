/** Values of cells: nil, booleans, numbers, strings, and arrays and string-keyed maps of them. */

export function absent(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

/** Equality as the server sees it: order of map keys does not matter, nil and absent are one. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || (absent(a) && absent(b))) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
  }
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]))
  )
}
