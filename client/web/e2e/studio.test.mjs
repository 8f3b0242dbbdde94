// The main job, by two people and a bot in one room of the real server.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { checkAccessible, failures, newPerson, openBrowser, positions, screenshot } from './browser.mjs'
import { startBot, startCable, startServer } from './server.mjs'
import { canvas, eventually, make, makeUnsaved, record, saved, saying, story } from './story.mjs'

const test = story(() => failures([ana, ben]))
let server
let browser
let ana
let ben
let bot
let room
let cable // Ben's

before(async () => {
  server = await startServer()
  cable = await startCable(server.url)
  browser = await openBrowser()
  ana = await newPerson(browser)
  ben = await newPerson(browser)
})

after(async () => {
  await bot?.kill('SIGTERM')
  await browser?.close()
  await cable?.close()
  await server?.close()
})

const job = (page, words) => page.locator('.at-job', { hasText: words })

test('the owner link lets the owner in, and the link is not left in the history', async () => {
  const { page } = ana
  await page.goto(server.url)
  await page.getByRole('heading', { name: 'Make pictures together' }).waitFor()
  await checkAccessible(page, 'sign-in')
  await screenshot(page, 'sign-in')
  await page.goto(`${server.url}/join#${server.owner}`)
  await page.getByLabel('Your name').fill('Ana Torres')
  await checkAccessible(page, 'join')
  await page.getByRole('button', { name: 'Accept and enter' }).click()
  await page.getByRole('heading', { name: 'Rooms', exact: true }).waitFor()
  assert.equal(new URL(page.url()).hash, '')
})

