import type { Job, JobRequest } from '../../../protocol/types'
import { counted, listed } from '../describe/cells'

/** A job's state in words; now is unix ms, place its place among those that wait. */
export function stateText(job: Job, now: number, place = 0): string {
  switch (job.state) {
    case 'queued':
      return [placeText(place), startText(job, now)].filter(Boolean).join(' · ')
    case 'delayed':
      return job.resume_at ? `Tries again ${inText(job.resume_at - now)}` : 'Tries again later'
    case 'awaiting_approval':
      return 'Waits for an owner to approve'
    case 'waiting':
      return waitText(job)
    case 'leased':
      return `Starting${workerText(job)}`
    case 'running':
      return `Running${job.attempt > 1 ? `, attempt ${job.attempt}` : ''}${workerText(job)}`
    case 'succeeded':
      return `Done${tookText(job)}`
    case 'failed':
      return 'Failed'
    case 'cancelled':
      return 'Cancelled'
  }
}

const made: Record<string, string> = {
  image: 'Picture',
  video: 'Film',
  audio: 'Sound',
  text: 'Text',
}

const transforms: Record<string, string> = {
  variation: 'Variation',
  upscale: 'Larger picture',
  edit: 'Edit',
  soundtrack: 'Soundtrack',
  animate: 'Film',
  describe: 'Description',
}

/** What a request makes, as people call it: “Picture”, “Variation”, “Soundtrack”. */
export function workText({ kind, transform }: { kind: string; transform?: string }): string {
  if (!transform || transform === 'generate') return made[kind] ?? kind
  return transforms[transform] ?? transform.replace(/^[a-z]/, (first) => first.toUpperCase()).replace(/[-_]/g, ' ')
}

/** How many results, or over which values: “×4”, “strength 0.2, 0.5”; empty for one. */
export function amountText({ count, sweep }: Pick<JobRequest, 'count' | 'sweep'>): string {
  if (sweep) return `${sweep.param} ${sweep.values.join(', ')}`
  return (count ?? 1) > 1 ? `×${count}` : ''
}

/** A job in few words, for labels: its prompt, or what it makes when it has none. */
export function jobWords(job: Pick<Job, 'prompt' | 'kind' | 'transform'>): string {
  return job.prompt.trim().slice(0, 60) || workText(job)
}

export function unitsText(units: number): string {
  return counted(Math.round(units * 10) / 10, 'unit')
}

export function inText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds <= 1) return 'now'
  if (seconds < 90) return `in ${seconds} s`
  if (seconds < 5400) return `in ${Math.round(seconds / 60)} min`
  return `in ${Math.round(seconds / 360) / 10} h`
}

/** A length of sound or film: “0:07”, “12:30”. */
export function lengthText(seconds: number): string {
  const whole = Math.max(0, Math.round(Number.isFinite(seconds) ? seconds : 0))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** The server's own worker is nobody whom one would look for. */
const builtIn = 'built-in'

function workerText({ worker }: Job): string {
  return worker && worker !== builtIn ? ` at ${worker}` : ''
}

/** Steps are counted from 1 for people; -1, the request's own inputs, are there. */
function waitText({ step = 0, from = [] }: Job): string {
  const steps = from.filter((n) => n >= 0)
  if (steps.length > 1) return `Waits for steps ${listed(steps.map((n) => String(n + 1)))}`
  const [only = step - 1] = steps
  return only === step - 1 ? 'Waits for the step before' : `Waits for step ${only + 1}`
}

// The place is counted in the server's order: the numbers in jobs are renewed a moment late, and only for the first ones.
function placeText(place: number): string {
  if (place === 0) return 'Waiting'
  return place === 1 ? 'Next' : `Place ${place}`
}

function startText(job: Job, now: number): string {
  return job.expected_start ? `starts ${inText(job.expected_start - now)}` : ''
}

function tookText({ started_at, ended_at }: Job): string {
  if (!started_at || !ended_at) return ''
  const seconds = (ended_at - started_at) / 1000
  return ` in ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
}
