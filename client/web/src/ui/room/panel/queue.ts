import type { Job } from '../../../protocol/types'
import { isFinal } from '../generate'

export interface Queue {
  /** Leased or running, the longest first. */
  running: Job[]
  /** In the order in which they will start, as far as is known. */
  waiting: Job[]
  /** The newest first. */
  done: Job[]
}

const doneShown = 30

export function queueOf(jobs: ReadonlyMap<string, Job>): Queue {
  const running: Job[] = []
  const waiting: Job[] = []
  const done: Job[] = []
  for (const job of jobs.values()) {
    if (isFinal(job)) done.push(job)
    else if (job.state === 'running' || job.state === 'leased') running.push(job)
    else waiting.push(job)
  }
  running.sort((a, b) => (a.started_at ?? a.created_at) - (b.started_at ?? b.created_at))
  waiting.sort(
    (a, b) =>
      turn(a) - turn(b) || place(a) - place(b) || (b.priority ?? 0) - (a.priority ?? 0) || a.created_at - b.created_at,
  )
  done.sort((a, b) => (b.ended_at ?? b.seq) - (a.ended_at ?? a.seq))
  return { running, waiting, done: done.slice(0, doneShown) }
}

function turn(job: Job): number {
  return job.state === 'queued' ? 0 : 1
}

/** The server knows whose turn it is; who has no place yet comes after all who have. */
function place(job: Job): number {
  return job.position ?? Number.MAX_SAFE_INTEGER
}

/** A job's state in words; now is unix ms, place its place among those that wait. */
export function stateText(job: Job, now: number, place = 0): string {
  switch (job.state) {
    case 'queued':
      return [placeText(place), startText(job, now)].filter(Boolean).join(' · ')
    case 'delayed':
      return job.resume_at ? `Tries again ${inText(job.resume_at - now)}` : 'Tries again later'
    case 'awaiting_approval':
      return 'Waits for an owner to approve'
    case 'leased':
      return 'Starting'
    case 'running':
      return job.attempt > 1 ? `Running, attempt ${job.attempt}` : 'Running'
    case 'succeeded':
      return `Done${tookText(job)}`
    case 'failed':
      return 'Failed'
    case 'cancelled':
      return 'Cancelled'
  }
}

// The place is counted in the server's order: the numbers in jobs are renewed a moment late, and only for the first ones.
function placeText(place: number): string {
  if (place === 0) return 'Waiting'
  return place === 1 ? 'Next' : `Place ${place}`
}

function startText(job: Job, now: number): string {
  return job.expected_start ? `starts ${inText(job.expected_start - now)}` : ''
}

export function inText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds <= 1) return 'now'
  if (seconds < 90) return `in ${seconds} s`
  return `in ${Math.round(seconds / 60)} min`
}

function tookText({ started_at, ended_at }: Job): string {
  if (!started_at || !ended_at) return ''
  const seconds = (ended_at - started_at) / 1000
  return ` in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
}
