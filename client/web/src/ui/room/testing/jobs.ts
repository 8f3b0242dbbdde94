import type { Job } from '../../../protocol/types'

/** A queued job of the user `u`, Ana, for tests. */
export const job = (id: string, more: Partial<Job> = {}): Job => ({
  id,
  kind: 'image',
  prompt: 'p',
  room: 'r',
  seq: 1,
  user: 'u',
  user_name: 'Ana',
  state: 'queued',
  attempt: 1,
  max_attempts: 3,
  created_at: 0,
  ...more,
})

export const jobsOf = (...jobs: Job[]): Map<string, Job> => new Map(jobs.map((one) => [one.id, one]))
