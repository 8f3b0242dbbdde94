import { readJob } from '../protocol/decode'
import type { Command } from '../protocol/encode'
import { ApiError } from '../protocol/errors'
import { fields, number } from '../protocol/shape'
import type { Job, QueueInfo, QueuePatch } from '../protocol/types'

/** What is done with jobs and the queue as a whole, each by one command while the room is live. */
export abstract class Queueing {
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
