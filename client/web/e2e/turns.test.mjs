// Whose turn it is: order, pauses, approval, several results and which is best, and retouching a part of one.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { checkAccessible, failures, newPerson, openBrowser, screenshot } from './browser.mjs'
import { startServer } from './server.mjs'
import { eventually, make, record, roomForTwo, saved, story } from './story.mjs'

const test = story(() => failures([ana, ben]))
let server
let browser
let ana // owns the workspace
let ben

before(async () => {
  server = await startServer()
  browser = await openBrowser()
  ana = await newPerson(browser)
  ben = await newPerson(browser)
})

after(async () => {
  await browser?.close()
  await server?.close()
})

const job = (page, words, state = '') =>
  page.locator(`.at-job${state && `[data-state="${state}"]`}`, { hasText: words })

const order = (page) => page.getByRole('region', { name: 'Waiting' }).locator('.at-job-prompt').allInnerTexts()

async function ask(page, id, words, count = 1) {
  await record(page, id).getByLabel('Prompt', { exact: true }).fill(words)
  await record(page, id).getByLabel('How many').selectOption(String(count))
  await record(page, id).getByRole('button', { name: 'Generate', exact: true }).click()
}

let anas
let bens

test('an owner pauses the queue, and everybody sees by whom', async () => {
  await roomForTwo(server, 'Turns', [ana, server.url], [ben, server.url])
  anas = await make(ana.page, 'p', 260, 330, 'first words')
  bens = await make(ben.page, 'p', 620, 330, 'other words')
  await ana.page.getByRole('button', { name: 'Pause' }).click()
  for (const { page } of [ana, ben]) await page.getByText('Paused by Ana Torres.').waitFor()
  assert.equal(await ben.page.getByRole('button', { name: 'Resume' }).count(), 0, 'which is not for everybody')
})

test('one’s own jobs are put in another order, by key and by hand', async () => {
  for (const words of ['Alpine lake', 'Birch forest', 'Copper canyon']) {
    await ask(ben.page, bens, words)
    await job(ana.page, words, 'queued').waitFor()
  }
  for (const { page } of [ana, ben]) {
    await eventually(async () => assert.deepEqual(await order(page), ['Alpine lake', 'Birch forest', 'Copper canyon']))
  }
  const handle = (page, words) => page.getByRole('button', { name: new RegExp(`^Move ${words}`) })
  assert.equal(await handle(ana.page, 'Copper canyon').count(), 1, 'an owner orders for others, too')
  await handle(ben.page, 'Copper canyon').focus()
  await ben.page.keyboard.press('ArrowUp')
  for (const { page } of [ana, ben]) {
    await eventually(async () => assert.deepEqual(await order(page), ['Alpine lake', 'Copper canyon', 'Birch forest']))
  }
  const from = await handle(ben.page, 'Birch forest').boundingBox()
  const to = await handle(ben.page, 'Alpine lake').boundingBox()
  await ben.page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await ben.page.mouse.down()
  await ben.page.mouse.move(to.x + to.width / 2, to.y - 6, { steps: 8 })
  await ben.page.mouse.up()
  for (const { page } of [ana, ben]) {
    await eventually(async () => assert.deepEqual(await order(page), ['Birch forest', 'Alpine lake', 'Copper canyon']))
  }
  await screenshot(ben.page, 'queue-order')
  await checkAccessible(ben.page, 'a queue in order')
})

test('what takes more than the room allows waits for the owner', async () => {
  await ana.page.getByRole('button', { name: 'More for the queue' }).click()
  await ana.page.getByRole('menuitem', { name: 'Ask for approval…' }).click()
  await ana.page.getByLabel('Units a job may take without approval').fill('2')
  await ana.page.getByRole('button', { name: 'Save' }).click()
  await ben.page.getByText('An owner approves what takes more than 2 units.').waitFor()
  await ask(ben.page, bens, 'Desert caravan', 4)
  await job(ben.page, 'Desert caravan', 'awaiting_approval').waitFor()
  assert.equal(await ben.page.getByRole('button', { name: 'Approve Desert caravan' }).count(), 0)
  await ana.page.getByRole('button', { name: 'Approve Desert caravan' }).click()
  await job(ben.page, 'Desert caravan', 'queued').waitFor()
})

