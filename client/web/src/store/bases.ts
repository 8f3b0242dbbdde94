import { guarded } from '../protocol/policy'
import type { Write } from '../protocol/types'
import { cellKey } from './record'

/**
 * What revision each write was made against. Outside an episode that is what is shown now. Within one it stays what was
 * shown when the cell was first written in it: the person has been looking at their own text since.
 */
export class Bases {
  private readonly begun = new Map<string, { episode: string; base: number }>()

  of(writes: readonly Write[], kindOf: (record: string) => string, episode: string | undefined, rev: number): number {
    let base = rev
    for (const [record, prop] of writes) {
      if (episode === undefined || !guarded(kindOf(record), prop)) continue
      const key = cellKey(record, prop)
      const known = this.begun.get(key)
      if (known?.episode === episode) base = Math.min(base, known.base)
      else this.begun.set(key, { episode, base: rev })
    }
    return base
  }

  /** The person has decided about these cells, knowing what stands. */
  settle(cells: readonly { record: string; prop: string }[]): void {
    for (const { record, prop } of cells) this.begun.delete(cellKey(record, prop))
  }
}
