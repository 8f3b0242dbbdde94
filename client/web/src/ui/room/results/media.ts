import type { Job, JobResult } from '../../../protocol/types'
import type { CanvasRecord } from '../../../store/api'
import { number, text } from '../canvas/geometry'

export type MediaKind = 'image' | 'video' | 'audio' | 'text'

/** Something that was made or uploaded and can be looked at, heard or worked from. */
export interface Media {
  kind: MediaKind
  /** '' for words that are only on the canvas. */
  asset: string
  thumb: string
  placeholder: string
  /** Pixels; 0 when unknown. */
  width: number
  height: number
  /** Seconds; 0 when unknown. */
  length: number
  /** Of text. */
  words: string
  title: string
  prompt: string
  alt: string
  /** The record that shows it, when it has one. */
  record?: string
  job?: string
  index: number
}

export function mediaKind(kind: string): MediaKind | undefined {
  return kind === 'image' || kind === 'video' || kind === 'audio' || kind === 'text' ? kind : undefined
}

export function kindOfMime(mime: string): MediaKind | undefined {
  return mediaKind(mime.split('/')[0] ?? '')
}

/** The media of a result; of a job that made several, one of them. */
export function mediaOfResult(job: Job, index: number): Media | undefined {
  const result = job.results?.[index]
  const kind = result && (mediaKind(job.kind) ?? kindOfMime(result.mime))
  if (!result || !kind) return undefined
  return {
    kind,
    asset: result.asset,
    thumb: thumbOf(result),
    placeholder: result.placeholder ?? '',
    width: result.width ?? 0,
    height: result.height ?? 0,
    length: (result.duration_ms ?? 0) / 1000,
    words: result.text ?? '',
    title: '',
    prompt: job.prompt,
    alt: '',
    record: result.record || undefined,
    job: job.id,
    index,
  }
}

/** The media of a record. The jobs tell which result it is, and what asset has the words of a text. */
export function mediaOfRecord(record: CanvasRecord, jobs: ReadonlyMap<string, Job>): Media | undefined {
  const kind = mediaKind(record.kind)
  const { props } = record
  if (!kind) return undefined
  const job = jobs.get(text(props.job))
  const index = job?.results?.findIndex((result) => result.record === record.id) ?? -1
  const made = job && index >= 0 ? mediaOfResult(job, index) : undefined
  const asset = text(props.asset) || made?.asset || ''
  if (kind === 'text' ? !text(props.job) : !asset) return undefined
  return {
    kind,
    asset,
    thumb: text(props.thumb) || made?.thumb || '',
    placeholder: text(props.placeholder) || made?.placeholder || '',
    width: number(props.nw, made?.width ?? 0),
    height: number(props.nh, made?.height ?? 0),
    length: number(props.duration, 0) / 1000 || made?.length || 0,
    words: kind === 'text' ? text(props.text) : '',
    title: text(props.title),
    prompt: text(props.prompt) || made?.prompt || '',
    alt: text(props.alt),
    record: record.id,
    job: made?.job,
    index: Math.max(0, index),
  }
}

const names: Record<MediaKind, string> = { image: 'Picture', video: 'Film', audio: 'Sound', text: 'Text' }

/** What a medium is called: its title, or what it is. */
export function mediaName(media: Media): string {
  return media.title || names[media.kind]
}

/** Its words for who does not see it. */
export function mediaWords(media: Media): string {
  return media.alt || media.title || media.prompt || media.words || names[media.kind]
}

function thumbOf(result: JobResult): string {
  return result.thumb ?? (result.mime.startsWith('image/') ? result.asset : '')
}
