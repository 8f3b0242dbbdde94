import type { Job, JobRequest } from '../../../protocol/types'
import type { CanvasRecord } from '../../../store/api'
import { boxOf, drawn } from '../canvas/geometry'
import { isFinal } from '../generate'

interface Box {
  x: number
  y: number
  w: number
  h: number
}

const usualWidth = 320
const gap = 24
const heights: Record<string, number> = { text: 160, audio: 96 }

/** How much of the canvas the results of a request will take, as the server lays them out. */
export function expectedSize(request: Pick<JobRequest, 'kind' | 'params' | 'count' | 'sweep' | 'place'>): {
  w: number
  h: number
} {
  const n = request.sweep?.values.length ?? Math.max(1, request.count ?? 1)
  const columns = n === 4 ? 2 : Math.min(n, 4)
  const rows = Math.ceil(n / columns)
  const w = request.place?.w || usualWidth
  const { width, height } = request.params ?? {}
  const shaped = typeof width === 'number' && typeof height === 'number' && width > 0 ? (w * height) / width : w * 0.75
  const h = heights[request.kind] ?? shaped
  return { w: columns * w + (columns - 1) * gap, h: rows * h + (rows - 1) * gap }
}

/** The request with its place moved down to where neither a record lies nor a job will put its results. */
export function freely<R extends Omit<JobRequest, 'id'>>(
  request: R,
  records: ReadonlyMap<string, CanvasRecord>,
  jobs: Iterable<Job | Omit<JobRequest, 'id'>>,
): R {
  const place = request.place
  if (!place) return request
  const y = freeHeight([...boxesOf(records), ...jobBoxes(jobs)], { ...place, ...expectedSize(request) })
  return { ...request, place: { ...place, y } }
}

/** The first height from a box's own on downwards where it meets none of those taken. */
export function freeHeight(taken: readonly Box[], { x, y, w, h }: Box): number {
  const beside = taken.filter((box) => box.x < x + w && box.x + box.w > x).sort((a, b) => a.y - b.y)
  let free = y
  for (const box of beside) {
    if (box.y + box.h > free && box.y < free + h) free = box.y + box.h + gap
  }
  return free
}

/** What lies on the canvas by itself; frames have room within. */
export function* boxesOf(records: ReadonlyMap<string, CanvasRecord>): Iterable<Box> {
  for (const record of records.values()) {
    if (drawn(record.kind) && record.kind !== 'frame' && !record.props.parent) yield boxOf(record)
  }
}

function* jobBoxes(jobs: Iterable<Job | Omit<JobRequest, 'id'>>): Iterable<Box> {
  for (const job of jobs) {
    if (!job.place || ('state' in job && isFinal(job))) continue
    yield { x: job.place.x, y: job.place.y, ...expectedSize(job) }
  }
}
