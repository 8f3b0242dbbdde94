import { ApiError } from '../protocol/errors'
import { fields } from '../protocol/shape'
import type { MergeOutcome } from './api'
import { metCell, readCells } from './divergences'

interface Waiting {
  readonly resolve: (outcome: MergeOutcome) => void
  readonly reject: (error: ApiError) => void
}

/** Who waits for the outcome of merges, by change. After a reload nobody does. */
export class Merges {
  private readonly waiting = new Map<string, Waiting>()

  outcome(change: string): Promise<MergeOutcome> {
    return new Promise((resolve, reject) => this.waiting.set(change, { resolve, reject }))
  }

  merged(change: string, rev: number): void {
    this.take(change)?.resolve({ merged: true, rev })
  }

  /** False when nobody waits for it. */
  refused(change: string, error: ApiError): boolean {
    const waiting = this.take(change)
    if (!waiting) return false
    const conflicts = error.code === 'CONFLICT' ? readCells(fields(error.details)?.conflicts) : []
    if (conflicts.length > 0) waiting.resolve({ merged: false, conflicts: conflicts.map(metCell) })
    else waiting.reject(error)
    return true
  }

  /** Nothing will be answered any more. */
  close(): void {
    for (const change of [...this.waiting.keys()]) {
      this.take(change)?.reject(ApiError.unavailable('the room was left'))
    }
  }

  private take(change: string): Waiting | undefined {
    const waiting = this.waiting.get(change)
    this.waiting.delete(change)
    return waiting
  }
}
