import { ApiError } from '../protocol/errors'
import type { Job, JobRequest } from '../protocol/types'
import type { UnsentJob } from './api'
import type { DurableCommands } from './durable'

export interface AskedEvents {
  /** The items have changed. */
  changed(): void
  answered(body: unknown): Job
  refused(item: UnsentJob, error: ApiError): void
}

/**
 * Requests for jobs that the server has not answered yet. They are kept until it has: the id makes the same request again
 * the same job.
 */
export class AskedJobs {
  items: ReadonlyMap<string, UnsentJob> = new Map()

  constructor(
    private readonly durable: DurableCommands,
    private readonly events: AskedEvents,
  ) {}

  /** Resolves when the job is durable, over any number of sockets. */
  async enqueue(request: JobRequest): Promise<Job> {
    const item: UnsentJob = { id: request.id, request, at: Date.now() }
    this.set(item)
    return this.send(item)
  }

  /** What another life of this session had asked for. */
  restore(items: readonly UnsentJob[]): void {
    for (const item of items) {
      this.set(item)
      if (!item.problem) this.send(item).catch(() => {}) // told by `refused`
    }
  }

  /** The job is there, however it is known. */
  known(id: string): void {
    if (this.items.has(id)) this.without(id)
  }

  /** Not wanted any more. False when it may have been sent: the job has to be cancelled then. */
  drop(id: string): boolean {
    const item = this.items.get(id)
    if (!item) return false
    this.without(id)
    return item.problem !== undefined || this.durable.withdraw(id)
  }

  private async send(item: UnsentJob): Promise<Job> {
    try {
      const job = this.events.answered(await this.durable.run({ type: 'jobEnqueue', body: item.request }, item.id))
      this.known(item.id)
      return job
    } catch (error) {
      if (error instanceof ApiError && !error.retryable && this.items.get(item.id) === item) {
        const refused = { ...item, problem: error.body }
        this.set(refused)
        this.events.refused(refused, error)
      }
      throw error
    }
  }

  private set(item: UnsentJob): void {
    this.items = new Map(this.items).set(item.id, item)
    this.events.changed()
  }

  private without(id: string): void {
    const items = new Map(this.items)
    items.delete(id)
    this.items = items
    this.events.changed()
  }
}
