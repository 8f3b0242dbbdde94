// The shared queue: two pages, and workers that are members of the room.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { checkAccessible, failures, newPerson, openBrowser, screenshot } from './browser.mjs'
import { startCable, startServer, startWorker } from './server.mjs'
import { eventually, make, offline, record, roomForTwo, saved, story } from './story.mjs'

const test = story(() => failures([ana, ben, stranger]))
const workers = []
let server
let cable // Ben's
let browser
let ana
let ben
let stranger
let room

before(async () => {
  server = await startServer('--workers=0', '--lease=2s')
  cable = await startCable(server.url)
  browser = await openBrowser()
  ana = await newPerson(browser)
  ben = await newPerson(browser)
  stranger = await newPerson(browser)
})

after(async () => {
  for (const worker of workers) await worker.kill()
  await browser?.close()
  await cable?.close()
  await server?.close()
})

const job = (page, words, state = '') =>
  page.locator(`.at-job${state && `[data-state="${state}"]`}`, { hasText: words })

async function work(name) {
  const worker = startWorker(server.url, room, name)
  workers.push(worker)
  await worker.waitFor(/working/)
  return worker
}

/** How many records of each kind there are, in sight or not. */
const kinds = (page) =>
  page.evaluate(async (id) => {
    const { records } = await (await fetch(`/v1/rooms/${id}/records`)).json()
    const counts = {}
    for (const { kind } of records) counts[kind] = (counts[kind] ?? 0) + 1
    return counts
  }, room)

/** Fills in a prompt record and asks for it. */
async function ask(page, id, words, count = 1) {
  await record(page, id).getByLabel('Prompt', { exact: true }).fill(words)
  await record(page, id).getByLabel('How many').selectOption(String(count))
  await record(page, id).getByRole('button', { name: 'Generate', exact: true }).click()
}

let anas
let bens
let first

test('two people and a worker come into a room', async () => {
  await roomForTwo(server, 'Night shift', [ana, server.url], [ben, cable.url])
  room = ana.page.url().split('/').at(-1)
  first = await work('Box')
  await eventually(async () => assert.match(await ana.page.locator('.at-panel').innerText(), /worker/i))
  anas = await make(ana.page, 'p', 260, 330, 'first words')
  bens = await make(ben.page, 'p', 620, 330, 'other words')
})

test('everybody sees whose job runs where', async () => {
  await ask(ana.page, anas, 'A lighthouse in a storm', 8)
  const row = job(ben.page, 'A lighthouse', 'running')
  await row.waitFor()
  assert.match(await row.innerText(), /Ana Torres/)
  assert.match(await row.innerText(), /Box/)
})

test('one page cancels, the other retries', async () => {
  await ask(ben.page, bens, 'A quiet harbour')
  await job(ana.page, 'A quiet harbour', 'queued').waitFor()
  await ana.page.getByRole('button', { name: 'Cancel A quiet harbour' }).click()
  await job(ben.page, 'A quiet harbour', 'cancelled').waitFor()
  await ben.page.getByRole('button', { name: 'Retry A quiet harbour' }).click()
  await job(ana.page, 'A quiet harbour', 'queued').waitFor()
})

test('the worker is killed and its job ends elsewhere, once', async () => {
  await first.kill()
  await work('Second box')
  for (const { page } of [ana, ben]) {
    await job(page, 'A lighthouse', 'succeeded').waitFor({ timeout: 60_000 })
    await job(page, 'A quiet harbour', 'succeeded').waitFor({ timeout: 60_000 })
    await eventually(async () => assert.equal((await kinds(page)).image, 9))
  }
})

test('what is asked for without a line waits in sight and is sent once', async () => {
  cable.cut()
  await offline(ben.page)
  await ask(ben.page, bens, 'Lanterns over the water')
  const waiting = ben.page.getByRole('region', { name: 'Waiting to be sent' })
  await waiting.getByText('Lanterns over the water').waitFor()
  assert.equal(await job(ana.page, 'Lanterns').count(), 0)
  cable.mend()
  await saved(ben.page)
  await job(ana.page, 'Lanterns', 'succeeded').waitFor({ timeout: 60_000 })
  await waiting.waitFor({ state: 'detached' })
  assert.equal(await job(ana.page, 'Lanterns').count(), 1)
})

test('a picture becomes a soundtrack, a film and a description in one go', async () => {
  const row = job(ana.page, 'A quiet harbour', 'succeeded')
  await row.getByRole('button', { name: /^More with/ }).click()
  await ana.page.getByRole('menu').evaluate((menu) => Promise.all(menu.getAnimations().map(({ finished }) => finished)))
  await screenshot(ana.page, 'remix')
  await ana.page.getByRole('menuitem', { name: /^Variation → Soundtrack/ }).click()
  await eventually(async () => {
    const { audio, video, text } = await kinds(ana.page)
    assert.deepEqual([audio, video, text], [1, 1, 1])
  }, 90_000)
  await ana.page.keyboard.press('Escape')
  await ana.page.keyboard.press('1')
  for (const { page } of [ana, ben]) {
    await eventually(async () => assert.equal(await page.locator('.at-job[data-state="waiting"]').count(), 0))
  }
  await checkAccessible(ana.page, 'a room with sound and film')
  await screenshot(ana.page, 'chain')
})

test('lineage shows where a film comes from, and a link shows it to a stranger until it is revoked', async () => {
  const film = ana.page.locator('.at-steps li', { hasText: 'Film' }).first()
  await film.getByRole('button', { name: /^More with/ }).click()
  await ana.page.getByRole('menuitem', { name: /Lineage|Where it comes from/i }).click()
  const dialog = ana.page.getByRole('dialog')
  await dialog.getByRole('region', { name: 'Graph' }).waitFor()
  await dialog.getByRole('region', { name: 'Sources' }).waitFor()
  await screenshot(ana.page, 'lineage')
  await checkAccessible(ana.page, 'lineage')
  await dialog.getByRole('button', { name: 'Share links' }).click()
  await ana.page.getByRole('button', { name: 'Make link' }).click()
  const link = await ana.page.getByLabel('Share link', { exact: true }).inputValue()
  await stranger.page.goto(link)
  await stranger.page.getByRole('region', { name: 'Graph' }).waitFor()
  await screenshot(stranger.page, 'shared')
  await checkAccessible(stranger.page, 'a shared lineage')
  await ana.page
    .getByRole('button', { name: /^Revoke/ })
    .first()
    .click()
  await eventually(async () => {
    await stranger.page.reload()
    assert.equal(await stranger.page.getByRole('region', { name: 'Graph' }).count(), 0)
  })
})

test('no page complained', () => {
  assert.deepEqual([...ana.faults, ...ben.faults, ...stranger.faults], [])
})
