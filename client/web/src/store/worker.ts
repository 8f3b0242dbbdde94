import type { Clock, Random } from '../net/ports'
import { systemClock } from '../net/surroundings'
import { ApiError } from '../protocol/errors'
import type { Work, WorkEnd, WorkOffer } from '../protocol/types'
import type { Api } from './http'
import type { WorkNews } from './queueing'
import { notWanted, stopping, Task, type Workplace } from './task'

export interface WorkerOptions {
  /** Shown beside its jobs; the member's when there is none. */
  readonly name?: string
  /** Jobs at once. */
  readonly slots?: number
  /** `provider/model` of what it can run. */
  readonly routes: readonly string[]
  /**
   * Makes all results of a task with `task.put`. An ApiError is the reason that people see; `retryable` says whether another
   * attempt may do better. Once `task.signal` is aborted, nobody waits for it.
   */
  readonly run: (task: Task) => Promise<void>
  /** Told when the server did not take an ending. */
  readonly problem?: (error: unknown, end: WorkEnd) => void
  readonly clock?: Clock
  readonly random?: Random
}

/** For the last words of a worker that stops: that it offers nothing any more, and how each attempt ended. */
const wordMs = 1000
const farewellMs = 60_000

/** Runs jobs of a room: offers to, takes what it is given, and goes on over any number of sockets. */
export class Worker {
  private readonly tasks = new Map<string, Task>()
  private readonly ends = new Set<Promise<void>>()
  private readonly clock: Clock
  private readonly random: Random

  constructor(
    private readonly room: Workplace,
    private readonly api: Pick<Api, 'putResult' | 'asset'>,
    private readonly options: WorkerOptions,
  ) {
    this.clock = options.clock ?? systemClock
    this.random = options.random ?? Math.random
  }

  /**
   * Works until the signal aborts; what it has then is given back. Rejects with ApiError when the offer is refused or the room is
   * closed. Over a lost connection it goes on working; a server that started anew is offered the work again.
   */
  async serve(signal?: AbortSignal): Promise<void> {
    const listening = new AbortController()
    const { name, slots = 1, routes } = this.options
    const offer: WorkOffer = { name, slots, routes: [...routes] }
    try {
      await new Promise<void>((resolve, reject) => {
        this.listen(listening.signal, offer, reject)
        signal?.addEventListener('abort', () => resolve(), { signal: listening.signal })
        if (signal?.aborted) resolve()
      })
      await this.within(farewellMs, this.leave())
    } finally {
      listening.abort()
      this.drop(notWanted) // nobody is there to hear of it
    }
  }

  private listen(until: AbortSignal, offer: WorkOffer, failed: (error: unknown) => void): void {
    const say = () => void this.room.offerWork(offer).catch(failed)
    const deaf = this.room.onWork((news) => (news.type === 'live' ? say() : this.heed(news)))
    const look = ({ status }: { status: string }) => {
      if (status === 'closed') failed(ApiError.unavailable('the room is closed'))
    }
    const blind = this.room.store.subscribe(look)
    until.addEventListener('abort', () => {
      deaf()
      blind()
    })
    look(this.room.store.getState())
    if (this.room.store.getState().status === 'live') say()
  }

  /** Takes the offer back, so that nothing new comes, and gives back what there is. */
  private async leave(): Promise<void> {
    const withdrawn = this.room.offerWork({ slots: 0 }).catch(() => {}) // leaving says the same
    await this.within(wordMs, withdrawn)
    this.drop(stopping)
    await Promise.all(this.ends)
  }

  private drop(why: Error): void {
    for (const task of this.tasks.values()) task.abort(why)
  }

  /** Begins what is new, once, and ends what is not wanted. */
  private heed(news: Exclude<WorkNews, { type: 'live' }>): void {
    if (news.type === 'workStop') {
      this.tasks.get(`${news.ref.job}/${news.ref.token}`)?.abort(notWanted)
      return
    }
    const { work } = news
    const key = `${work.job.id}/${work.token}`
    if (this.tasks.has(key)) return
    const end = this.work(key, work).finally(() => this.ends.delete(end))
    this.ends.add(end)
  }

  private async work(key: string, work: Work): Promise<void> {
    const task = new Task({ room: this.room, api: this.api, clock: this.clock, random: this.random }, work)
    this.tasks.set(key, task)
    const end = await this.endOf(task)
    task.close()
    if (end) await this.room.endWork(end).catch((error: unknown) => this.options.problem?.(error, end))
    this.tasks.delete(key)
  }

  private async endOf(task: Task): Promise<WorkEnd | undefined> {
    const { signal } = task
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    try {
      await Promise.race([this.options.run(task), aborted])
      if (!signal.aborted) return task.ending()
    } catch (error) {
      if (!signal.aborted) return task.failing(error)
    }
    return signal.reason === stopping ? task.ref : undefined
  }

  private async within(ms: number, done: Promise<unknown>): Promise<void> {
    let cancel = () => {}
    const late = new Promise<void>((resolve) => {
      cancel = this.clock.after(ms, resolve)
    })
    await Promise.race([done, late]).finally(() => cancel())
  }
}
