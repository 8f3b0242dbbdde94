import { ApiError } from '../protocol/errors'
import { jobStates } from '../protocol/generated'
import type { Job } from '../protocol/types'
import type { Room, RoomState } from './api'

/** Resolves when a job has ended, and what it made is on the canvas. A failed job is no error here. */
export function jobEnded(room: Pick<Room, 'store'>, id: string, signal?: AbortSignal): Promise<Job> {
  return until(
    room,
    ({ jobs }) => {
      const job = jobs.get(id)
      return job && settled(job) ? job : undefined
    },
    signal,
  )
}

/**
 * Resolves when every step of a request has ended, to the steps' jobs in their order. A step that fails or is cancelled cancels
 * those that go on from it.
 */
export function chainEnded(room: Pick<Room, 'store'>, request: string, signal?: AbortSignal): Promise<Job[]> {
  return until(
    room,
    ({ jobs }) => {
      const steps = chain(jobs, request)
      return steps.length >= (steps[0]?.steps ?? 1) && steps.every(settled) ? steps : undefined
    },
    signal,
  )
}

/** The jobs of a request with steps, in their order, as far as they are known; a request without steps is a chain of one. */
export function chain(jobs: RoomState['jobs'], request: string): Job[] {
  const steps = [...jobs.values()].filter(({ id, chain }) => id === request || chain === request)
  return steps.sort((a, b) => (a.step ?? 0) - (b.step ?? 0))
}

/** Nothing more comes of it by itself. */
function settled({ state, placed }: Job): boolean {
  return jobStates[state]?.final && (state !== 'succeeded' || placed === true)
}

/** Resolves to the first thing that `look` finds; rejects when the room is closed before, or with the signal's reason. */
function until<T>(
  { store }: Pick<Room, 'store'>,
  look: (state: RoomState) => T | undefined,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      unsubscribe()
      signal?.removeEventListener('abort', aborted)
    }
    const aborted = () => {
      end()
      reject(signal?.reason)
    }
    const see = (state: RoomState) => {
      const found = look(state)
      if (found === undefined && state.status !== 'closed') return
      end()
      if (found === undefined) reject(ApiError.unavailable('the room is closed'))
      else resolve(found)
    }
    const unsubscribe = store.subscribe(see)
    signal?.addEventListener('abort', aborted)
    if (signal?.aborted) aborted()
    else see(store.getState())
  })
}
