import { describe, expect, test } from 'vitest'
import { ApiError } from '../protocol/errors'
import { messageType } from '../protocol/generated'
import type { JobRequest } from '../protocol/types'
import type { Api, Asset } from './http'
import type { Task } from './task'
import { type Studied, Studio } from './testing/studio'
import { Worker, type WorkerOptions } from './worker'

const refusal = (code: ApiError['code'], status: number) =>
  new ApiError({ code, message: 'no', retryable: code === 'UNAVAILABLE' }, status)

/** A worker in a room, and what it does there. */
class Bench {
  readonly studio = new Studio()
  readonly uploads: string[] = []
  /** What uploads are refused with, one after another. */
  readonly refusals: ApiError[] = []
  ana!: Studied
  readonly stop = new AbortController()
  served!: Promise<unknown>
  readonly problems: unknown[] = []

  readonly api: Pick<Api, 'putResult' | 'asset'> = {
    putResult: async (room, job, index, token, bytes) => {
      const words = await bytes.text()
      this.uploads.push(`${room}/${job}/${index}/${token} ${words}`)
      const refused = this.refusals.shift()
      if (refused) throw refused
      return { id: `asset of ${words}` } as Asset
    },
    asset: async (id) => new Blob([`bytes of ${id}`]),
  }

  async employ(run: WorkerOptions['run'], options: Partial<WorkerOptions> = {}): Promise<this> {
    this.ana = await this.studio.joined()
    const { clock } = this.studio
    const problem = (error: unknown) => this.problems.push(error)
    const all = { name: 'Easel', routes: ['p/m'], run, problem, clock, random: () => 0, ...options }
    this.served = new Worker(this.ana.room, this.api, all).serve(this.stop.signal).then(
      () => 'stopped',
      (error: unknown) => error,
    )
    await clock.advance(10)
    return this
  }

  /** Pushes a job to the worker. */
  async give(request: Partial<JobRequest> & { id: string }, token = 1, ms = 600): Promise<void> {
    const job = { kind: 'image', prompt: '', ...request, state: 'leased', seq: token, attempt: 1 }
    this.studio.server.broadcast(messageType.work, { job, token, lease_ms: 30_000 })
    await this.studio.clock.advance(ms)
  }

  heard(type: number): unknown[] {
    return this.studio.server.heard.filter(([of]) => of === type).map(([, , body]) => body)
  }

  get ends() {
    return this.heard(messageType.workEnd)
  }

  async cut(): Promise<void> {
    this.ana.network.cut()
    await this.studio.clock.advance(5000)
  }
}

const putAll = async (task: Task) => {
  for (let index = 0; index < task.wanted; index++) await task.put(index, 'abc'.charAt(index))
}

const never = () => new Promise<void>(() => {})

