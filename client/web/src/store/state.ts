import type { Past, RoomState } from './api'
import type { AskedJobs } from './asked'
import type { RoomCall } from './calling'
import type { Canvas } from './canvas'
import type { People } from './people'

/** Everything of a room as the page sees it. In the past there is nothing to take back. */
export function roomState(
  connection: Pick<RoomState, 'status' | 'closed'>,
  canvas: Canvas,
  people: People,
  past: Past | undefined,
  asked: AskedJobs,
  call: RoomCall,
): RoomState {
  return {
    ...connection,
    room: people.room,
    self: people.self,
    role: people.self?.role,
    members: people.members,
    records: past?.records ?? canvas.records,
    jobs: people.jobs,
    progress: people.progress,
    queue: people.queue,
    unsentJobs: asked.items,
    unsent: canvas.pending.size,
    branches: canvas.branches.all,
    branch: canvas.branch,
    overlaid: canvas.branches.overlaid,
    versions: canvas.branches.versions,
    divergences: canvas.diverged,
    features: people.features,
    recording: call.recording,
    past,
    canUndo: canvas.canUndo && !past,
    canRedo: canvas.canRedo && !past,
  }
}
