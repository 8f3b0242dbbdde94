import { describe, expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import { note, other, Studio, studioWithNote } from './testing/studio'

describe('the queue', () => {
  test('takes a job once, however often the connection is lost meanwhile', async () => {
    const { studio, ana } = await studioWithNote()
    ana.network.latency = () => 50
    const job = ana.room.enqueue({ kind: 'image', prompt: 'a lake' })
    await studio.clock.advance(20)
    ana.network.cut()
    await studio.clock.advance(5000)
    expect((await job).prompt).toBe('a lake')
    const ids = studio.server.heard
      .filter(([type]) => type === messageType.jobEnqueue)
      .map(([, , body]) => (body as { id: string }).id)
    expect(new Set(ids).size).toBe(1)
    expect(ana.room.store.getState().jobs.get(ids[0] ?? '')?.state).toBe('queued')
  })

  test('takes another place of a waiting job with the same sequence, and nothing older', async () => {
    const { studio, ana } = await studioWithNote()
    const job = { id: other, kind: 'image', prompt: 'p', state: 'queued', seq: 5, attempt: 0 }
    studio.server.broadcast(messageType.job, { ...job, position: 3 })
    studio.server.broadcast(messageType.job, { ...job, position: 2, expected_start: 9000 })
    await studio.clock.advance(10)
    expect(ana.room.store.getState().jobs.get(other)).toMatchObject({ position: 2, expected_start: 9000 })
    studio.server.broadcast(messageType.job, job)
    await studio.clock.advance(10)
    expect(ana.room.store.getState().jobs.get(other)?.position).toBe(2)
    studio.server.broadcast(messageType.job, { ...job, seq: 4, position: 1 })
    await studio.clock.advance(10)
    expect(ana.room.store.getState().jobs.get(other)?.position).toBe(2)
  })

  test('shows progress of the present attempt only, until the job ends', async () => {
    const { studio, ana } = await studioWithNote()
    const job = { id: other, kind: 'image', prompt: 'p', state: 'running', seq: 5, attempt: 2 }
    studio.server.broadcast(messageType.job, job)
    studio.server.broadcast(messageType.progress, [other, 1, 0.9, null], ['unknown', 1, 0.5, null])
    studio.server.broadcast(messageType.progress, [other, 2, 0.25, 'p1'])
    studio.server.broadcast(messageType.progress, [other, 2, 0.5, null])
    await studio.clock.advance(10)
    expect([...ana.room.store.getState().progress.values()]).toEqual([
      { job: other, attempt: 2, fraction: 0.5, preview: 'p1' },
    ])
    studio.server.broadcast(messageType.job, { ...job, state: 'succeeded', seq: 6 })
    studio.server.broadcast(messageType.job, job)
    await studio.clock.advance(10)
    expect(ana.room.store.getState().progress.size).toBe(0)
    expect(ana.room.store.getState().jobs.get(other)?.state).toBe('succeeded')
  })
})

describe('presence', () => {
  test('sends at most 30 cursors a second, the newest always', async () => {
    const { studio, ana } = await studioWithNote()
    for (let i = 0; i < 100; i++) {
      ana.room.moveCursor(i, i)
      await studio.clock.advance(10)
    }
    await studio.clock.advance(100)
    const cursors = studio.server.heard.filter(([type]) => type === messageType.cursor)
    expect(cursors.length).toBeGreaterThan(25)
    expect(cursors.length).toBeLessThanOrEqual(32)
    expect(cursors.at(-1)).toEqual([messageType.cursor, 99, 99])
  })

  test('is told again to a new membership', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.setPresence({ status: 'drawing', selection: [note] })
    await studio.clock.advance(100)
    ana.room.setPresence({ selection: null })
    ana.network.cut()
    await studio.clock.advance(3000)
    const told = studio.server.heard.filter(([type]) => type === messageType.presence).map(([, , body]) => body)
    expect(told[0]).toEqual({ status: 'drawing', selection: [note] })
    expect(told.at(-1)).toEqual({ status: 'drawing', selection: null })
  })

  test('of others moves cursors outside the store and is forgotten when they leave', async () => {
    const { studio, ana } = await studioWithNote()
    const moves: number[][] = []
    const gone: number[] = []
    ana.room.cursors.subscribe((...move) => moves.push(move))
    ana.room.cursors.onForget((m) => gone.push(m))
    let updates = 0
    const ben = { m: 9, session: 'b', user: 'u', name: 'Ben', colour: '#000000', role: 'editor' }
    studio.server.broadcast(messageType.members, { joined: [ben] })
    await studio.clock.advance(5)
    ana.room.store.subscribe(() => updates++)
    studio.server.broadcast(messageType.cursors, 1, 5, 5, 9, 1.5, 2.5, 77, 3, 3)
    await studio.clock.advance(5)
    expect(moves).toEqual([[9, 1.5, 2.5]])
    expect(updates).toBe(0)
    studio.server.broadcast(messageType.members, { left: [9] })
    await studio.clock.advance(5)
    expect(gone).toEqual([9])
    expect(ana.room.cursors.positions.size).toBe(0)
  })

  test('events fail at once when nobody is there to hear them', async () => {
    const studio = new Studio()
    const ana = studio.client()
    await expect(ana.room.sendEvent('wave', {})).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true })
  })
})
