import type { ReactFlowInstance } from '@xyflow/react'
import type { CanvasRecord, Room } from '../../../../store/api'
import type { SpokenCommand } from '../../../../store/commands'
import type { Call } from '../../../../voice/call'
import type { Point } from '../../canvas/actions'
import type { ModelChoice } from '../../providers'
import { type Media, mediaOfRecord } from '../../results/media'
import type { RoomUI } from '../../uiStore'

/** Where commands are performed: all that the page's own buttons use. */
export interface Stage {
  readonly room: Room
  readonly ui: RoomUI
  readonly call: Call | null
  readonly models: readonly ModelChoice[]
  readonly flow: Pick<ReactFlowInstance, 'zoomIn' | 'zoomOut' | 'fitView' | 'setCenter'>
  fitAll(duration: number): void
  /** The middle of the view, in canvas coordinates. */
  middle(): Point
  save(url: string): void
  assetUrl(id: string, name: string): string
}

/** Throws Refusal, or rejects with what the server says. */
export type Performance = (command: SpokenCommand, stage: Stage) => unknown

/** Why something that was understood cannot be done here; its message is for people. */
export class Refusal extends Error {}

export function recordsOf({ of = [] }: SpokenCommand, { room }: Stage): CanvasRecord[] {
  const { records } = room.store.getState()
  return of.flatMap((id) => records.get(id) ?? [])
}

export function mediaIn(command: SpokenCommand, stage: Stage): Media[] {
  const { jobs } = stage.room.store.getState()
  const media = recordsOf(command, stage).flatMap((record) => mediaOfRecord(record, jobs) ?? [])
  if (media.length === 0) throw new Refusal('That is not on the canvas any more.')
  return media
}
