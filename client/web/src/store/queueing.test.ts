import { expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import { Studio } from './testing/studio'

test('[P63] [P65] [P66] [P67] every command about the queue says what it is for', async () => {
  const studio = new Studio()
  const { room } = await studio.joined()
  const asked = Promise.allSettled([
    room.cancelJob('j'),
    room.retryJob('j'),
    room.approveJob('j'),
    room.moveJob('j', 'k'),
    room.rateJob('j', 1, 5),
    room.pickResult('j', 2),
    room.setQueue({ approval_over: 4 }),
    room.clearQueue('ana'),
  ])
  await studio.clock.advance(10)
  await asked
  expect(studio.server.heard.slice(1).map(([type, , body]) => [type, body])).toEqual([
    [messageType.jobCancel, { job: 'j' }],
    [messageType.jobRetry, { job: 'j' }],
    [messageType.jobApprove, { job: 'j' }],
    [messageType.jobMove, { job: 'j', before: 'k' }],
    [messageType.jobRate, { job: 'j', index: 1, stars: 5 }],
    [messageType.jobRate, { job: 'j', index: 2, pick: true }],
    [messageType.queueSet, { approval_over: 4 }],
    [messageType.queueClear, { user: 'ana' }],
  ])
})

test('a command about a job is not said again when the line was cut: it may have been carried out', async () => {
  const studio = new Studio()
  const ana = await studio.joined()
  studio.server.interfere = ([type]) => {
    if (type === messageType.jobRate) ana.network.cut()
    return undefined
  }
  const picked = expect(ana.room.pickResult('j', 0)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await studio.clock.advance(30_000)
  await picked
  expect(studio.server.heard.filter(([type]) => type === messageType.jobRate)).toHaveLength(1)
  expect(ana.room.store.getState().status).toBe('live')
})