test('a room is made and an invite link brings in a second person', async () => {
  await ana.page.getByRole('button', { name: 'New room' }).first().click()
  await ana.page.getByLabel('Name', { exact: true }).fill('Harbour studies')
  await ana.page.getByRole('button', { name: 'Make room' }).click()
  await ana.page.waitForURL(/\/room\//)
  room = ana.page.url().split('/').at(-1)
  await saved(ana.page)
  await checkAccessible(ana.page, 'an empty room')
  await screenshot(ana.page, 'room-empty')

  await ana.page.getByRole('button', { name: 'Share' }).click()
  await ana.page.getByRole('button', { name: 'Make link' }).click()
  const link = await ana.page.getByLabel('Invite link').inputValue()
  await checkAccessible(ana.page, 'the invite dialog')
  await screenshot(ana.page, 'invite')
  await ana.page.keyboard.press('Escape')

  await ben.page.goto(link.replace(/^https?:\/\/[^/]+/, cable.url))
  await ben.page.getByLabel('Your name').fill('Ben')
  await ben.page.getByRole('button', { name: 'Accept and enter' }).click()
  await ben.page.waitForURL(/\/room\//)
  await saved(ben.page)
  await ana.page.getByRole('button', { name: 'Follow Ben' }).waitFor()
  await ben.page.getByRole('button', { name: 'Follow Ana Torres' }).waitFor()
})

test('they see each other’s cursors', async () => {
  await ben.page.mouse.move(500, 500)
  await ben.page.mouse.move(640, 420, { steps: 8 })
  const cursor = ana.page.locator('.at-cursor', { hasText: 'Ben' })
  await cursor.locator('span').waitFor()
  await ana.page.mouse.move(500, 300)
  await ana.page.mouse.move(400, 360, { steps: 8 })
  await ben.page.locator('.at-cursor span', { hasText: 'Ana Torres' }).waitFor()

  const before = await cursor.evaluate((e) => e.style.transform)
  await ben.page.mouse.move(760, 520, { steps: 4 })
  await ana.page.waitForFunction(
    (was) =>
      [...document.querySelectorAll('.at-cursor')].some((e) => e.textContent === 'Ben' && e.style.transform !== was),
    before,
  )
})

let note
let prompt

test('they edit one canvas, and who writes where is seen', async () => {
  note = await make(ana.page, 'n', 330, 740, 'More fog?')
  const bens = record(ben.page, note).locator('textarea')
  await bens.waitFor()
  assert.equal(await bens.inputValue(), 'More fog?')

  await record(ben.page, note).dblclick()
  await ana.page.getByText('Ben is editing').waitFor()
  await ben.page.keyboard.press('End')
  await ben.page.keyboard.type(' And lanterns.')
  await ben.page.keyboard.press('Escape')
  await ana.page.waitForFunction(
    (id) => document.querySelector(`[data-record="${id}"] textarea`)?.value === 'More fog? And lanterns.',
    note,
  )
  await make(ana.page, 't', 300, 190, 'Harbour at three hours')
})

test('what one moves moves for the other', async () => {
  const from = await record(ana.page, note).boundingBox()
  const was = await record(ben.page, note).boundingBox()
  await ana.page.mouse.move(from.x + 20, from.y + from.height - 20)
  await ana.page.mouse.down()
  await ana.page.mouse.move(from.x + 160, from.y + from.height - 10, { steps: 6 })
  await ana.page.mouse.up()
  await ben.page.waitForFunction(
    ([id, x]) => Math.abs(document.querySelector(`[data-record="${id}"]`).getBoundingClientRect().x - x) > 60,
    [note, was.x],
  )
})

test('a prompt goes through the queue and its picture appears for both', async () => {
  prompt = await make(ana.page, 'p', 300, 420, 'A quiet harbour at dawn, fog over the water, fishing boats')
  await record(ana.page, prompt).getByRole('button', { name: 'Generate', exact: true }).click()
  await job(ben.page, 'A quiet harbour').first().waitFor()
  for (const { page } of [ana, ben]) {
    await page.locator('.at-image img[data-state="there"]').first().waitFor({ timeout: 60_000 })
    await page.locator('.at-job[data-state="succeeded"]', { hasText: 'A quiet harbour' }).waitFor()
    assert.ok((await page.locator('.react-flow__edge').count()) > 0, 'the picture hangs on its prompt')
  }
})

test('a job is cancelled and shows it to everybody', async () => {
  await record(ana.page, prompt).getByLabel('How many').selectOption('8')
  await record(ana.page, prompt).getByLabel('Prompt', { exact: true }).fill('Storm over the pier')
  for (let i = 0; i < 3; i++)
    await record(ana.page, prompt).getByRole('button', { name: 'Generate', exact: true }).click()
  await job(ana.page, 'Storm over the pier').nth(2).waitFor()
  await screenshot(ana.page, 'queue')
  for (const { page } of [ana, ben]) {
    const waiting = page.locator('.at-job[data-state="queued"]', { hasText: 'Storm over the pier' })
    await waiting.filter({ hasText: /Next · starts (now|in \d+ (s|min))/ }).waitFor()
  }
  const last = ana.page.locator('.at-job[data-state="queued"]', { hasText: 'Storm over the pier' }).last()
  const id = await last.getAttribute('data-job')
  await last.getByRole('button', { name: /^Cancel/ }).click()
  for (const { page } of [ana, ben]) await page.locator(`[data-job="${id}"][data-state="cancelled"]`).waitFor()
  await ana.page.evaluate(() => {
    for (const button of document.querySelectorAll('button[aria-label^="Cancel Storm"]')) button.click()
  })
})

test('an uploaded picture shows for both, and opens in the viewer', async () => {
  const picture = await ana.page.evaluate(async () => {
    const surface = new OffscreenCanvas(96, 64)
    const context = surface.getContext('2d')
    context.fillStyle = '#2d475e'
    context.fillRect(0, 0, 96, 64)
    context.fillStyle = '#ffd58a'
    context.fillRect(20, 16, 30, 30)
    return [...new Uint8Array(await (await surface.convertToBlob({ type: 'image/png' })).arrayBuffer())]
  })
  await ana.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'lantern.png', mimeType: 'image/png', buffer: Buffer.from(picture) })
  const shown = (page) => page.locator('.react-flow__node[aria-label="image: lantern.png"] img[data-state="there"]')
  await shown(ana.page).waitFor()
  await shown(ben.page).waitFor()
  await shown(ana.page).dblclick()
  await ana.page.getByRole('dialog').getByRole('link', { name: 'Download' }).waitFor()
  await checkAccessible(ana.page, 'the viewer')
  await ana.page.keyboard.press('Escape')
  await ana.page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('deleting, undo and redo reach the other page', async () => {
  const count = (page) => page.locator('.react-flow__node[aria-label="image: lantern.png"]').count()
  const becomes = (n) =>
    ben.page.waitForFunction(
      (wanted) => document.querySelectorAll('.react-flow__node[aria-label="image: lantern.png"]').length === wanted,
      n,
    )
  assert.equal(await count(ben.page), 1)
  await ana.page.locator('.react-flow__node[aria-label="image: lantern.png"]').click()
  await ana.page.keyboard.press('Delete')
  await becomes(0)
  await ana.page.keyboard.press('Control+z')
  await becomes(1)
  await ana.page.keyboard.press('Control+Shift+z')
  await becomes(0)
})

test('copied records are pasted as new ones', async () => {
  await record(ana.page, note).click({ position: { x: 20, y: 100 } })
  await ana.page.keyboard.press('Control+c')
  await canvas(ana.page).hover({ position: { x: 760, y: 700 } })
  await ana.page.keyboard.press('Control+v')
  await ben.page.waitForFunction(
    () => [...document.querySelectorAll('.at-note textarea')].filter((t) => t.value.includes('lanterns')).length === 2,
  )
  await ana.page.keyboard.press('Delete')
})

test('who follows somebody sees what they look at, until moving on their own', async () => {
  const middle = (page) =>
    page.evaluate(() => {
      const { width, height } = document.querySelector('.at-canvas').getBoundingClientRect()
      const { e, f, a } = new DOMMatrix(getComputedStyle(document.querySelector('.react-flow__viewport')).transform)
      return [(width / 2 - e) / a, (height / 2 - f) / a].map((n) => Math.round(n / 10))
    })
  await ana.page.getByRole('button', { name: 'Follow Ben' }).click()
  const face = ana.page.getByRole('button', { name: 'Stop following Ben' })
  await face.waitFor()
  await ben.page.mouse.move(700, 500)
  await ben.page.mouse.wheel(340, 220)
  await eventually(async () => assert.deepEqual(await middle(ana.page), await middle(ben.page)))
  await ana.page.mouse.move(700, 500)
  await ana.page.mouse.wheel(-340, -220)
  await face.waitFor({ state: 'detached' })
  await ben.page.mouse.wheel(-340, -220)
})

test('a new name of the room shows for both', async () => {
  const name = ana.page.getByLabel('Name of the room')
  await name.fill('Harbour studies, spring')
  await name.press('Enter')
  await ben.page.getByRole('heading', { name: 'Harbour studies, spring' }).waitFor()
  await ben.page.waitForFunction(() => document.title.startsWith('Harbour studies, spring'))
  await name.fill('Harbour studies')
  await name.press('Enter')
  await ben.page.getByRole('heading', { name: 'Harbour studies', exact: true }).waitFor()
})

test('the demo bot greets and paints what a note asks for', async () => {
  bot = startBot(server.url, room, 'Imago')
  await ana.page.getByRole('button', { name: /Follow Imago/ }).waitFor()
  await make(ana.page, 'n', 820, 700, '/imagine lanterns over a night market')
  for (const { page } of [ana, ben]) {
    await page.locator('.at-job[data-state="succeeded"]', { hasText: 'night market' }).waitFor({ timeout: 60_000 })
  }
})

test('a room full of things is accessible, in each of its tabs', async () => {
  for (const tab of ['Queue', 'Inspector', 'History', 'Comments', 'People']) {
    await ana.page.getByRole('tab', { name: tab }).click()
    await checkAccessible(ana.page, `the room with ${tab}`)
  }
  await ana.page.getByRole('tab', { name: 'Queue' }).click()
  await canvas(ana.page).click({ position: { x: 140, y: 800 } })
  await ana.page.keyboard.press('?')
  await ana.page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await checkAccessible(ana.page, 'the keyboard map')
  await ana.page.keyboard.press('Escape')
  await ana.page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('pictures of the room', async () => {
  for (const { page } of [ana, ben]) await page.keyboard.press('Shift+Digit1')
  await ben.page.mouse.move(600, 480)
  await ben.page.mouse.move(560, 440, { steps: 5 })
  await ana.page.locator('.at-image img[data-state="loading"]').first().waitFor({ state: 'detached' })
  await screenshot(ana.page, 'room')
  await ana.page.emulateMedia({ colorScheme: 'dark' })
  await screenshot(ana.page, 'room-dark')
  await ana.page.emulateMedia({ colorScheme: 'light' })
})

test('kill -9 and a restart: all is still there, nothing jumps, nobody reloads', async () => {
  await Promise.all([ana, ben].map(({ page }) => page.evaluate(() => Object.assign(window, { sameLife: true }))))
  const was = { ana: await positions(ana.page), ben: await positions(ben.page) }
  await server.kill()
  await ana.page.locator('.at-connection[data-status="offline"]').waitFor()
  await ana.page.locator('.at-offline').waitFor()
  const written = await makeUnsaved(ana.page, 'n', 240, 760, 'written while the server was gone')
  await ana.page.getByText(/changes? kept here/).waitFor()
  await screenshot(ana.page, 'offline')
  await server.restart()
  await saved(ana.page)
  await saved(ben.page)
  await record(ben.page, written).waitFor({ state: 'attached' })

  const now = { ana: await positions(ana.page), ben: await positions(ben.page) }
  for (const id of Object.keys(was.ana)) assert.deepEqual(now.ana[id], was.ana[id], `${id} on Ana's page`)
  for (const id of Object.keys(was.ben)) assert.deepEqual(now.ben[id], was.ben[id], `${id} on Ben's page`)
  assert.ok(await ana.page.evaluate(() => window.sameLife))
  assert.ok(await ben.page.evaluate(() => window.sameLife))
  await ana.page.getByRole('button', { name: 'Follow Ben' }).waitFor()
})

test('a narrow window shows the room and queues', async () => {
  const carla = await newPerson(browser, { viewport: { width: 360, height: 740 }, hasTouch: true })
  await carla.page.goto(server.url)
  await carla.page.getByLabel('Your name').fill('Carla')
  await carla.page.getByRole('button', { name: 'Enter the studio' }).click()
  await checkAccessible(carla.page, 'rooms, narrow')
  await carla.page.getByRole('link', { name: /Harbour studies/ }).click()
  await carla.page.locator('.at-connection[data-status="live"]').waitFor()
  const wide = await carla.page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(wide <= 360, `the page is ${wide} wide`)
  await screenshot(carla.page, 'narrow')
  await carla.page.getByRole('button', { name: 'Panel' }).click()
  await job(carla.page, 'A quiet harbour').first().waitFor()
  await checkAccessible(carla.page, 'the room, narrow')
  await screenshot(carla.page, 'narrow-queue')
  assert.deepEqual(carla.faults, [])
  await carla.context.close()
})

test('the list of rooms', async () => {
  await ana.page.getByRole('button', { name: 'All rooms' }).click()
  await ana.page.getByRole('link', { name: /Harbour studies/ }).waitFor()
  await ana.page.getByRole('heading', { name: 'People' }).waitFor()
  await checkAccessible(ana.page, 'rooms')
  await screenshot(ana.page, 'rooms')
})

let dora

test('who is made a viewer may only look, at once', async () => {
  dora = await newPerson(browser)
  await dora.page.goto(cable.url)
  await dora.page.getByLabel('Your name').fill('Dora')
  await dora.page.getByRole('button', { name: 'Enter the studio' }).click()
  await dora.page.getByRole('link', { name: /Harbour studies/ }).click()
  await saved(dora.page)
  await ana.page.reload() // the list of people is of when it was opened
  cable.cut()
  await dora.page.locator('.at-connection[data-status="offline"]').waitFor()
  await record(dora.page, note).locator('textarea').fill('Written by one who may not')
  await dora.page.keyboard.press('Escape')
  await ana.page.getByLabel('Role of Dora').selectOption('viewer')
  cable.mend()
  await dora.page.getByText('A change was taken back').waitFor()
  await eventually(async () => assert.equal(await saying(dora.page, 'note', 'Written by one who may not'), 0))
  await dora.page.getByText('View only').waitFor()

  await ana.page.getByLabel('Role of Dora').selectOption('editor')
  await dora.page.getByRole('button', { name: 'Upload a picture' }).waitFor()
  const began = Date.now()
  await ana.page.getByLabel('Role of Dora').selectOption('viewer')
  await dora.page.getByRole('button', { name: 'Upload a picture' }).waitFor({ state: 'detached' })
  assert.ok(Date.now() - began < 1500, 'within a second, and what a busy machine adds')
  for (const button of await dora.page.getByRole('button', { name: 'Generate', exact: true }).all())
    assert.ok(await button.isDisabled())
  assert.ok(
    await record(dora.page, note)
      .locator('textarea')
      .evaluate((field) => field.readOnly),
  )
  const records = await dora.page.locator('.at-record').count()
  await canvas(dora.page).hover({ position: { x: 140, y: 800 } })
  await dora.page.keyboard.press('n')
  await dora.page.getByText('You may look at this room, not change it.').first().waitFor()
  assert.equal(await dora.page.locator('.at-record').count(), records)
  await checkAccessible(dora.page, 'the room of a viewer')
  await screenshot(dora.page, 'viewer')
})

test('who is removed is told, and is out', async () => {
  await ana.page.getByRole('button', { name: 'Remove Dora' }).click()
  await dora.page.getByRole('alert').filter({ hasText: 'You may not be in this room any more.' }).waitFor()
  await checkAccessible(dora.page, 'a room one was removed from')
})

test('a room is deleted after a question', async () => {
  await ana.page.getByRole('button', { name: 'More for Harbour studies' }).click()
  await ana.page.getByRole('menuitem', { name: 'Delete room' }).click()
  const dialog = ana.page.getByRole('dialog', { name: 'Delete “Harbour studies”?' })
  await dialog.waitFor()
  await checkAccessible(ana.page, 'the question before deleting')
  await dialog.getByRole('button', { name: 'Keep it' }).click()
  await dialog.waitFor({ state: 'detached' })
  await ana.page.getByRole('button', { name: 'More for Harbour studies' }).click()
  await ana.page.getByRole('menuitem', { name: 'Delete room' }).click()
  await dialog.getByRole('button', { name: 'Delete room' }).click()
  await ana.page.getByRole('heading', { name: 'No rooms yet' }).waitFor()
  await ben.page.getByRole('alert').filter({ hasText: 'This room was deleted.' }).waitFor()
})

test('no page complained', () => {
  assert.deepEqual(ana.faults, [])
  assert.deepEqual(ben.faults, [])
  assert.deepEqual(dora.faults, [])
})
