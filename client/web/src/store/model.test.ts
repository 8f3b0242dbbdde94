import { describe, expect, test } from 'vitest'
import { messageType } from '../protocol/generated'
import type { Change } from '../protocol/types'
import { absent } from '../protocol/values'
import type { Resolution } from './api'
import { seeded } from './testing/clock'
import { changesHeard, type Studied, Studio, shown } from './testing/studio'

type Random = () => number

interface Turn {
  readonly client: Studied
  readonly random: Random
  readonly gesture: string
  /** Any record that shows. */
  readonly id: string | undefined
  readonly n: number
}

function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[Math.floor(random() * items.length)]
}

function openBranches({ room }: Studied): string[] {
  return [...room.store.getState().branches.values()].filter(({ open }) => open).map(({ id }) => id)
}

/** What people do on a canvas, each with its share. */
const edits: readonly [share: number, act: (turn: Turn & { id: string }) => void][] = [
  [10, ({ client: { room }, random, n }) => room.create(random() < 0.5 ? 'note' : 'prompt', { x: n, title: `t${n}` })],
  [
    25,
    ({ client: { room }, id, n, gesture }) =>
      room.edit(
        [
          [id, 'x', n],
          [id, 'y', n],
        ],
        { gesture },
      ),
  ],
  [15, ({ client: { room }, id, n, gesture }) => room.edit([[id, 'title', `title ${n}`]], { episode: gesture })],
  [
    12,
    ({ client: { room }, id, n, gesture }) => {
      const record = room.store.getState().records.get(id)
      if (record?.kind === 'prompt') room.edit([[id, 'prompt', `a fox of ${n}`]], { episode: gesture, gesture })
    },
  ],
  [
    6,
    ({ client: { room }, id, n }) =>
      room.edit([
        [id, 'tags', [`a${n % 3}`]],
        [id, 'z', n],
      ]),
  ],
  [5, ({ client: { room }, id }) => room.remove([id])],
  [
    3,
    ({ client: { room }, id, random, gesture }) => {
      const other = pick(random, [...room.store.getState().records.keys()])
      if (other) room.createAll([{ kind: 'edge', props: { from: id, to: other, role: gesture } }])
    },
  ],
  [
    4,
    ({ client: { room }, id, random }) => {
      const other = pick(random, [...room.store.getState().records.keys()])
      if (room.store.getState().records.get(id)?.kind !== 'edge')
        room.edit([[id, 'parent', random() < 0.3 ? null : other]])
    },
  ],
  [3, ({ client: { room }, id, n }) => room.create('comment', { text: `why ${n}`, target: id })],
  [7, ({ client: { room } }) => room.undo()],
  [4, ({ client: { room } }) => room.redo()],
]

/** What people do with branches. */
const branching: readonly [share: number, act: (turn: Turn) => void][] = [
  [3, ({ client: { room }, n }) => room.look(room.createBranch(`b${n}`))],
  [8, ({ client, random }) => client.room.look(pick(random, ['', '', ...openBranches(client)]) ?? '')],
  [1, ({ client, random }) => client.room.archiveBranch(pick(random, openBranches(client)) ?? '', true)],
  [
    4,
    ({ client, random, id }) => {
      const choice = pick(random, ['main', 'branch', 'both'] as const) ?? 'main'
      const resolve: Resolution[] = random() < 0.6 ? [['', '', choice]] : []
      const records = random() < 0.3 && id !== undefined ? [id] : undefined
      const branch = pick(random, openBranches(client))
      if (branch) client.room.merge(branch, { resolve, records }).catch(() => {})
    },
  ],
  [
    3,
    ({ client: { room }, random }) => {
      const divergence = pick(random, room.store.getState().divergences)
      const choice = pick(random, ['mine', 'both'] as const) ?? 'mine'
      if (divergence) room.settle(divergence, choice).catch(() => {})
    },
  ],
]

