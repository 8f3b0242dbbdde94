// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from 'vitest'
import { ApiError } from '../protocol/errors'
import { loadSettings } from './settings'
import { forbidden, TestCall } from './testing'

Object.assign(globalThis, { MediaStream: class {} })

let ana: TestCall
beforeEach(() => {
  ana = new TestCall()
})

describe('joining', () => {
  test('sends the microphone and is in the call when media flows', async () => {
    await ana.call.join()
    await ana.clock.advance(1)
    expect(ana.state.status).toBe('joining')
    expect(ana.connection.sent).toEqual(ana.tracks)
    ana.connection.becomes('connected')
    expect(ana.state.status).toBe('in')
    expect(ana.joins).toEqual([{ muted: false, deaf: false }])
    expect(ana.wishes).toEqual([{ id: undefined, noise: true, echo: true }])
  })

  test.each(['denied', 'missing', 'busy', 'insecure'] as const)(
    'without a microphone (%s) one listens',
    async (fault) => {
      ana.fault = fault
      await ana.joined()
      expect(ana.state).toMatchObject({ status: 'in', listening: true, muted: true, microphoneFault: fault })
      expect(ana.joins).toEqual([{ muted: true, deaf: false }])
      ana.fault = undefined
      await ana.call.mute(false)
      await ana.clock.advance(600)
      expect(ana.connections).toHaveLength(2)
      expect(ana.connection.sent).toEqual(ana.tracks)
      expect(ana.joins.at(-1)).toEqual({ muted: false, deaf: false })
      expect(ana.state.microphoneFault).toBeUndefined()
    },
  )

  test('gives up when nothing comes through, and says so', async () => {
    await ana.call.join()
    await ana.clock.advance(10_100)
    expect(ana.state).toMatchObject({ status: 'out', fault: { kind: 'unreachable' } })
    expect(ana.connection.closed).toBe(true)
    expect(ana.tracks[0]?.stopped).toBe(true)
  })

  test('ends with what the server refuses for good, and goes on over what passes', async () => {
    ana.refusal = ApiError.unavailable('a moment')
    await ana.call.join()
    await ana.clock.advance(1200)
    expect(ana.state.status).toBe('joining')
    expect(ana.joins.length).toBeGreaterThan(1)
    ana.refusal = forbidden
    await ana.clock.advance(600)
    expect(ana.state).toMatchObject({ status: 'out', fault: { kind: 'refused', error: forbidden } })
  })

  test('leaving while the microphone is asked for leaves none open', async () => {
    const joining = ana.call.join()
    ana.call.leave()
    await joining
    expect(ana.state.status).toBe('out')
    expect(ana.tracks.every(({ stopped }) => stopped)).toBe(true)
    expect(ana.connections).toHaveLength(0)
  })
})

describe('speaking', () => {
  test('muting silences here at once and is told once', async () => {
    await ana.joined()
    await ana.call.mute(true)
    expect(ana.tracks[0]?.enabled).toBe(false)
    await ana.clock.advance(1)
    expect(ana.sets).toEqual([{ muted: true, deaf: false }])
  })

  test('while the key is held one who is muted speaks', async () => {
    await ana.joined()
    await ana.call.mute(true)
    await ana.clock.advance(1)
    ana.call.hold(true)
    expect(ana.tracks[0]?.enabled).toBe(true)
    await ana.clock.advance(1)
    ana.call.hold(false)
    expect(ana.tracks[0]?.enabled).toBe(false)
    await ana.clock.advance(1)
    expect(ana.sets.map(({ muted }) => muted)).toEqual([true, false, true])
    expect(ana.state.muted).toBe(true)
  })

  test('what is changed quickly ends as it was left', async () => {
    await ana.joined()
    for (let i = 0; i < 5; i++) void ana.call.mute(i % 2 === 0)
    await ana.clock.advance(10)
    expect(ana.sets.at(-1)).toEqual({ muted: true, deaf: false })
  })

  test('an owner mutes, and that is told', async () => {
    const news: string[] = []
    ana.call.onNews((told) => news.push(told))
    await ana.joined()
    ana.shows({ self: { m: 1, user: 'ana', voice: {} } })
    await ana.clock.advance(2000)
    ana.shows({ self: { m: 1, user: 'ana', voice: { muted: true } } })
    expect(ana.state.muted).toBe(true)
    expect(ana.tracks[0]?.enabled).toBe(false)
    expect(news).toEqual(['muted by an owner'])
    expect(ana.sets).toEqual([])
  })

  test('what others see of one’s own mute is no owner’s', async () => {
    const news: string[] = []
    ana.call.onNews((told) => news.push(told))
    await ana.joined()
    await ana.call.mute(true)
    await ana.clock.advance(1)
    await ana.call.mute(false)
    await ana.clock.advance(1)
    ana.shows({ self: { m: 1, user: 'ana', voice: { muted: true } } })
    expect(news).toEqual([])
    expect(ana.state.muted).toBe(false)
  })

  test('who may not speak stays muted', async () => {
    const news: string[] = []
    ana.call.onNews((told) => news.push(told))
    await ana.joined()
    await ana.call.mute(true)
    await ana.clock.advance(1)
    ana.refusal = forbidden
    await ana.call.mute(false)
    await ana.clock.advance(1)
    expect(ana.state.muted).toBe(true)
    expect(news).toEqual(['may not speak'])
  })

  test('a microphone that is pulled out is replaced, or one listens', async () => {
    await ana.joined()
    ana.tracks[0]?.onended?.()
    await ana.clock.advance(1)
    expect(ana.connection.sent).toEqual(ana.tracks)
    ana.fault = 'missing'
    ana.tracks[1]?.onended?.()
    await ana.clock.advance(1)
    expect(ana.state).toMatchObject({ status: 'in', listening: true, muted: true, microphoneFault: 'missing' })
    expect(ana.sets.at(-1)).toEqual({ muted: true, deaf: false })
  })
})

