import { readJob } from '../protocol/decode'
import type { Command } from '../protocol/encode'
import { ApiError } from '../protocol/errors'
import type { ServerMessage } from '../protocol/message'
import { fields, number } from '../protocol/shape'
import type { Job, QueueInfo, QueuePatch, WorkEnd, WorkOffer, WorkReport } from '../protocol/types'
import type { DurableCommands } from './durable'
import { Listeners } from './listeners'

/** What a worker hears: something to run, something to stop, or that it is on a new socket and says again what it offers. */
export type WorkNews = ServerMessage & { type: 'work' | 'workStop' | 'live' }

/**
 * What is done with jobs and the queue as a whole, each by one command while the room is live; and what a worker says, which is
 * said again over any number of sockets until it is answered.
 */
export abstract class Queueing {
  protected abstract readonly durable: DurableCommands
  private readonly news = new Listeners<WorkNews>()

  /** Rejects with ApiError. */
  protected abstract ask(command: Command): Promise<unknown>
  protected abstract took(job: Job): void

  cancelJob = (job: string) => this.job({ type: 'jobCancel', body: { job } })
  retryJob = (job: string) => this.job({ type: 'jobRetry', body: { job } })
  approveJob = (job: string) => this.job({ type: 'jobApprove', body: { job } })
  moveJob = (job: string, before = '') => this.job({ type: 'jobMove', body: { job, before } })
  rateJob = (job: string, index: number, stars: number) => this.job({ type: 'jobRate', body: { job, index, stars } })
  pickResult = (job: string, index: number) => this.job({ type: 'jobRate', body: { job, index, pick: true } })
  setQueue = async (body: QueuePatch) => (fields(await this.ask({ type: 'queueSet', body })) ?? {}) as QueueInfo
  clearQueue = async (user = '') => number(fields(await this.ask({ type: 'queueClear', body: { user } }))?.jobs) ?? 0

  onWork = (heard: (news: WorkNews) => void) => this.news.add(heard)
  offerWork = (body: WorkOffer) => this.durable.run({ type: 'workOffer', body })
  reportWork = (body: WorkReport) => this.durable.run({ type: 'workReport', body })
  endWork = async (body: WorkEnd) => this.answeredJob(await this.durable.run({ type: 'workEnd', body }))

  protected heard(message: ServerMessage): void {
    if (message.type === 'work' || message.type === 'workStop' || message.type === 'live') this.news.tell(message)
  }

  protected answeredJob(body: unknown): Job {
    const job = readJob(body)
    if (!job) throw new ApiError({ code: 'INTERNAL_ERROR', message: 'the answer is not a job', retryable: false })
    this.took(job)
    return job
  }

  private async job(command: Command): Promise<Job> {
    return this.answeredJob(await this.ask(command))
  }
}
