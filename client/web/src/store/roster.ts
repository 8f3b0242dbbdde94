import { jobStates } from '../protocol/generated'
import type { Position } from '../protocol/message'
import type { Job, Member, MembersDelta, Progress } from '../protocol/types'
import type { Cursors } from './api'

/** Pure reducers of what comes and goes in a room. Each returns the same object when nothing has changed. */

export function withDelta(members: ReadonlyMap<number, Member>, delta: MembersDelta): ReadonlyMap<number, Member> {
  const next = new Map(members)
  for (const member of delta.joined) next.set(member.m, member)
  for (const member of delta.changed) {
    const before = next.get(member.m)
    if (before) next.set(member.m, { ...member, state: before.state })
  }
  for (const m of delta.left) next.delete(m)
  return next
}

/** Members that are not known (any more) are ignored: the lanes are not in step. */
export function withStates(
  members: ReadonlyMap<number, Member>,
  states: readonly (readonly [m: number, state: Member['state']])[],
): ReadonlyMap<number, Member> {
  const known = states.filter(([m]) => members.has(m))
  if (known.length === 0) return members
  const next = new Map(members)
  for (const [m, state] of known) {
    const member = members.get(m)
    if (member) next.set(m, { ...member, state })
  }
  return next
}

/** A job's transitions are numbered per room; an older one never replaces a newer. */
export function withJob(jobs: ReadonlyMap<string, Job>, job: Job): ReadonlyMap<string, Job> {
  const before = jobs.get(job.id)
  if (before && (before.seq > job.seq || (before.seq === job.seq && lacksPlace(job, before)))) return jobs
  return new Map(jobs).set(job.id, job)
}

/** An answer tells a waiting job's place; the same transition, which everybody is told without one, may come after it. */
function lacksPlace(job: Job, known: Job): boolean {
  return job.position === undefined && known.position !== undefined
}

/** Entries of unknown jobs, ended jobs and other attempts are ignored. */
export function withProgress(
  progress: ReadonlyMap<string, Progress>,
  entries: readonly Progress[],
  jobs: ReadonlyMap<string, Job>,
): ReadonlyMap<string, Progress> {
  const current = entries.filter((entry) => {
    const job = jobs.get(entry.job)
    return job !== undefined && job.attempt === entry.attempt && !jobStates[job.state]?.final
  })
  if (current.length === 0) return progress
  const next = new Map(progress)
  for (const entry of current) {
    if (entry.fraction < 0) next.delete(entry.job)
    else next.set(entry.job, entry.preview ? entry : { ...entry, preview: next.get(entry.job)?.preview })
  }
  return next
}

/** Progress of attempts that are over is dropped. */
export function withoutEnded(progress: ReadonlyMap<string, Progress>, job: Job): ReadonlyMap<string, Progress> {
  const entry = progress.get(job.id)
  if (!entry || (entry.attempt === job.attempt && !jobStates[job.state]?.final)) return progress
  const next = new Map(progress)
  next.delete(job.id)
  return next
}

/** Others' cursors as they move. */
export class RemoteCursors implements Cursors {
  readonly positions = new Map<number, { x: number; y: number }>()
  private readonly movers = new Set<(m: number, x: number, y: number) => void>()
  private readonly forgetters = new Set<(m: number) => void>()

  subscribe(moved: (m: number, x: number, y: number) => void): () => void {
    this.movers.add(moved)
    return () => this.movers.delete(moved)
  }

  onForget(forget: (m: number) => void): () => void {
    this.forgetters.add(forget)
    return () => this.forgetters.delete(forget)
  }

  moved(positions: readonly Position[], isOther: (m: number) => boolean): void {
    for (const { m, x, y } of positions) {
      if (!isOther(m)) continue
      const before = this.positions.get(m)
      if (before?.x === x && before.y === y) continue
      this.positions.set(m, { x, y })
      for (const tell of this.movers) tell(m, x, y)
    }
  }

  keep(isMember: (m: number) => boolean): void {
    for (const m of [...this.positions.keys()]) {
      if (isMember(m)) continue
      this.positions.delete(m)
      for (const tell of this.forgetters) tell(m)
    }
  }
}
