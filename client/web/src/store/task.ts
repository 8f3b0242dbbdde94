import { Backoff } from '../net/backoff'
import { Pacer } from '../net/pacer'
import type { Clock, Random } from '../net/ports'
import { ApiError } from '../protocol/errors'
import type { Job, Work, WorkEnd, WorkRef, WorkReport } from '../protocol/types'
import { sha256 } from './digest'
import type { Api } from './http'
import type { Queueing } from './queueing'
import type { RoomClient } from './room'

/** What a worker needs of a room. */
export type Workplace = Pick<Queueing, 'onWork' | 'offerWork' | 'reportWork' | 'endWork'> & Pick<RoomClient, 'store'>

export interface TaskPorts {
  readonly room: Workplace
  readonly api: Pick<Api, 'putResult' | 'asset'>
  readonly clock: Clock
  readonly random: Random
}

/** Why a task's signal is aborted. */
export const notWanted = new Error('the work is not wanted any more')
export const stopping = new Error('the worker is stopping')

/** Progress is told at most this often. */
const reportMs = 250
/** Characters of a preview in base64. */
const mostPreview = 48 * 1024
const mostSafe = Number.MAX_SAFE_INTEGER
/** Answers of whatever is between us and the server, and those that pass. */
const passing: readonly number[] = [0, 429, 502, 503, 504]

/** One attempt of a job that this worker has. It renews its lease by itself. */
export class Task {
  readonly job: Job
  private readonly abandon = new AbortController()
  private readonly pacer: Pacer
  private readonly assets = new Map<number, string>()
  private fraction = 0
  private preview: string | undefined
  private cost = 0
  private telling = false
  private again = false
  private over = false
  private cancelRenewal: () => void = () => {}

  constructor(
    private readonly ports: TaskPorts,
    private readonly work: Work,
  ) {
    this.job = work.job
    this.pacer = new Pacer(ports.clock, Math.min(reportMs, work.lease_ms / 3), () => this.tell())
    this.pacer.request() // the first report says that the job runs
  }

  /** Aborts when the job is cancelled, the lease is lost or the worker stops. */
  get signal(): AbortSignal {
    return this.abandon.signal
  }

  /** How many results the job asks for. */
  get wanted(): number {
    return this.job.sweep?.values.length ?? Math.max(1, this.job.count ?? 1)
  }

  /** Those of a result: the job's, with its value of a sweep. */
  params(index: number): Record<string, unknown> {
    const { params = {}, sweep } = this.job
    return sweep && index in sweep.values ? { ...params, [sweep.param]: sweep.values[index] } : params
  }

  /**
   * Of a result, as its lineage tells it: the one asked for plus the index, or one that follows from the job's id. Never 0,
   * within ±2^53, and the same for all results of a sweep.
   */
  async seed(index: number): Promise<number> {
    const asked = this.job.seed ?? 0
    const at = this.job.sweep ? 0 : index
    const seed = asked === 0 ? await drawn(`${this.job.id}/${at}`) : asked + at
    if (seed === 0) return asked - 1
    return seed > mostSafe ? Number(BigInt(asked) + BigInt(at) - 2n * BigInt(mostSafe)) : seed
  }

  /** Bytes of the input of this number. */
  async input(index: number): Promise<Blob> {
    return this.open(this.job.inputs?.[index], `the job has no input ${index}`)
  }

  /** Light where an edit may change. */
  async mask(): Promise<Blob> {
    return this.open(this.job.mask, 'the job has no mask')
  }

  /** How far the work is, 0–1, with a small PNG or JPEG if there is one. The newest is told a few times a second. */
  report(fraction: number, preview?: Uint8Array): void {
    this.fraction = Math.max(this.fraction, fraction)
    if (preview && Math.ceil(preview.length / 3) * 4 <= mostPreview) this.preview = base64(preview)
    if (!this.over) this.pacer.request()
  }

  /** Adds to what the attempt has cost, in US dollars. */
  spend(usd: number): void {
    this.cost += usd
  }

  /** Uploads a result, again until it is answered. What is put for the same index later replaces it. */
  async put(index: number, bytes: Blob | Uint8Array<ArrayBuffer> | string): Promise<void> {
    const body = bytes instanceof Blob ? bytes : new Blob([bytes])
    const backoff = new Backoff(this.ports.random)
    for (;;) {
      this.signal.throwIfAborted()
      try {
        const asset = await this.ports.api.putResult(this.room, this.job.id, index, this.work.token, body, this.signal)
        this.assets.set(index, asset.id)
        return
      } catch (error) {
        if (!(error instanceof ApiError)) throw error
        if (error.code === 'CONFLICT') this.abort(notWanted)
        if (!error.retryable && !passing.includes(error.status)) throw error
        await this.pause(backoff.next(error.retryAfterMs))
      }
    }
  }

  abort(why: Error): void {
    this.abandon.abort(why)
    this.close()
  }

  /** Reports nothing any more. */
  close(): void {
    this.over = true
    this.pacer.stop()
    this.cancelRenewal()
  }

  /** What ends the attempt when the work is done. Throws when a result is missing. */
  ending(): WorkEnd {
    const results = Array.from({ length: this.wanted }, (_, index) => this.assets.get(index) ?? '')
    const missing = results.indexOf('')
    if (missing >= 0) throw failure(`the worker made no result ${missing + 1}`, false)
    return { ...this.ref, results, cost: this.cost || undefined }
  }

  failing(error: unknown): WorkEnd {
    const told = error instanceof ApiError ? error : failure(`the worker failed: ${String(error).slice(0, 200)}`, true)
    return { ...this.ref, error: told.body, cost: this.cost || undefined }
  }

  /** With neither results nor an error the job is given back. */
  get ref(): WorkRef {
    return { job: this.job.id, token: this.work.token }
  }

  private get room(): string {
    return this.ports.room.store.getState().room?.id ?? ''
  }

  private async open(asset: string | undefined, otherwise: string): Promise<Blob> {
    if (asset === undefined || asset === '')
      throw new ApiError({ code: 'NOT_FOUND', message: otherwise, retryable: false })
    return this.ports.api.asset(asset, this.signal)
  }

  private tell(): void {
    this.again = this.telling
    if (this.telling) return
    this.telling = true
    this.cancelRenewal()
    const report: WorkReport = { ...this.ref, fraction: this.fraction, preview: this.preview }
    this.preview = undefined
    this.ports.room
      .reportWork(report)
      .catch((error: unknown) => {
        if (error instanceof ApiError && error.code === 'CONFLICT') this.abort(notWanted)
      })
      .finally(() => this.told())
  }

  private told(): void {
    this.telling = false
    if (this.over) return
    if (this.again) this.pacer.request()
    else this.cancelRenewal = this.ports.clock.after(this.work.lease_ms / 3, () => this.pacer.request())
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        this.signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = this.ports.clock.after(ms, end)
      this.signal.addEventListener('abort', end)
      if (this.signal.aborted) end()
    })
  }
}

function failure(message: string, retryable: boolean): ApiError {
  return new ApiError({ code: 'PROVIDER_ERROR', message, retryable })
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** The first 53 bits of a hash. */
async function drawn(words: string): Promise<number> {
  const digest = await sha256(new TextEncoder().encode(words))
  if (!digest) throw new Error('a seed needs Web Crypto: serve the page over https or from this machine')
  return Number(new DataView(digest.buffer).getBigUint64(0) >> 11n)
}
