import { ApiError } from '../protocol/errors'
import type { WireRecord } from '../protocol/types'
import type { CanvasRecord, Past } from './api'
import { fromWire } from './record'

export interface Point {
  readonly rev: number
  /** '' is main. */
  readonly branch: string
}

/** Asks for the canvas as it was; rejects with ApiError. */
export type PastPort = (point: Point) => Promise<readonly WireRecord[]>

/** What is looked at instead of the present. Of visits that overlap the newest is shown. */
export class Visits {
  past: Past | undefined
  private turn = 0

  constructor(private readonly ask: PastPort | undefined) {}

  /** False when another visit began meanwhile. */
  async go({ rev, branch }: Point): Promise<boolean> {
    const turn = ++this.turn
    if (!this.ask) throw ApiError.unavailable('there is nobody to ask for the past')
    const records = await this.ask({ rev, branch })
    if (turn !== this.turn) return false
    this.past = { rev, branch, records: canvasAt(records, rev) }
    return true
  }

  /** To the present. */
  back(): void {
    this.turn++
    this.past = undefined
  }
}

function canvasAt(records: readonly WireRecord[], rev: number): ReadonlyMap<string, CanvasRecord> {
  const shown = records.filter(({ kind }) => kind !== 'branch' && kind !== 'version')
  return new Map(shown.map((record) => [record.id, fromWire(record, rev)]))
}