test('the queue goes on', async () => {
  await ana.page.getByRole('button', { name: 'Resume' }).click()
  for (const words of ['Alpine lake', 'Birch forest', 'Copper canyon', 'Desert caravan']) {
    await job(ben.page, words, 'succeeded').waitFor({ timeout: 60_000 })
  }
})

test('the best of four is rated and picked, for all and after a reload', async () => {
  await job(ben.page, 'Desert caravan').getByRole('button', { name: 'Open result 2 of Desert caravan' }).click()
  const viewer = ben.page.getByRole('dialog')
  await viewer.getByRole('button', { name: '4 stars' }).click()
  await viewer.getByRole('button', { name: 'Pick as winner' }).click()
  await viewer.getByRole('button', { name: 'The winner' }).waitFor()
  await screenshot(ben.page, 'viewer-rated')
  await checkAccessible(ben.page, 'the viewer')
  await ben.page.keyboard.press('Escape')
  const best = /^Open result 2 of Desert caravan, the winner, 4/
  await ana.page.getByRole('button', { name: best }).waitFor()
  await ben.page.reload()
  await saved(ben.page)
  await ben.page.getByRole('button', { name: best }).waitFor()
})

test('a sweep makes one result for each value', async () => {
  await record(ana.page, anas).getByLabel('Prompt', { exact: true }).fill('Evening meadow')
  await record(ana.page, anas).getByRole('button', { name: 'More ways to generate' }).click()
  await ana.page.getByRole('menuitem', { name: 'Sweep over a setting…' }).click()
  const dialog = ana.page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Setting' }).fill('width')
  await dialog.getByLabel('Values').fill('256, 384, 512')
  await screenshot(ana.page, 'sweep')
  await dialog.getByRole('button', { name: /^Queue|Generate/ }).click()
  await job(ben.page, 'Evening meadow', 'succeeded').waitFor({ timeout: 60_000 })
  for (const [i, width] of [256, 384, 512].entries()) {
    await ben.page
      .getByRole('button', { name: `Open result ${i + 1} of Evening meadow, width ${width}`, exact: true })
      .waitFor()
  }
})

test('a part of a picture is painted over and made anew', async () => {
  await job(ana.page, 'Alpine lake')
    .getByRole('button', { name: /^More with/ })
    .click()
  await ana.page.getByRole('menuitem', { name: 'Edit a part of it…' }).click()
  const mask = ana.page.getByLabel(/^Mask over the picture/)
  const { x, y, width, height } = await mask.boundingBox()
  await ana.page.mouse.move(x + width * 0.4, y + height * 0.4)
  await ana.page.mouse.down()
  await ana.page.mouse.move(x + width * 0.6, y + height * 0.5, { steps: 6 })
  await ana.page.mouse.up()
  await ana.page.getByLabel('What should be there').fill('A red boat at sunset')
  await screenshot(ana.page, 'mask')
  await checkAccessible(ana.page, 'painting a mask')
  await ana.page
    .getByRole('dialog')
    .getByRole('button', { name: /^Queue/ })
    .click()
  await job(ben.page, 'A red boat', 'succeeded').waitFor({ timeout: 60_000 })
})

test('a past result becomes the input of a prompt', async () => {
  await job(ben.page, 'Birch forest')
    .getByRole('button', { name: /^More with/ })
    .click()
  await ben.page.getByRole('menuitem', { name: /^Use as input of other|^Use as input of Desert/ }).click()
  await record(ben.page, bens).getByRole('list', { name: 'Inputs' }).getByRole('listitem').waitFor()
  await ask(ben.page, bens, 'The same forest in winter')
  await job(ana.page, 'The same forest', 'succeeded').waitFor({ timeout: 60_000 })
  await job(ana.page, 'The same forest')
    .getByRole('button', { name: /^More with/ })
    .click()
  await ana.page.getByRole('menuitem', { name: 'Lineage' }).click()
  const sources = ana.page.getByRole('region', { name: 'Sources' })
  await sources.getByText('Birch forest').first().waitFor()
  await sources.getByText('The same forest in winter').first().waitFor()
  await ana.page.keyboard.press('Escape')
})

test('no page complained', () => {
  assert.deepEqual([...ana.faults, ...ben.faults], [])
})
