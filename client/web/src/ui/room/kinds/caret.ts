/** Where a caret at `at` in one text belongs in another: with the letters around it, as far as they are the same. */
export function carried(at: number, before: string, after: string): number {
  const least = Math.min(before.length, after.length)
  let head = 0
  while (head < least && before[head] === after[head]) head += 1
  if (at <= head) return at
  let tail = 0
  while (tail < least - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1
  if (before.length - at <= tail) return after.length - (before.length - at)
  return Math.min(at, after.length - tail)
}
