import type { Job } from '../../../protocol/types'
import { isFinal } from '../generate'

/** What is one row of the queue: a job, or the steps of a chain in their order. */
export interface Entry {
  /** Id of the job, or of the chain's first one. */
  readonly key: string
  readonly jobs: readonly [Job, ...Job[]]
}

export interface Queue {
  /** Something of it is leased or running; the longest first. */
  running: Entry[]
  /** In the order in which they will start, as far as is known. */
  waiting: Entry[]
  /** The newest first. */
  done: Entry[]
}

/** Whose jobs, or which, the panel shows. */
export type Filter = 'all' | 'mine' | 'attention'

const doneShown = 30

export function queueOf(jobs: ReadonlyMap<string, Job>): Queue {
  const queue: Queue = { running: [], waiting: [], done: [] }
  for (const entry of entriesOf(jobs)) queue[partOf(entry)].push(entry)
  queue.running.sort((a, b) => startOf(a) - startOf(b))
  queue.waiting.sort((a, b) => inTurn(nextOf(a), nextOf(b)))
  queue.done.sort((a, b) => endOf(b) - endOf(a))
  queue.done = queue.done.slice(0, doneShown)
  return queue
}

export function filtered(queue: Queue, filter: Filter, self: string | undefined): Queue {
  if (filter === 'all') return queue
  const wanted =
    filter === 'mine'
      ? (entry: Entry) => entry.jobs[0].user === self
      : (entry: Entry) => entry.jobs.some((job) => job.state === 'failed' || job.state === 'awaiting_approval')
  return {
    running: queue.running.filter(wanted),
    waiting: queue.waiting.filter(wanted),
    done: queue.done.filter(wanted),
  }
}

export function isWorking(job: Job): boolean {
  return job.state === 'running' || job.state === 'leased'
}

/** The step of an entry that comes next, or is at work. */
export function nextOf(entry: Entry): Job {
  return entry.jobs.find((job) => !isFinal(job)) ?? entry.jobs[0]
}

function entriesOf(jobs: ReadonlyMap<string, Job>): Entry[] {
  const by = new Map<string, [Job, ...Job[]]>()
  for (const job of jobs.values()) {
    const key = job.chain || job.id
    const known = by.get(key)
    if (known) known.push(job)
    else by.set(key, [job])
  }
  for (const list of by.values()) list.sort((a, b) => (a.step ?? 0) - (b.step ?? 0))
  return [...by].map(([key, list]) => ({ key, jobs: list }))
}

function partOf({ jobs }: Entry): keyof Queue {
  if (jobs.some(isWorking)) return 'running'
  return jobs.every(isFinal) ? 'done' : 'waiting'
}

function startOf(entry: Entry): number {
  const first = entry.jobs.find(isWorking) ?? entry.jobs[0]
  return first.started_at ?? first.created_at
}

function endOf({ jobs }: Entry): number {
  return Math.max(...jobs.map((job) => job.ended_at ?? job.seq))
}

function inTurn(a: Job, b: Job): number {
  return (
    turn(a) - turn(b) || place(a) - place(b) || (b.priority ?? 0) - (a.priority ?? 0) || a.created_at - b.created_at
  )
}

function turn(job: Job): number {
  return job.state === 'queued' ? 0 : 1
}

/** The server knows whose turn it is; who has no place yet comes after all who have. */
function place(job: Job): number {
  return job.position ?? Number.MAX_SAFE_INTEGER
}