describe('staying', () => {
  test('an interruption is mended with a new session over the same connection', async () => {
    await ana.joined()
    ana.connection.becomes('disconnected')
    await ana.clock.advance(1)
    expect(ana.state.status).toBe('returning')
    expect(ana.asked).toContain('restart')
    ana.connection.becomes('connected')
    expect(ana.state.status).toBe('in')
    expect(ana.connections).toHaveLength(1)
    await ana.clock.advance(20_000)
    expect(ana.connections).toHaveLength(1)
  })

  test('a network that comes back asks for another way', async () => {
    await ana.joined()
    ana.signal('online')
    await ana.clock.advance(1)
    expect(ana.asked.filter((what) => what === 'restart')).toHaveLength(1)
    await ana.clock.advance(20_000)
    expect(ana.state.status).toBe('in')
  })

  test('a lost socket leaves the call alone', async () => {
    await ana.joined()
    ana.shows({ status: 'offline' })
    await ana.clock.advance(15_000)
    ana.shows({ status: 'live', self: { m: 1, user: 'ana', voice: {} } })
    await ana.clock.advance(1000)
    expect(ana.state.status).toBe('in')
    expect(ana.connections).toHaveLength(1)
  })

  test('a server that was started anew is joined again', async () => {
    await ana.joined()
    ana.shows({ status: 'offline' })
    ana.shows({ status: 'live', self: { m: 1, user: 'ana' } })
    await ana.clock.advance(600)
    expect(ana.connections).toHaveLength(2)
    expect(ana.connections[0]?.closed).toBe(true)
    ana.connection.becomes('connected')
    expect(ana.state.status).toBe('in')
  })

  test.each(['away', 'stopped'])('who was given up (%s) comes back', async (ended) => {
    await ana.joined()
    ana.carries([], ended)
    await ana.clock.advance(600)
    expect(ana.connections).toHaveLength(2)
  })

  test('who was taken out stays out', async () => {
    await ana.joined()
    ana.carries([], 'removed')
    await ana.clock.advance(5000)
    expect(ana.state).toMatchObject({ status: 'out', fault: { kind: 'removed' } })
    expect(ana.connections).toHaveLength(1)
  })

  test('leaving is told and ends it', async () => {
    await ana.joined()
    ana.call.leave()
    await ana.clock.advance(5000)
    expect(ana.asked).toContain('leave')
    expect(ana.state).toMatchObject({ status: 'out', fault: undefined })
    expect(ana.connections).toHaveLength(1)
    expect(ana.connection.closed).toBe(true)
  })
})

describe('hearing', () => {
  test('volumes follow members through the slots, and are kept', async () => {
    await ana.joined()
    ana.shows({
      members: new Map([
        [2, { m: 2, user: 'ben' }],
        [3, { m: 3, user: 'cara' }],
      ]),
    })
    ana.connection.track(0)
    ana.connection.track(1)
    ana.carries([2, 3])
    ana.call.setVolume('cara', 0.25)
    expect([...ana.volumes.values()]).toEqual([1, 0.25])
    ana.carries([3, 2])
    expect([...ana.volumes.values()]).toEqual([0.25, 1])
    ana.call.deafen(true)
    expect([...ana.volumes.values()]).toEqual([0, 0])
    await ana.clock.advance(1)
    expect(ana.sets.at(-1)).toEqual({ muted: false, deaf: true })
    expect(JSON.parse(ana.kept.get('atelier.voice') ?? '')).toMatchObject({ volumes: { cara: 0.25 } })
  })

  test.each(['', 'null', '[1]', '{', '{"volumes":{"x":7,"y":0.5,"z":"loud"},"noise":0,"microphone":3}'])(
    'what is kept of a browser may be anything: %s',
    (kept) => {
      const read = loadSettings({ get: () => kept, set: () => {} })
      expect(read).toMatchObject({ microphone: '', speaker: '', noise: true, echo: true })
      expect([...read.volumes]).toEqual(kept.includes('volumes') ? [['y', 0.5]] : [])
    },
  )
})
