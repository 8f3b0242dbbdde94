import { describe, expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import type { Change } from '../protocol/types'
import { memorySession } from './session'
import { changesHeard, note, other, propsOf, Studio, shown, studioWithNote } from './testing/studio'

describe('joining', () => {
  test('shows the canvas, oneself and the role when the stream is live', async () => {
    const { ana } = await studioWithNote()
    const state = ana.room.store.getState()
    expect(state).toMatchObject({ status: 'live', role: 'editor', room: { name: 'Room' }, unsent: 0 })
    expect(state.self?.session).toBe('s1')
    expect(propsOf(ana, note)).toEqual({ text: 'hello', x: 1 })
  })

  test("[P17] tells how far the person's clock is ahead of UTC", async () => {
    const { studio } = await studioWithNote()
    expect(studio.server.heard[0]).toMatchObject([messageType.hello, { zone: 60 }])
  })

  test('[P80] keeps trying while there is no network, with growing pauses', async () => {
    const studio = new Studio()
    const ana = studio.client()
    ana.network.down = true
    ana.room.connect()
    await studio.clock.advance(60_000)
    expect(ana.room.store.getState().status).toBe('connecting')
    expect(ana.network.opened).toBeGreaterThan(4)
    expect(ana.network.opened).toBeLessThan(30)
    ana.network.down = false
    await studio.clock.advance(25_000)
    expect(ana.room.store.getState().status).toBe('live')
  })
})

describe('own edits', () => {
  test('show at once and stay when they come back', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([[note, 'x', 50]])
    expect(propsOf(ana, note)?.x).toBe(50)
    expect(ana.room.store.getState().unsent).toBe(1)
    await studio.clock.advance(10)
    expect(propsOf(ana, note)?.x).toBe(50)
    expect(ana.room.store.getState().unsent).toBe(0)
  })

  test('leave the records they do not touch as they are', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.create('note', { x: 9 }, other)
    await studio.clock.advance(10)
    const before = ana.room.store.getState().records
    ana.room.edit([[other, 'x', 10]])
    await studio.clock.advance(10)
    const after = ana.room.store.getState().records
    expect(after.get(note)).toBe(before.get(note))
    expect(after.get(other)).not.toBe(before.get(other))
  })

  test('of one drag go out at most 15 times a second and end where the drag ended', async () => {
    const { studio, ana } = await studioWithNote()
    for (let i = 1; i <= 60; i++) {
      ana.room.edit([[note, 'x', 100 + i]], { gesture: 'drag' })
      await studio.clock.advance(1000 / 60)
    }
    await studio.clock.advance(200)
    const sent = changesHeard(studio)
    expect(sent.length).toBeGreaterThan(8)
    expect(sent.length).toBeLessThanOrEqual(16)
    expect(studio.server.visible().get(note)?.props.x).toBe(160)
  })

  test('carry the value they started from where text merges', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([
      [note, 'text', 'hello you'],
      [note, 'x', 3],
    ])
    await studio.clock.advance(10)
    expect(changesHeard(studio)[0]?.writes).toEqual([
      [note, 'text', 'hello you', 'hello'],
      [note, 'x', 3],
    ])
  })

  test('that touch one record keep their order over a refusal that is to be repeated', async () => {
    const { studio, ana } = await studioWithNote()
    let refusals = 2
    studio.server.interfere = ([type]) =>
      type === messageType.change && refusals-- > 0
        ? { code: 'UNAVAILABLE', message: 'busy', retryable: true, retry_after_ms: 100 }
        : undefined
    ana.room.edit([[note, 'x', 5]])
    ana.room.edit([[note, 'x', 6]])
    await studio.clock.advance(5000)
    expect(studio.server.log.slice(1).map((c) => c.writes[0]?.[2])).toEqual([5, 6])
    const [first, second] = changesHeard(studio)
    expect(second).toEqual(first)
  })

  test('wait as long as a rate limit says', async () => {
    const { studio, ana } = await studioWithNote()
    let refusals = 1
    studio.server.interfere = ([type]) =>
      type === messageType.change && refusals-- > 0
        ? { code: 'RATE_LIMITED', message: 'slow down', retryable: true, retry_after_ms: 3000 }
        : undefined
    ana.room.edit([[note, 'x', 5]])
    await studio.clock.advance(10)
    ana.room.create('note', { x: 1 }, other)
    await studio.clock.advance(2900)
    expect(changesHeard(studio)).toHaveLength(1)
    await studio.clock.advance(1000)
    expect(ana.room.store.getState().unsent).toBe(0)
  })

  test('that the server refuses are taken back and told', async () => {
    const { studio, ana } = await studioWithNote()
    studio.server.interfere = ([type]) =>
      type === messageType.change ? { code: 'INVALID_INPUT', message: 'no', retryable: false } : undefined
    ana.room.edit([[note, 'x', 'far']])
    expect(propsOf(ana, note)?.x).toBe('far')
    await studio.clock.advance(10)
    expect(propsOf(ana, note)?.x).toBe(1)
    expect(ana.room.store.getState()).toMatchObject({ unsent: 0, canUndo: false })
    expect(ana.problems).toMatchObject([
      { kind: 'refused', error: { code: 'INVALID_INPUT' }, writes: [[note, 'x', 'far']] },
    ])
  })

  test('of many records go in changes that the server takes', async () => {
    const studio = new Studio()
    const ana = await studio.joined()
    ana.room.createAll(Array.from({ length: 200 }, (_, i) => ({ kind: 'note', props: { x: i, text: 't' } })))
    await studio.clock.advance(2000)
    expect(Math.max(...changesHeard(studio).map((c) => c.writes.length))).toBeLessThanOrEqual(256)
    expect(shown(ana.room)).toEqual(studio.server.visible())
    ana.room.undo()
    await studio.clock.advance(2000)
    expect(studio.server.visible().size).toBe(0)
  })
})

