// The TypeScript client in Node: a bot asks, a worker runs it, whatever becomes of the line between.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { runnerImport } from 'vite'
import { startCable, startServer } from './server.mjs'

const { module: atelier } = await runnerImport(new URL('../src/store/index.ts', import.meta.url).pathname, {
  configFile: false,
  logLevel: 'error',
})
const { Api, RoomClient, Worker, chainEnded, jobEnded, memorySession } = atelier

const picture = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (c) => c.charCodeAt(0),
)
const rooms = []
let server
let cable // the worker's
let owner
let id
let key

before(async () => {
  server = await startServer('--workers=0', '--lease=2s')
  cable = await startCable(server.url)
  const accepted = await fetch(`${server.url}/v1/invites/accept`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token: server.owner, name: 'Ana Torres' }),
  })
  const cookie = accepted.headers.getSetCookie()[0].split(';')[0]
  const signedIn = (url, init) => fetch(url, { ...init, headers: { ...init.headers, cookie } })
  owner = new Api({ origin: server.url, fetch: signedIn })
  ;({ id } = await owner.createRoom('Studio'))
  key = (await owner.createKey({ name: 'Easel', role: 'editor' })).secret
})

after(async () => {
  for (const room of rooms) room.close()
  await cable?.close()
  await server?.close()
})

function join(origin, api) {
  const room = new RoomClient({
    url: async () => new Api({ origin }).socketUrl(id, (await api.ticket(id)).ticket),
    session: memorySession(),
    client: 'e2e',
  })
  rooms.push(room)
  room.connect()
  return room
}

/** A state of a room, as soon as it is there. */
function until(room, what) {
  return new Promise((resolve) => {
    const look = (state) => {
      if (!what(state)) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = room.store.subscribe(look)
    look(room.store.getState())
  })
}

/** A worker on its own line. */
function work(run, routes = ['sketch/landscape']) {
  const api = new Api({ origin: cable.url, key })
  const room = join(cable.url, api)
  const stop = new AbortController()
  const served = new Worker(room, api, { name: 'Easel', slots: 2, routes, run }).serve(stop.signal)
  return { room, stop, served }
}

const paint = async (task) => {
  for (let index = 0; index < task.wanted; index++) {
    task.report(index / task.wanted, picture)
    await task.put(index, picture)
  }
}

test('a worker in Node runs jobs of a room, and their results are on the canvas', { timeout: 60_000 }, async () => {
  const ana = join(server.url, owner)
  const worker = work(paint)
  const job = await ana.enqueue({ kind: 'image', prompt: 'a harbour at dusk', count: 2, place: { x: 0, y: 0 } })
  const done = await jobEnded(ana, job.id)
  assert.equal(done.state, 'succeeded', JSON.stringify(done.error))
  assert.equal(done.worker, 'Easel')
  assert.equal(done.results.length, 2)
  const shown = [...ana.store.getState().records.values()].filter(({ props }) => props.job === job.id)
  assert.equal(shown.length, 2)
  await ana.rateJob(job.id, 1, 5)
  assert.equal((await ana.pickResult(job.id, 1)).winner, 2)
  const tree = await owner.lineage(id, done.results[0].asset)
  assert.deepEqual(
    tree.sources.map(({ prompt, share }) => [prompt, share]),
    [['a harbour at dusk', 1]],
  )
  const { share, url } = await owner.share(id, { asset: tree.asset })
  const token = url.split('/').at(-1)
  const stranger = new Api({ origin: server.url })
  assert.equal((await stranger.shared(token)).asset, tree.asset)
  assert.ok((await stranger.sharedAsset(token, tree.asset)).size > 0)
  await owner.revoke(id, share.id)
  await assert.rejects(stranger.shared(token), { code: 'NOT_FOUND' })
  worker.stop.abort()
  await worker.served
  await until(ana, ({ queue }) => (queue.workers ?? []).length === 0)
})

test('a line that breaks is mended in the middle of a job', { timeout: 60_000 }, async () => {
  const ana = join(server.url, owner)
  let finish = () => {}
  const begun = []
  const worker = work(async (task) => {
    begun.push(task.job.attempt)
    await new Promise((resolve) => {
      finish = resolve
    })
    await paint(task)
  })
  const job = await ana.enqueue({ kind: 'image', prompt: 'a line that breaks' })
  await until(ana, ({ jobs }) => jobs.get(job.id)?.state === 'running')
  cable.cut()
  await until(worker.room, ({ status }) => status === 'offline')
  cable.mend()
  await until(worker.room, ({ status }) => status === 'live')
  finish()
  const done = await jobEnded(ana, job.id)
  assert.equal(done.state, 'succeeded', JSON.stringify(done.error))
  assert.deepEqual(begun, [1])
  worker.stop.abort()
  await worker.served
})

test('what is cancelled stops, and what a stopping worker has is given back', { timeout: 60_000 }, async () => {
  const ana = join(server.url, owner)
  const reasons = []
  const worker = work(
    (task) =>
      new Promise((resolve) => task.signal.addEventListener('abort', () => resolve(reasons.push(task.job.prompt)))),
  )
  const [one, two] = await Promise.all(['one', 'two'].map((prompt) => ana.enqueue({ kind: 'image', prompt })))
  await until(ana, ({ jobs }) => [one, two].every(({ id }) => jobs.get(id)?.state === 'running'))
  await ana.cancelJob(one.id)
  await until(ana, ({ jobs }) => jobs.get(one.id)?.state === 'cancelled')
  worker.stop.abort()
  await worker.served
  assert.deepEqual(reasons, ['one', 'two'])
  await until(ana, ({ jobs }) => jobs.get(two.id)?.state === 'queued')
  await ana.cancelJob(two.id)
})

test('one request is a chain of steps, each by a worker that can', { timeout: 60_000 }, async () => {
  const ana = join(server.url, owner)
  const providers = await owner.providers()
  const routes = providers.flatMap(({ name, models }) => models.map((model) => `${name}/${model.name}`))
  const prompts = []
  const worker = work(async (task) => {
    prompts.push([task.job.kind, (task.job.inputs ?? []).length, await task.seed(0)])
    await task.put(0, task.job.kind === 'text' ? 'a harbour, in words' : picture)
  }, routes)
  const job = await ana.enqueue({
    kind: 'image',
    prompt: 'a harbour',
    seed: 5,
    // biome-ignore lint/suspicious/noThenProperty: a list is no promise
    then: [{ kind: 'text', transform: 'describe' }],
  })
  const steps = await chainEnded(ana, job.id)
  assert.deepEqual(
    steps.map(({ kind, state }) => [kind, state]),
    [
      ['image', 'succeeded'],
      ['text', 'succeeded'],
    ],
    JSON.stringify(steps),
  )
  assert.deepEqual(prompts, [
    ['image', 0, 5],
    ['text', 1, 5],
  ])
  assert.equal(steps[1].results[0].text, 'a harbour, in words')
  worker.stop.abort()
  await worker.served
})