function drawn<T>(random: Random, table: readonly (readonly [share: number, item: T])[]): T | undefined {
  let dice = random() * table.reduce((sum, [share]) => sum + share, 0)
  for (const [share, item] of table) {
    dice -= share
    if (dice < 0) return item
  }
  return undefined
}

function act(client: Studied, random: Random, gesture: string): void {
  const id = pick(random, [...client.room.store.getState().records.keys()])
  const turn = { client, random, gesture, id, n: Math.floor(random() * 1000) }
  if (random() < 0.2) drawn(random, branching)?.(turn)
  else if (id === undefined) client.room.create('note', { x: turn.n })
  else drawn(random, edits)?.({ ...turn, id })
}

/** Trouble of the server and of the ways to it: cuts, spells offline, gaps, another log, a restart. */
function trouble(studio: Studio, client: Studied, random: Random): void {
  const dice = random()
  if (dice < 0.02) studio.server.dropChanges = 1
  else if (dice < 0.025) studio.server.epoch += "'"
  else if (dice < 0.03) studio.server.closeAll(4000)
  else if (dice < 0.06) client.network.cut()
  else if (dice < 0.08) {
    client.network.down = true
    client.network.cut()
  } else if (dice < 0.16 && client.network.down) {
    client.network.down = false
    client.signal('online')
  }
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
    if (!client) continue
    act(client, random, `g${Math.floor(step / 6)}`)
    trouble(studio, client, random)
    await studio.clock.advance(random() * 120)
  }
  studio.server.interfere = () => undefined
  studio.server.dropChanges = 0
  for (const { network } of clients) network.down = false
  await studio.clock.advance(60_000)
  studio.server.commitAs('last', [['ffffffff-0000-7000-8000-000000000000', 'kind', 'note']]) // shows a gap that nothing followed
  await studio.clock.advance(60_000)
  return { studio, clients }
}

/** Cells of all branches as a client has them, in the form of the server's. */
function overlays({ room }: Studied) {
  const cells = [...room.store.getState().branches.values()].flatMap(({ id, records }) =>
    [...records.values()].flatMap((record) =>
      [...record.cells].map(([prop, { value, base }]) => [`${id} ${record.id} ${prop}`, value ?? null, base ?? null]),
    ),
  )
  return cells.sort()
}

function overlaysOf({ server }: Studio) {
  const cells = [...server.room.branches].flatMap(([id, records]) =>
    [...records].flatMap(([record, of]) =>
      [...of].map(([prop, { value, base }]) => [`${id} ${record} ${prop}`, value ?? null, base ?? null]),
    ),
  )
  return cells.sort()
}

/** Cells that a change was to write and that are nowhere: not on main, not on a branch, not in the answer. */
function lostCells(studio: Studio, change: Change): string[] {
  const row = studio.server.log.find(({ id }) => id === change.id)
  if (!row || change.undo) return []
  const stored = new Set([row.writes, ...row.also.map(([, writes]) => writes)].flat().map(([r, p]) => `${r} ${p}`))
  const written = change.writes.filter(([, prop]) => prop !== 'kind' && prop !== 'deleted')
  return written.map(([r, p]) => `${r} ${p}`).filter((cell) => !stored.has(cell))
}

/** Was it merged or archived at any time: then nobody has to be told any more, though an undo may have opened it again. */
function wasClosed({ server }: Studio, branch: string): boolean {
  const rows = server.log.flatMap(({ writes, also }) => [writes, ...also.map(([, more]) => more)].flat())
  return rows.some(([id, prop, value]) => id === branch && (prop === 'merged' || prop === 'archived') && !absent(value))
}

const seeds = Array.from({ length: 60 }, (_, seed) => seed)

