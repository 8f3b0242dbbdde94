import type { Job } from '../../../protocol/types'
import type { CanvasRecord } from '../../../store/api'
import type { Viewed } from '../uiStore'
import { type Media, mediaOfRecord, mediaOfResult } from './media'

/** What is in the viewer, the job that made it and how many results that has. */
export interface View {
  media: Media
  job?: Job
  /** Index of the result; 0 for what no known job made. */
  index: number
  count: number
}

export function viewOf(
  viewed: Viewed,
  records: ReadonlyMap<string, CanvasRecord>,
  jobs: ReadonlyMap<string, Job>,
): View | undefined {
  if ('job' in viewed) {
    const job = jobs.get(viewed.job)
    const media = job && mediaOfResult(job, viewed.index)
    if (!job || !media) return undefined
    const record = media.record ? records.get(media.record) : undefined
    // The record knows what people wrote on it: a title, a description, words that they changed.
    const shown = record ? mediaOfRecord(record, jobs) : undefined
    const current = shown?.asset === media.asset ? shown : media
    return { media: current, job, index: viewed.index, count: job.results?.length ?? 1 }
  }
  const record = records.get(viewed.record)
  const media = record && mediaOfRecord(record, jobs)
  if (!media) return undefined
  const job = media.job ? jobs.get(media.job) : undefined
  return { media, job, index: media.index, count: job?.results?.length ?? 1 }
}

/** The result beside one, around the ends. */
export function beside({ job, index, count }: View, step: 1 | -1): Viewed | undefined {
  return job && count > 1 ? { job: job.id, index: (index + step + count) % count } : undefined
}
