import type { CanvasRecord } from '../../../store/api'
import { number, text } from '../canvas/geometry'

export interface Comment {
  readonly id: string
  readonly text: string
  /** Id of a user; empty until the server has it. */
  readonly author: string
  /** unix ms; 0 until the server has it. */
  readonly at: number
  readonly mentions: readonly string[]
  readonly rev: number
}

export interface Thread {
  readonly id: string
  /** The first comment; undefined when it is gone and answers are left. */
  readonly first: Comment | undefined
  readonly answers: readonly Comment[]
  readonly resolved: boolean
  /** Id of the record that it is about; '' is a free place. */
  readonly target: string
  readonly x: number
  readonly y: number
  /** unix ms of the newest comment. */
  readonly newest: number
  /** The records that it was made of. */
  readonly from: readonly CanvasRecord[]
}

/**
 * Makes threads of comment records. A thread keeps its identity while its records do, and the list while its threads do,
 * so that moving a note draws no pin anew. One per room; not shared.
 */
export class ThreadDeriver {
  private records: ReadonlyMap<string, CanvasRecord> | undefined
  private comments: readonly CanvasRecord[] = []
  private threads: readonly Thread[] = []

  derive(records: ReadonlyMap<string, CanvasRecord>): readonly Thread[] {
    if (records === this.records) return this.threads
    this.records = records
    const comments: CanvasRecord[] = []
    for (const record of records.values()) if (record.kind === 'comment') comments.push(record)
    if (sameList(comments, this.comments)) return this.threads
    this.comments = comments
    const before = new Map(this.threads.map((thread) => [thread.id, thread]))
    this.threads = threadsOf(comments).map((thread) => {
      const known = before.get(thread.id)
      return known && sameList(known.from, thread.from) ? known : thread
    })
    return this.threads
  }
}

function sameList(a: readonly CanvasRecord[], b: readonly CanvasRecord[]): boolean {
  return a.length === b.length && a.every((record, i) => record === b[i])
}

function threadsOf(comments: readonly CanvasRecord[]): Thread[] {
  const by = new Map<string, CanvasRecord[]>()
  for (const record of comments) {
    const id = text(record.props.thread) || record.id
    const known = by.get(id)
    if (known) known.push(record)
    else by.set(id, [record])
  }
  return [...by].map(([id, records]) => threadOf(id, records)).sort((a, b) => newness(b) - newness(a))
}

/** What the server has not seen yet is the newest. */
function newness(thread: Thread): number {
  return thread.newest || Number.MAX_SAFE_INTEGER
}

function threadOf(id: string, records: readonly CanvasRecord[]): Thread {
  const first = records.find((record) => record.id === id)
  const answers = records
    .filter((record) => record !== first)
    .map(commentOf)
    .sort((a, b) => (a.at || Number.MAX_SAFE_INTEGER) - (b.at || Number.MAX_SAFE_INTEGER))
  const all = first ? [commentOf(first), ...answers] : answers
  return {
    id,
    first: first && commentOf(first),
    answers,
    resolved: first?.props.resolved === true,
    target: text(first?.props.target),
    x: number(first?.props.x, 0),
    y: number(first?.props.y, 0),
    newest: all.some(({ at }) => at === 0) ? 0 : Math.max(...all.map(({ at }) => at)),
    from: records,
  }
}

function commentOf({ id, props, rev }: CanvasRecord): Comment {
  const { mentions } = props
  return {
    id,
    text: text(props.text),
    author: text(props.author),
    at: number(props.at, 0),
    mentions: Array.isArray(mentions) ? mentions.filter((one) => typeof one === 'string') : [],
    rev,
  }
}

/** How many threads wait for somebody. */
export function openThreads(threads: readonly Thread[]): number {
  return threads.filter((thread) => !thread.resolved).length
}

export type ThreadFilter = 'open' | 'resolved' | 'mine'

/** Mine are those that somebody wrote in or is called in. */
export function filtered(threads: readonly Thread[], filter: ThreadFilter, user: string | undefined): Thread[] {
  return threads.filter((thread) => {
    if (filter === 'open') return !thread.resolved
    if (filter === 'resolved') return thread.resolved
    return commentsOf(thread).some(({ author, mentions }) => author === user || mentions.includes(user ?? ''))
  })
}

export function commentsOf(thread: Thread): Comment[] {
  return thread.first ? [thread.first, ...thread.answers] : [...thread.answers]
}

/** Comments of others that call a user and came after a moment, the newest last. */
export function callsFor(
  threads: readonly Thread[],
  user: string | undefined,
  after: number,
): { thread: Thread; comment: Comment }[] {
  if (!user) return []
  return threads
    .flatMap((thread) => commentsOf(thread).map((comment) => ({ thread, comment })))
    .filter(({ comment }) => comment.at > after && comment.author !== user && comment.mentions.includes(user))
    .sort((a, b) => a.comment.at - b.comment.at)
}