describe('a worker', () => {
  test('[P75] [P78] offers what it does, uploads under its lease and ends the attempt', async () => {
    const bench = await new Bench().employ(async (task) => {
      task.spend(0.25)
      task.spend(0.5)
      await putAll(task)
    })
    expect(bench.heard(messageType.workOffer)).toEqual([{ name: 'Easel', slots: 1, routes: ['p/m'] }])
    await bench.give({ id: 'j', count: 2 }, 7)
    expect(bench.uploads).toEqual(['r/j/0/7 a', 'r/j/1/7 b'])
    expect(bench.ends).toEqual([{ job: 'j', token: 7, results: ['asset of a', 'asset of b'], cost: 0.75 }])
    expect(bench.ana.room.store.getState().jobs.get('j')?.state).toBe('succeeded')
  })

  test('[P77] says that it runs, renews its lease, and tells the newest progress a few times a second', async () => {
    let task: Task | undefined
    const bench = await new Bench().employ((given) => {
      task = given
      return never()
    })
    await bench.give({ id: 'j' }, 1, 10)
    const told = () => bench.heard(messageType.workReport) as { fraction: number; preview?: string }[]
    expect(told()).toEqual([{ job: 'j', token: 1, fraction: 0 }])
    for (const fraction of [0.1, 0.3, 0.2]) task?.report(fraction)
    task?.report(0.3, new Uint8Array([1, 2, 3]))
    await bench.studio.clock.advance(300)
    expect(told().slice(1)).toEqual([{ job: 'j', token: 1, fraction: 0.3, preview: 'AQID' }])
    await bench.studio.clock.advance(20_100)
    expect(
      told()
        .slice(2)
        .map(({ fraction }) => fraction),
    ).toEqual([0.3, 0.3])
  })

  test('begins what it is told again after a reconnect once, and offers itself again', async () => {
    const begun: string[] = []
    const bench = await new Bench().employ(async (task) => {
      begun.push(task.job.id)
      await never()
    })
    await bench.give({ id: 'j' })
    await bench.cut()
    await bench.give({ id: 'j' })
    await bench.give({ id: 'k' }, 2)
    expect(begun).toEqual(['j', 'k'])
    expect(bench.heard(messageType.workOffer)).toHaveLength(2)
  })

  test('says an ending again until it is answered', async () => {
    const bench = new Bench()
    let lost = 1
    bench.studio.server.interfere = ([type]) => {
      if (type !== messageType.workEnd || lost-- <= 0) return undefined
      bench.studio.server.closeAll(1001)
      return { code: 'UNAVAILABLE', message: 'cut', retryable: true }
    }
    await bench.employ(putAll)
    await bench.give({ id: 'j' })
    await bench.studio.clock.advance(60_000)
    expect(bench.ends.length).toBeGreaterThan(1)
    expect(new Set(bench.ends.map((end) => JSON.stringify(end))).size).toBe(1)
    expect(bench.problems).toEqual([])
  })

  test('[P79] stops what is not wanted without a word', async () => {
    const reasons: unknown[] = []
    const bench = await new Bench().employ((task) => {
      task.signal.addEventListener('abort', () => reasons.push(task.signal.reason.message))
      return never()
    })
    await bench.give({ id: 'j' })
    bench.studio.server.broadcast(messageType.workStop, { job: 'j', token: 2 })
    await bench.studio.clock.advance(10)
    expect(reasons).toEqual([])
    bench.studio.server.broadcast(messageType.workStop, { job: 'j', token: 1 })
    await bench.studio.clock.advance(40_000)
    expect(reasons).toEqual(['the work is not wanted any more'])
    expect(bench.ends).toEqual([])
    expect(bench.heard(messageType.workReport)).toHaveLength(1)
  })

  test('stops when a report meets a lost lease', async () => {
    const bench = new Bench()
    bench.studio.server.interfere = ([type]) =>
      type === messageType.workReport ? { code: 'CONFLICT', message: 'lost', retryable: false } : undefined
    let aborted = false
    await bench.employ((task) => {
      task.signal.addEventListener('abort', () => {
        aborted = true
      })
      return never()
    })
    await bench.give({ id: 'j' })
    expect(aborted).toBe(true)
    expect(bench.ends).toEqual([])
  })

  test('tries uploads again that may pass, and ends without the lease', async () => {
    const bench = await new Bench().employ(putAll)
    bench.refusals.push(refusal('UNAVAILABLE', 0), refusal('INTERNAL_ERROR', 502))
    await bench.give({ id: 'j' })
    expect(bench.uploads).toEqual(['r/j/0/1 a', 'r/j/0/1 a', 'r/j/0/1 a'])
    expect(bench.ends).toHaveLength(1)
    bench.refusals.push(refusal('CONFLICT', 409))
    await bench.give({ id: 'k' }, 2)
    expect(bench.uploads).toHaveLength(4)
    expect(bench.ends).toHaveLength(1)
  })

  test.each([
    ['a coded error', () => Promise.reject(refusal('INVALID_INPUT', 0)), { code: 'INVALID_INPUT', message: 'no' }],
    [
      'any other',
      () => Promise.reject(new TypeError('out of paint')),
      { code: 'PROVIDER_ERROR', message: 'the worker failed: TypeError: out of paint', retryable: true },
    ],
    [
      'a missing result',
      (task: Task) => task.put(0, 'a'),
      { code: 'PROVIDER_ERROR', message: 'the worker made no result 2', retryable: false },
    ],
  ])('tells people why it cannot: %s', async (_, run, error) => {
    const bench = await new Bench().employ(run)
    await bench.give({ id: 'j', count: 2 })
    expect(bench.ends).toMatchObject([{ job: 'j', token: 1, error }])
    expect(bench.ends[0]).not.toHaveProperty('results')
  })

  test('that stops takes its offer back and gives back what it has', async () => {
    const bench = await new Bench().employ(never)
    await bench.give({ id: 'j' })
    bench.stop.abort()
    await bench.studio.clock.advance(10)
    expect(await bench.served).toBe('stopped')
    expect(bench.heard(messageType.workOffer).at(-1)).toEqual({ slots: 0 })
    expect(bench.ends).toEqual([{ job: 'j', token: 1 }])
    await bench.give({ id: 'k' }, 2)
    expect(bench.ends).toHaveLength(1)
  })

  test('that stops without a line gives back when it returns', async () => {
    const bench = await new Bench().employ(never)
    await bench.give({ id: 'j' })
    bench.ana.network.down = true
    bench.ana.network.cut()
    bench.stop.abort()
    await bench.studio.clock.advance(2000)
    bench.ana.network.down = false
    await bench.studio.clock.advance(30_000)
    expect(await bench.served).toBe('stopped')
    expect(bench.ends).toEqual([{ job: 'j', token: 1 }])
  })

  test('ends with its room, and when it may not work there', async () => {
    const bench = await new Bench().employ(never)
    await bench.give({ id: 'j' })
    bench.studio.server.closeAll(4103)
    await bench.studio.clock.advance(10)
    expect(await bench.served).toMatchObject({ code: 'UNAVAILABLE' })
    const viewer = new Bench()
    viewer.studio.server.interfere = ([type]) =>
      type === messageType.workOffer ? { code: 'FORBIDDEN', message: 'no', retryable: false } : undefined
    await viewer.employ(never)
    expect(await viewer.served).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('a task', () => {
  const task = async (request: Partial<JobRequest>) => {
    let found: Task | undefined
    const bench = await new Bench().employ((given) => {
      found = given
      return never()
    })
    await bench.give({ id: '01890000-0000-7000-8000-000000000001', ...request }, 1, 10)
    return found as Task
  }

  test('has params and a seed for each result', async () => {
    const swept = await task({ seed: 5, params: { steps: 1, w: 2 }, sweep: { param: 'steps', values: [10, 20] } })
    expect(swept.wanted).toBe(2)
    expect(swept.params(1)).toEqual({ steps: 20, w: 2 })
    expect(await swept.seed(1)).toBe(5)
    const asked = await task({ seed: -1, count: 3 })
    expect(await Promise.all([0, 1, 2].map((index) => asked.seed(index)))).toEqual([-1, -2, 1])
    const far = await task({ seed: Number.MAX_SAFE_INTEGER, count: 2 })
    expect(await far.seed(1)).toBe(-Number.MAX_SAFE_INTEGER + 1)
    const free = await task({ count: 2 })
    expect(await free.seed(0)).toBe(8713829102600052) // the Go client has the same
    expect(await free.seed(1)).toBe(5614918204048732)
  })

  test('opens its inputs and its mask', async () => {
    const retouch = await task({ inputs: ['a', 'b'], mask: 'm' })
    expect(await (await retouch.input(1)).text()).toBe('bytes of b')
    expect(await (await retouch.mask()).text()).toBe('bytes of m')
    await expect(retouch.input(2)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
