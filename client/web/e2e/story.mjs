// What people do in a room, in words of the room.
import { test as run } from 'node:test'

/** The steps of one story: after a failed one, which `look` may look at, the rest cannot say anything. */
export function story(look = () => {}) {
  let failed = false
  return (name, step) =>
    run(name, async () => {
      if (failed) throw new Error('an earlier step failed')
      failed = true
      try {
        await step()
      } catch (error) {
        await look()
        throw error
      }
      failed = false
    })
}

export const record = (page, id) => page.locator(`[data-record="${id}"]`)
export const canvas = (page) => page.locator('.at-canvas')
export const saved = (page) => page.locator('.at-connection', { hasText: 'Saved' }).waitFor()
export const offline = (page) => page.locator('.at-connection[data-status="offline"]').waitFor()

/** Makes a record by its key at a point of the window; the id comes from the page. */
export async function make(page, key, x, y, text) {
  const id = await makeUnsaved(page, key, x, y, text)
  await saved(page)
  return id
}

export async function makeUnsaved(page, key, x, y, text) {
  await page.mouse.move(x, y)
  await page.keyboard.press('Escape')
  await page.keyboard.press(key)
  const made = page.locator('.at-record[data-selected]').first()
  await made.locator('textarea:focus').waitFor()
  await page.keyboard.type(text)
  const id = await made.getAttribute('data-record')
  await page.keyboard.press('Escape')
  return id
}

/** Drags a record by its lower edge, where it has no field. */
export async function drag(page, id, dx, dy) {
  const { x, y, height } = await record(page, id).boundingBox()
  await page.mouse.move(x + 12, y + height - 6)
  await page.mouse.down()
  await page.mouse.move(x + 12 + dx, y + height - 6 + dy, { steps: 6 })
  await page.mouse.up()
}

/** The owner makes a room, and a second person comes in by an invite link, on a way of their own. */
export async function roomForTwo(server, name, [ana, anasWay], [ben, bensWay]) {
  await ana.page.goto(`${anasWay}/join#${server.owner}`)
  await ana.page.getByLabel('Your name').fill('Ana Torres')
  await ana.page.getByRole('button', { name: 'Accept and enter' }).click()
  await ana.page.getByRole('button', { name: 'New room' }).first().click()
  await ana.page.getByLabel('Name', { exact: true }).fill(name)
  await ana.page.getByRole('button', { name: 'Make room' }).click()
  await ana.page.waitForURL(/\/room\//)
  await saved(ana.page)
  await ana.page.getByRole('button', { name: 'Share' }).click()
  await ana.page.getByRole('button', { name: 'Make link' }).click()
  const link = await ana.page.getByLabel('Invite link').inputValue()
  await ana.page.keyboard.press('Escape')
  await ben.page.goto(link.replace(/^https?:\/\/[^/]+/, bensWay))
  await ben.page.getByLabel('Your name').fill('Ben')
  await ben.page.getByRole('button', { name: 'Accept and enter' }).click()
  await ben.page.waitForURL(/\/room\//)
  await saved(ben.page)
}

/** For what is read off a page in more than one look. */
export async function eventually(check, patience = 10_000) {
  const until = Date.now() + patience
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (Date.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** How many fields of a kind of record say a text. */
export const saying = (page, kind, text) =>
  page.evaluate(
    ([selector, wanted]) =>
      [...document.querySelectorAll(`${selector} textarea`)].filter((field) => field.value === wanted).length,
    [`.at-${kind}`, text],
  )