describe('a lost connection', () => {
  test('[P19] is resumed, and what was missed arrives', async () => {
    const { studio, ana } = await studioWithNote()
    ana.network.cut()
    expect(ana.room.store.getState().status).toBe('offline')
    studio.server.commitAs('elsewhere', [[note, 'x', 7]])
    await studio.clock.advance(3000)
    expect(ana.room.store.getState().status).toBe('live')
    expect(studio.server.resumes).toEqual({ resumed: 1, snapshots: 1 })
    expect(propsOf(ana, note)?.x).toBe(7)
  })

  test('[P33] does not do a change twice whose answer was lost', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([[note, 'x', 5]])
    await studio.clock.advance(1) // the server has it, the answer is on its way
    expect(studio.server.rev).toBe(2)
    ana.network.cut()
    await studio.clock.advance(3000)
    expect(studio.server.rev).toBe(2)
    expect(ana.room.store.getState().unsent).toBe(0)
    expect(propsOf(ana, note)?.x).toBe(5)
  })

  test('does not do a change twice that a snapshot already holds', async () => {
    const { studio, ana } = await studioWithNote()
    ana.room.edit([[note, 'x', 5]])
    await studio.clock.advance(1)
    studio.server.epoch = 'e2'
    ana.network.cut()
    await studio.clock.advance(3000)
    expect(studio.server.resumes.snapshots).toBe(2)
    expect(studio.server.rev).toBe(2)
    expect(ana.room.store.getState().unsent).toBe(0)
    expect(propsOf(ana, note)?.x).toBe(5)
  })

  test('leaves the canvas as it is while a snapshot comes in', async () => {
    const { studio, ana } = await studioWithNote()
    studio.server.commitAs('elsewhere', [[other, 'kind', 'note']])
    await studio.clock.advance(10)
    const before = ana.room.store.getState().records
    const sizes: number[] = []
    ana.room.store.subscribe((state) => sizes.push(state.records.size))
    studio.server.epoch = 'e2'
    ana.network.cut()
    await studio.clock.advance(3000)
    expect(studio.server.resumes.snapshots).toBe(2)
    expect(new Set(sizes)).toEqual(new Set([2]))
    expect(ana.room.store.getState().records).toBe(before)
  })

  test('[P56] is noticed when the line is silent', async () => {
    const { studio, ana } = await studioWithNote()
    ana.network.silent = true
    await studio.clock.advance(36_000)
    expect(ana.room.store.getState().status).toBe('offline')
    ana.network.silent = false
    await studio.clock.advance(25_000)
    expect(ana.room.store.getState().status).toBe('live')
  })

  test('is not assumed while pings are answered', async () => {
    const { studio, ana } = await studioWithNote()
    await studio.clock.advance(300_000)
    expect(ana.network.opened).toBe(1)
    expect(studio.server.heard.filter(([type]) => type === messageType.ping).length).toBeGreaterThan(5)
  })

  test('is replaced at once when the network comes back', async () => {
    const { studio, ana } = await studioWithNote()
    ana.network.down = true
    ana.network.cut()
    await studio.clock.advance(100_000)
    ana.network.down = false
    ana.signal('online')
    await studio.clock.advance(10)
    expect(ana.room.store.getState().status).toBe('live')
  })

  test('[P80] is replaced within seconds when the server is back soon', async () => {
    const { studio, ana } = await studioWithNote()
    ana.network.down = true
    ana.network.cut()
    await studio.clock.advance(2000)
    ana.network.down = false
    await studio.clock.advance(1100)
    expect(ana.room.store.getState().status).toBe('live')
  })

  test.each(['online', 'visible'] as const)('does not wait for a hanging attempt when the page is %s', async (hint) => {
    const { studio, ana } = await studioWithNote()
    ana.network.latency = () => 60_000 // the old network swallows what is sent
    ana.network.cut()
    await studio.clock.advance(1100)
    expect(ana.network.opened).toBe(2)
    ana.network.latency = () => 1
    ana.signal(hint)
    await studio.clock.advance(10)
    expect(ana.room.store.getState().status).toBe('live')
  })

  test('by a missing revision leads to a whole snapshot', async () => {
    const { studio, ana } = await studioWithNote()
    studio.server.dropChanges = 1
    studio.server.commitAs('elsewhere', [[note, 'x', 2]])
    studio.server.commitAs('elsewhere', [[note, 'y', 3]])
    await studio.clock.advance(3000)
    expect(studio.server.resumes.snapshots).toBe(2)
    expect(shown(ana.room)).toEqual(studio.server.visible())
  })

  test.each([
    [4000, 'live'],
    [4003, 'live'],
    [1006, 'live'],
    [4001, 'closed'],
    [4101, 'closed'],
    [4103, 'closed'],
  ])('[P80] by close code %i ends up %s', async (code, status) => {
    const { studio, ana } = await studioWithNote()
    studio.server.closeAll(code, 'why')
    await studio.clock.advance(5000)
    expect(ana.room.store.getState().status).toBe(status)
    if (status === 'closed') expect(ana.room.store.getState().closed).toEqual({ code, reason: 'why' })
  })

  test('[P80] is left alone for as long as the server asks', async () => {
    const { studio, ana } = await studioWithNote()
    studio.server.closeAll(4000, '{"retry_after_ms":4000}')
    await studio.clock.advance(3900)
    expect(ana.network.opened).toBe(1)
    await studio.clock.advance(1000)
    expect(ana.room.store.getState().status).toBe('live')
  })
})

