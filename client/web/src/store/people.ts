import type { ServerMessage } from '../protocol/message'
import type { Job, Member, Progress, QueueInfo, RoomInfo } from '../protocol/types'
import { RemoteCursors, withDelta, withJob, withoutEnded, withProgress, withStates } from './roster'

/** Everything of a room beside its canvas, as the server tells it: who is here, and what the queue does. */
export class People {
  readonly cursors = new RemoteCursors()
  members: ReadonlyMap<number, Member> = new Map()
  jobs: ReadonlyMap<string, Job> = new Map()
  progress: ReadonlyMap<string, Progress> = new Map()
  queue: QueueInfo = {}
  room: RoomInfo | undefined
  features: readonly string[] = []
  /** Newest job sequence seen. */
  seq = 0
  private own = 0
  /** Jobs of a whole new list, shown when it is complete. */
  private incoming: ReadonlyMap<string, Job> | undefined
  private incomingSeq = 0

  get self(): Member | undefined {
    return this.members.get(this.own)
  }

  take(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome': {
        const { welcome } = message
        this.own = welcome.self.m
        this.room = welcome.room
        this.features = welcome.features
        this.members = new Map([...welcome.members, welcome.self].map((member) => [member.m, member]))
        this.incoming = welcome.resumed ? undefined : new Map()
        this.incomingSeq = welcome.jobs
        this.cursors.keep((m) => this.isOther(m))
        break
      }
      case 'live':
        this.live()
        break
      case 'members':
        this.members = withDelta(this.members, message.delta)
        this.cursors.keep((m) => this.isOther(m))
        break
      case 'states':
        this.members = withStates(this.members, message.states)
        break
      case 'cursors':
        this.cursors.moved(message.positions, (m) => this.isOther(m))
        break
      case 'room':
        this.room = message.room
        break
      case 'job':
        this.takeJob(message.job)
        break
      case 'queue':
        this.queue = message.queue
        break
      case 'progress':
        this.progress = withProgress(this.progress, message.progress, this.jobs)
        break
    }
  }

  private isOther(m: number): boolean {
    return m !== this.own && this.members.has(m)
  }

  private takeJob(job: Job): void {
    if (this.incoming) this.incoming = withJob(this.incoming, job)
    else {
      this.jobs = withJob(this.jobs, job)
      this.seq = Math.max(this.seq, job.seq)
    }
    this.progress = withoutEnded(this.progress, job)
  }

  private live(): void {
    if (this.incoming) {
      this.jobs = this.incoming
      this.seq = [...this.jobs.values()].reduce((seq, job) => Math.max(seq, job.seq), this.incomingSeq)
    } else this.seq = Math.max(this.seq, this.incomingSeq)
    this.incoming = undefined
  }
}
