import type { JobRequest } from '../../../protocol/types'
import type { Room } from '../../../store/api'
import { freely } from '../remix/freePlace'

/**
 * Asks for a generation, its results where nothing lies yet. Never waits: until the server has answered the request shows
 * as waiting to be sent, and what is refused is told as a problem of the room.
 */
export function queueUp(room: Room, request: Omit<JobRequest, 'id'>): void {
  const { records, jobs, unsentJobs } = room.store.getState()
  const asked = [...jobs.values(), ...[...unsentJobs.values()].map((job) => job.request)]
  room.enqueue(freely(request, records, asked)).catch(() => {})
}
