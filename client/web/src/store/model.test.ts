import { describe, expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import type { Change } from '../protocol/types'
import { seeded } from './testing/clock'
import { type Studied, Studio, shown } from './testing/studio'

type Random = () => number

/** What became of every change that was sent. */
function sent(studio: Studio): Set<string> {
  const changes = studio.server.heard.filter(([type]) => type === messageType.change)
  return new Set(changes.map(([, , body]) => (body as Change).id))
}

function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[Math.floor(random() * items.length)]
}

function act({ room, network }: Studied, random: Random, gesture: string): void {
  const { records } = room.store.getState()
  const id = pick(random, [...records.keys()])
  const n = Math.floor(random() * 1000)
  const dice = random()
  if (id === undefined || dice < 0.12) room.create(random() < 0.5 ? 'note' : 'prompt', { x: n, title: `t${n}` })
  else if (dice < 0.45)
    room.edit(
      [
        [id, 'x', n],
        [id, 'y', n],
      ],
      { gesture },
    )
  else if (dice < 0.65) room.edit([[id, 'title', `title ${n}`]], { episode: gesture })
  else if (dice < 0.7)
    room.edit([
      [id, 'tags', [`a${n % 3}`]],
      [id, 'z', n],
    ])
  else if (dice < 0.76) room.remove([id])
  else if (dice < 0.8) room.create('edge', { from: id, to: id, role: `r${n}` })
  else if (dice < 0.88) room.undo()
  else if (dice < 0.92) room.redo()
  else if (dice < 0.95) network.cut()
}

/** Trouble of the server and of the ways to it. */
function trouble(studio: Studio, random: Random): void {
  const dice = random()
  if (dice < 0.02) studio.server.dropChanges = 1
  else if (dice < 0.025) studio.server.epoch += "'"
  else if (dice < 0.03) studio.server.closeAll(4000)
}

async function run(seed: number) {
  const random = seeded(seed)
  const studio = new Studio()
  studio.server.interfere = ([type]) =>
    type === messageType.change && random() < 0.05
      ? { code: 'UNAVAILABLE', message: 'busy', retryable: true, retry_after_ms: Math.floor(random() * 300) }
      : undefined
  const clients: Studied[] = []
  for (let i = 0; i < 2 + Math.floor(random() * 3); i++) clients.push(await studio.joined())
  for (const { network } of clients) network.latency = () => 1 + random() * random() * 300
  for (let step = 0; step < 250; step++) {
    const client = pick(random, clients)
    if (client) act(client, random, `g${Math.floor(step / 6)}`)
    trouble(studio, random)
    await studio.clock.advance(random() * 120)
  }
  studio.server.interfere = () => undefined
  studio.server.dropChanges = 0
  await studio.clock.advance(60_000)
  studio.server.commitAs('last', [['ffffffff-0000-7000-8000-000000000000', 'kind', 'note']]) // shows a gap that nothing followed
  await studio.clock.advance(60_000)
  return { studio, clients }
}

describe('clients with latency, cuts, refusals, gaps and snapshots', () => {
  test.each(Array.from({ length: 60 }, (_, seed) => seed))('end equal to the server, seed %i', async (seed) => {
    const { studio, clients } = await run(seed)
    const truth = studio.server.visible()
    expect(studio.server.rev).toBeGreaterThan(30)
    for (const { room } of clients) {
      expect(room.store.getState()).toMatchObject({ status: 'live', unsent: 0 })
      expect(shown(room)).toEqual(truth)
    }
  })

  test.each([1234, 77])('do each change once, or get it refused, seed %i', async (seed) => {
    const { studio } = await run(seed)
    const done = studio.server.log.map((change) => change.id)
    expect(new Set(done).size).toBe(done.length)
    const missing = [...sent(studio)].filter((id) => !done.includes(id) && !studio.server.refused.has(id))
    expect(missing).toEqual([])
    expect(studio.server.refused.size).toBeLessThan(done.length / 2)
  })
})