describe('clients with branches, latency, cuts, offline spells, refusals, gaps and snapshots', () => {
  test.each(seeds)('end equal to the server on main and on every branch, seed %i', async (seed) => {
    const { studio, clients } = await run(seed)
    expect(studio.server.rev).toBeGreaterThan(30)
    for (const client of clients) {
      const { room } = client
      expect(room.store.getState()).toMatchObject({ status: 'live', unsent: 0 })
      room.look('')
      expect(shown(room)).toEqual(studio.server.visible())
      expect(overlays(client)).toEqual(overlaysOf(studio))
      for (const branch of openBranches(client)) {
        room.look(branch)
        expect(room.store.getState().branch).toBe(branch)
        expect(shown(room)).toEqual(studio.server.visible(branch))
      }
    }
  })

  test.each([1234, 77, 4711])('do each change once, or get it refused, and lose nothing, seed %i', async (seed) => {
    const { studio } = await run(seed)
    const done = studio.server.log.map((change) => change.id)
    expect(new Set(done).size).toBe(done.length)
    const sent = new Map(changesHeard(studio).map((change) => [change.id, change]))
    const missing = [...sent.keys()].filter((id) => !done.includes(id) && !studio.server.refused.has(id))
    expect(missing).toEqual([])
    expect(studio.server.refused.size).toBeLessThan(done.length / 2)
    expect([...sent.values()].flatMap((change) => lostCells(studio, change))).toEqual([])
  })

  test.each([3, 5, 19, 24, 30])('are told of every branch that was made for their edits, seed %i', async (seed) => {
    const { studio, clients } = await run(seed)
    const made = new Map(clients.map(({ room }) => [room.store.getState().self?.session, [] as string[]]))
    for (const [id, { kind, cells }] of studio.server.room.records) {
      const waits = cells.get('diverged')?.value === true && !wasClosed(studio, id)
      if (kind === 'branch' && waits) made.get(cells.get('session')?.value as string)?.push(id)
    }
    expect([...made.values()].flat().length).toBeGreaterThan(0)
    for (const { room } of clients) {
      const { self, divergences } = room.store.getState()
      expect(divergences.map(({ branch }) => branch)).toEqual(expect.arrayContaining(made.get(self?.session) ?? []))
    }
  })
})

describe('clients that stay connected and write different prompts', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('make no branch, seed %i', async (seed) => {
    const random = seeded(seed)
    const studio = new Studio()
    const clients = [await studio.joined(), await studio.joined(), await studio.joined()]
    for (const { network } of clients) network.latency = () => 1 + random() * 200
    const own = clients.map((_, i) => `00000000-0000-7000-a000-00000000000${i}`)
    for (const id of own) {
      studio.server.commitAs('elsewhere', [
        [id, 'kind', 'prompt'],
        [id, 'prompt', 'a fox'],
      ])
    }
    await studio.clock.advance(1000)
    for (let step = 0; step < 150; step++) {
      const i = Math.floor(random() * clients.length)
      const room = clients[i]?.room
      const mine = own[i] ?? ''
      const any = pick(random, own) ?? ''
      const dice = random()
      if (dice < 0.4) room?.edit([[mine, 'prompt', `a fox of ${step}`]], { episode: `e${Math.floor(step / 5)}` })
      else if (dice < 0.5) room?.edit([[mine, 'seed', step]])
      else if (dice < 0.7) room?.edit([[any, 'x', step]], { gesture: `g${Math.floor(step / 5)}` })
      else if (dice < 0.8) room?.edit([[any, 'title', `one of ${step}`]], { episode: `t${step}` })
      else if (dice < 0.9) room?.undo()
      else room?.redo()
      await studio.clock.advance(random() * 150)
    }
    await studio.clock.advance(5000)
    expect([...studio.server.room.branches.keys()]).toEqual([])
    expect(clients.flatMap(({ problems }) => problems.filter(({ kind }) => kind !== 'skipped'))).toEqual([])
    for (const { room } of clients) expect(shown(room)).toEqual(studio.server.visible())
    expect([...studio.server.visible().values()].every(({ props }) => !absent(props.prompt))).toBe(true)
  })
})
