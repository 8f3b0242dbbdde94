import { expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import type { Job } from '../protocol/types'
import { chainEnded, jobEnded } from './awaiting'
import { Studio } from './testing/studio'

async function joined() {
  const studio = new Studio()
  const ana = await studio.joined()
  const tell = async (job: Partial<Job> & { id: string }) => {
    studio.server.broadcast(messageType.job, { kind: 'image', attempt: 1, ...job })
    await studio.clock.advance(10)
  }
  return { studio, room: ana.room, tell }
}

test('a job has ended when what it made is on the canvas', async () => {
  const { room, tell } = await joined()
  const seen: unknown[] = []
  const ended = jobEnded(room, 'j').then((job) => seen.push(job.seq))
  await tell({ id: 'j', seq: 1, state: 'running' })
  await tell({ id: 'j', seq: 2, state: 'succeeded' })
  expect(seen).toEqual([])
  await tell({ id: 'j', seq: 3, state: 'succeeded', placed: true })
  await ended
  expect(seen).toEqual([3])
  await tell({ id: 'k', seq: 4, state: 'failed' })
  expect((await jobEnded(room, 'k')).state).toBe('failed')
})

test('a chain has ended when all its steps have', async () => {
  const { room, tell } = await joined()
  let over = false
  const steps = chainEnded(room, 'a').finally(() => {
    over = true
  })
  await tell({ id: 'c', chain: 'a', step: 2, steps: 3, seq: 1, state: 'cancelled' })
  await tell({ id: 'a', chain: 'a', steps: 3, seq: 2, state: 'succeeded', placed: true })
  expect(over).toBe(false)
  await tell({ id: 'b', chain: 'a', step: 1, steps: 3, seq: 3, state: 'failed' })
  expect((await steps).map(({ id, state }) => [id, state])).toEqual([
    ['a', 'succeeded'],
    ['b', 'failed'],
    ['c', 'cancelled'],
  ])
})

test('nobody waits in a room that is closed, or longer than they want', async () => {
  const { studio, room } = await joined()
  await expect(jobEnded(room, 'j', AbortSignal.abort('enough'))).rejects.toBe('enough')
  const impatient = new AbortController()
  const waiting = jobEnded(room, 'j', impatient.signal)
  impatient.abort('enough')
  await expect(waiting).rejects.toBe('enough')
  const left = expect(jobEnded(room, 'j')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  studio.server.closeAll(4103)
  await studio.clock.advance(10)
  await left
})
