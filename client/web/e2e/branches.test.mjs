// Edits that meet: two people, one of them now and then offline, branches, merging, history and comments.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { checkAccessible, failures, newPerson, openBrowser, screenshot } from './browser.mjs'
import { startCable, startServer } from './server.mjs'
import { drag, eventually, make, offline, record, roomForTwo, saved, saying, story } from './story.mjs'

const test = story(() => failures([ana, ben]))
let server
let browser
let cable // Ana's
let ana
let ben

before(async () => {
  server = await startServer()
  cable = await startCable(server.url)
  browser = await openBrowser()
  ana = await newPerson(browser)
  ben = await newPerson(browser)
  await roomForTwo(server, 'Night market', [ana, cable.url], [ben, server.url])
})

after(async () => {
  await browser?.close()
  await cable?.close()
  await server?.close()
})

let prompt
const notes = []
const says = (page, id) => record(page, id).locator('textarea').first().inputValue()
const left = async (page, id) => (await record(page, id).boundingBox()).x
const notice = (page) => page.locator('.at-divergence')

/** Writes into a field and leaves it. */
async function write(page, id, text) {
  await record(page, id).locator('textarea').first().fill(text)
  await page.keyboard.press('Escape')
}

/** Both write into the prompt from the same text, Ana while her line is cut. */
async function meet(anas, bens) {
  cable.cut()
  await offline(ana.page)
  await write(ana.page, prompt, anas)
  await write(ben.page, prompt, bens)
  await saved(ben.page)
}

test('a prompt and three notes are there for both', async () => {
  prompt = await make(ana.page, 'p', 300, 200, 'A harbour at dawn')
  for (const [i, text] of ['Fog', 'Boats', 'Gulls'].entries())
    notes.push(await make(ana.page, 'n', 640, 160 + i * 230, text))
  for (const id of [prompt, ...notes]) await record(ben.page, id).waitFor()
  for (const { page } of [ana, ben]) await page.keyboard.press('Shift+Digit1')
})

const was = {}

test('who comes back finds moves on main and the prompt that met another on a branch', async () => {
  for (const id of notes) was[id] = await left(ben.page, id)
  await meet('A harbour at dusk, lanterns lit', 'A harbour in a storm')
  for (const id of notes) await drag(ana.page, id, 130, 0)
  await ana.page.getByText(/4 changes kept here/).waitFor()
  await screenshot(ana.page, 'offline-edits')
  cable.mend()
  await saved(ana.page)

  const said = notice(ana.page)
  await said
    .filter({ hasText: /3 changes applied, 1 kept on Ana Torres \d\d:\d\d: Ben changed the same prompt/ })
    .waitFor()
  for (const id of notes)
    await eventually(async () => assert.ok((await left(ben.page, id)) > was[id] + 60, 'the moves are on main'))
  for (const { page } of [ana, ben])
    await eventually(async () => assert.equal(await says(page, prompt), 'A harbour in a storm'))
  await ben.page
    .getByRole('button', { name: /Ana Torres \d\d:\d\d/ })
    .first()
    .waitFor()
  assert.equal(await notice(ben.page).count(), 0, 'Ben is not asked')
  await checkAccessible(ana.page, 'a divergence')
  await screenshot(ana.page, 'divergence')
})

test('the notice survives a reload, and comparing shows the words', async () => {
  await ana.page.reload()
  await saved(ana.page)
  await notice(ana.page).getByRole('button', { name: 'Compare' }).click()
  const comparison = ana.page.getByLabel(/^Compare Main with Ana Torres/i)
  await comparison.getByText('in a storm').first().waitFor()
  await comparison
    .getByText(/dusk, lanterns lit/)
    .first()
    .waitFor()
  await checkAccessible(ana.page, 'the comparison')
  await screenshot(ana.page, 'compare')
  await ana.page.getByRole('button', { name: 'Close the comparison' }).click()
})