describe('edits made offline', () => {
  test('are counted, survive a reload and are sent once', async () => {
    const kept = new Map<string, Change>()
    const { studio } = await studioWithNote()
    const session = memorySession(kept)
    const ben = await studio.joined(session)
    ben.network.down = true
    ben.network.cut()
    ben.room.edit([[note, 'x', 77]])
    ben.room.create('note', { text: 'offline' }, other)
    expect(ben.room.store.getState()).toMatchObject({ status: 'offline', unsent: 2 })
    await studio.clock.advance(1000)

    const reloaded = studio.client(session) // the old page is gone without a word
    reloaded.network.down = true
    reloaded.room.connect()
    await studio.clock.advance(100)
    expect(reloaded.room.store.getState().unsent).toBe(2)
    reloaded.network.down = false
    reloaded.signal('online')
    await studio.clock.advance(30_000)
    expect(reloaded.room.store.getState()).toMatchObject({ status: 'live', unsent: 0 })
    expect(studio.server.visible().get(note)?.props.x).toBe(77)
    expect(shown(reloaded.room)).toEqual(studio.server.visible())
    await studio.clock.advance(1000)
    expect(kept.size).toBe(0)
  })

  test('keep the order of a record and its props over the reconnect', async () => {
    const { studio, ana } = await studioWithNote()
    ana.network.cut()
    ana.room.create('note', { text: 'a' }, other)
    for (const text of ['ab', 'abc', 'abcd']) ana.room.edit([[other, 'text', text]], { episode: text })
    await studio.clock.advance(5000)
    expect(ana.problems).toEqual([])
    expect(studio.server.visible().get(other)?.props.text).toBe('abcd')
  })
})
