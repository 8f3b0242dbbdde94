import { describe, expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import type { UnsentJob } from './api'
import { memorySession } from './session'
import { Studio } from './testing/studio'

const request = { kind: 'image', prompt: 'a harbour' }
const asked = (studio: Studio) =>
  studio.server.heard
    .filter(([type]) => type === messageType.jobEnqueue)
    .map(([, , body]) => (body as { id: string }).id)

async function offline() {
  const studio = new Studio()
  const kept = new Map<string, UnsentJob>()
  const ana = await studio.joined(memorySession(undefined, kept))
  ana.network.down = true
  studio.server.closeAll(1001)
  await studio.clock.advance(10)
  return { studio, ana, kept }
}

describe('a job that is asked for without a line', () => {
  test('[P60] waits in sight and is sent once on return', async () => {
    const { studio, ana } = await offline()
    const answer = ana.room.enqueue(request)
    const [waiting] = ana.room.store.getState().unsentJobs.values()
    expect(waiting?.request).toMatchObject(request)
    expect(asked(studio)).toEqual([])
    ana.network.down = false
    await studio.clock.advance(40_000)
    expect(asked(studio)).toEqual([waiting?.id])
    expect((await answer).id).toBe(waiting?.id)
    expect(ana.room.store.getState().unsentJobs.size).toBe(0)
    expect(ana.room.store.getState().jobs.get(waiting?.id ?? '')?.state).toBe('queued')
  })

  test('survives a reload and keeps its id', async () => {
    const { studio, ana, kept } = await offline()
    ana.room.enqueue(request).catch(() => {})
    await studio.clock.advance(1000)
    const [id] = kept.keys()
    expect(id).toBeDefined()
    const again = studio.client(memorySession(undefined, kept))
    again.network.down = true
    again.room.connect()
    await studio.clock.advance(10)
    expect([...again.room.store.getState().unsentJobs.keys()]).toEqual([id])
    again.network.down = false
    await studio.clock.advance(40_000)
    expect(asked(studio)).toEqual([id])
    expect(kept.size).toBe(0)
  })

  test('is sent again with the same id when the answer was lost', async () => {
    const studio = new Studio()
    const ana = await studio.joined()
    let lost = 1
    studio.server.interfere = ([type]) => {
      if (type !== messageType.jobEnqueue || lost-- <= 0) return undefined
      studio.server.closeAll(1001)
      return { code: 'UNAVAILABLE', message: 'cut', retryable: true }
    }
    const answer = ana.room.enqueue(request)
    await studio.clock.advance(60_000)
    const ids = asked(studio)
    expect(ids.length).toBeGreaterThan(1)
    expect(new Set(ids)).toEqual(new Set([(await answer).id]))
  })

  test('is dropped before it was sent, and never is', async () => {
    const { studio, ana } = await offline()
    const answer = ana.room.enqueue(request)
    const [id] = ana.room.store.getState().unsentJobs.keys()
    ana.room.dropJob(id ?? '')
    await expect(answer).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    ana.network.down = false
    await studio.clock.advance(40_000)
    expect(asked(studio)).toEqual([])
  })

  test('stays with the reason when it is refused, until it is asked for again', async () => {
    const studio = new Studio()
    const ana = await studio.joined()
    let refusals = 1
    studio.server.interfere = ([type]) =>
      type === messageType.jobEnqueue && refusals-- > 0
        ? { code: 'INVALID_INPUT', message: 'prompt: empty', retryable: false }
        : undefined
    await Promise.all([
      expect(ana.room.enqueue(request)).rejects.toMatchObject({ code: 'INVALID_INPUT' }),
      studio.clock.advance(10),
    ])
    const [item] = ana.room.store.getState().unsentJobs.values()
    expect(item?.problem?.message).toBe('prompt: empty')
    expect(ana.problems).toMatchObject([{ kind: 'job' }])
    const again = ana.room.enqueue(item?.request ?? request)
    await studio.clock.advance(10)
    expect((await again).id).toBe(item?.id)
    expect(ana.room.store.getState().unsentJobs.size).toBe(0)
  })
})