test('keep both gives two prompts, and undo takes that back', async () => {
  await notice(ana.page).getByRole('button', { name: 'Keep both' }).click()
  await notice(ana.page).waitFor({ state: 'detached' })
  const both = async (n) => {
    for (const { page } of [ana, ben])
      await eventually(async () => {
        assert.equal(await saying(page, 'prompt', 'A harbour in a storm'), 1)
        assert.equal(await saying(page, 'prompt', 'A harbour at dusk, lanterns lit'), n)
      })
  }
  await both(1)
  await ana.page.locator('.at-canvas').focus()
  await ana.page.keyboard.press('Control+z')
  await both(0)
  await ana.page.keyboard.press('Control+Shift+z')
  await both(1)
  await saved(ana.page)
})

test('use mine merges what was kept', async () => {
  await meet('A harbour under snow', 'A harbour at noon')
  cable.mend()
  await notice(ana.page).filter({ hasText: '1 change kept on' }).getByRole('button', { name: 'Use mine' }).click()
  for (const { page } of [ana, ben])
    await eventually(async () => assert.equal(await says(page, prompt), 'A harbour under snow'))
  await notice(ana.page).waitFor({ state: 'detached' })
})

test('two who type into one prompt at once lose no word and are not disturbed', async () => {
  const fields = [ana, ben].map(({ page }) => record(page, prompt).locator('textarea').first())
  for (const field of fields) await field.focus()
  await ana.page.keyboard.press('Control+Home')
  await ben.page.keyboard.press('Control+End')
  await Promise.all([
    ana.page.keyboard.type('Misty morning: ', { delay: 60 }),
    ben.page.keyboard.type(', gulls above', { delay: 60 }),
  ])
  assert.equal(
    await fields[0].inputValue(),
    'Misty morning: A harbour under snow',
    'Ana sees her own text until she leaves',
  )
  assert.equal(await fields[1].inputValue(), 'A harbour under snow, gulls above')
  for (const { page } of [ana, ben]) await page.keyboard.press('Escape')
  for (const { page } of [ana, ben])
    await eventually(async () =>
      assert.equal(await says(page, prompt), 'Misty morning: A harbour under snow, gulls above'),
    )
  assert.equal(await notice(ana.page).count(), 0)
  assert.equal(await notice(ben.page).count(), 0)
})

const switcher = (page) => page.getByRole('button', { name: /^Branch: / })

test('a draft is made by hand, edited aside, seen by others, and merged', async () => {
  await switcher(ben.page).click()
  await ben.page.getByRole('button', { name: 'New draft' }).click()
  await ben.page.getByLabel('Name of the draft').fill('Winter')
  await screenshot(ben.page, 'branches')
  await ben.page.getByRole('button', { name: 'Begin' }).click()
  await ben.page.getByText('You are on').waitFor()
  await write(ben.page, notes[0], 'Frost')
  await write(ben.page, prompt, 'Misty morning: A frozen harbour, gulls above')
  await saved(ben.page)
  assert.equal(await says(ana.page, notes[0]), 'Fog', 'main stays as it is')
  await checkAccessible(ben.page, 'a draft')
  await screenshot(ben.page, 'draft')

  await switcher(ana.page).click()
  await ana.page.getByRole('button', { name: /Winter.*Ben here/s }).click()
  await eventually(async () => assert.equal(await says(ana.page, notes[0]), 'Frost'))
  await ana.page.getByRole('button', { name: 'Back to main' }).click()
  await eventually(async () => assert.equal(await says(ana.page, notes[0]), 'Fog'))
  await write(ana.page, prompt, 'Misty morning: A busy harbour, gulls above')
  await saved(ana.page)

  await ben.page.getByRole('button', { name: 'Merge', exact: true }).click()
  const dialog = ben.page.getByRole('dialog', { name: /Merge/ })
  await dialog.getByText('A frozen harbour').first().waitFor()
  await dialog
    .getByRole('button', { name: /^Merge/ })
    .last()
    .click()
  await dialog.getByText('Both changed the same').waitFor()
  await checkAccessible(ben.page, 'the merge dialog')
  await screenshot(ben.page, 'merge')
  await dialog.getByLabel('For all of them').getByText('Branch').click()
  await dialog
    .getByRole('button', { name: /^Merge/ })
    .last()
    .click()
  await dialog.waitFor({ state: 'detached' })
  for (const { page } of [ana, ben])
    await eventually(async () => {
      assert.equal(await says(page, notes[0]), 'Frost')
      assert.equal(await says(page, prompt), 'Misty morning: A frozen harbour, gulls above')
    })
})

