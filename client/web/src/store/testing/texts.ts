/** Merges of two values that were made from one, in a small: texts by words, sets by member. */

export interface Merged {
  readonly text: string
  /** False: both put something into the same place, and both are in, theirs first. */
  readonly clean: boolean
}

export function mergedText(base: string, theirs: string, mine: string): Merged {
  const [from, a, b] = [words(base), words(theirs), words(mine)]
  const inA = matches(from, a)
  const inB = matches(from, b)
  const out: string[] = []
  let clean = true
  let at = { from: 0, a: 0, b: 0 }
  const close = (next: typeof at) => {
    const parts = [from.slice(at.from, next.from), a.slice(at.a, next.a), b.slice(at.b, next.b)].map((p) => p.join(''))
    const [was = '', their = '', my = ''] = parts
    if (their === was || their === my) out.push(my)
    else if (my === was) out.push(their)
    else {
      out.push(their, my)
      clean = false
    }
  }
  for (const [i, word] of from.entries()) {
    const [ia, ib] = [inA[i] ?? -1, inB[i] ?? -1]
    if (ia < 0 || ib < 0) continue
    close({ from: i, a: ia, b: ib })
    out.push(word)
    at = { from: i + 1, a: ia + 1, b: ib + 1 }
  }
  close({ from: from.length, a: a.length, b: b.length })
  return { text: out.join(''), clean }
}

export function mergedSet(base: readonly unknown[], theirs: readonly unknown[], mine: readonly unknown[]): unknown[] {
  const kept = theirs.filter((item) => mine.includes(item) || !base.includes(item))
  return [...kept, ...mine.filter((item) => !theirs.includes(item) && !base.includes(item))]
}

function words(text: string): string[] {
  return text.match(/\s+|[^\s]+/g) ?? []
}

/** For each word of `from` its place in `to`, or -1, along a longest common subsequence. */
function matches(from: readonly string[], to: readonly string[]): number[] {
  const longest = Array.from({ length: from.length + 1 }, () => new Array<number>(to.length + 1).fill(0))
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0
  for (let i = from.length - 1; i >= 0; i--) {
    const row = longest[i] ?? []
    for (let j = to.length - 1; j >= 0; j--) {
      row[j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const places = new Array<number>(from.length).fill(-1)
  for (let i = 0, j = 0; i < from.length && j < to.length; ) {
    if (from[i] === to[j]) places[i++] = j++
    else if (at(i + 1, j) >= at(i, j + 1)) i++
    else j++
  }
  return places
}