test('history tells who did what, and the past can be looked at and brought back', async () => {
  await ana.page.getByRole('tab', { name: 'History' }).click()
  await ana.page.locator('.at-sitting', { hasText: 'Ben' }).first().waitFor()
  await checkAccessible(ana.page, 'the history')
  await screenshot(ana.page, 'history')
  await ana.page.getByRole('button', { name: 'Look back' }).click()
  const past = ana.page.getByLabel('The past')
  const slider = past.getByRole('slider')
  await slider.focus()
  for (let i = 0; i < 4; i++) await ana.page.keyboard.press('ArrowLeft')
  await eventually(async () =>
    assert.notEqual(await says(ana.page, prompt), 'Misty morning: A frozen harbour, gulls above'),
  )
  await checkAccessible(ana.page, 'the past')
  await screenshot(ana.page, 'past')
  assert.ok(
    await record(ana.page, prompt)
      .locator('textarea')
      .first()
      .evaluate((field) => field.readOnly),
    'nothing is edited in the past',
  )
  await past.getByRole('button', { name: 'Back to now' }).click()
  await eventually(async () =>
    assert.equal(await says(ana.page, prompt), 'Misty morning: A frozen harbour, gulls above'),
  )
})

test('a comment mentions somebody, is answered and resolved', async () => {
  await ben.page.getByRole('tab', { name: 'Comments' }).click()
  await ben.page.getByRole('button', { name: 'New comment' }).click()
  await record(ben.page, notes[2]).click({ position: { x: 20, y: 120 } })
  const field = ben.page.getByRole('textbox', { name: 'New comment' })
  await field.fill('Is this cold enough, ')
  await field.press('End')
  await ben.page.keyboard.type('@An')
  await ben.page.getByRole('option', { name: 'Ana Torres' }).click()
  await ben.page.keyboard.type('?')
  await ben.page.getByRole('button', { name: 'Comment', exact: true }).last().click()
  await ana.page.getByRole('tab', { name: /Comments.*mentions you/ }).click()
  await ana.page.locator('.at-threads').getByText('Is this cold enough').click()
  await ana.page.getByRole('textbox', { name: 'Answer' }).fill('Colder.')
  await checkAccessible(ana.page, 'a thread')
  await screenshot(ana.page, 'comments')
  await ana.page.getByRole('button', { name: 'Answer', exact: true }).click()
  await ben.page.getByText('Colder.').first().waitFor()
  await ana.page.getByRole('button', { name: 'Resolve' }).click()
  await ben.page.getByRole('button', { name: 'Reopen' }).waitFor()
})

test('what is not sent yet survives a reload', async () => {
  cable.cutSockets()
  await offline(ana.page)
  await write(ana.page, notes[1], 'Boats, written without a line')
  await ana.page.getByText(/1 change kept here/).waitFor()
  await ana.page.reload()
  await ana.page.locator('.at-connection', { hasText: 'Connecting' }).waitFor()
  assert.equal(await says(ben.page, notes[1]), 'Boats')
  cable.mend()
  await eventually(async () => assert.equal(await says(ben.page, notes[1]), 'Boats, written without a line'), 30_000)
  await saved(ana.page)
})

test('no page complained', () => {
  assert.deepEqual(ana.faults, [])
  assert.deepEqual(ben.faults, [])
})
