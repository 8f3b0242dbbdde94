// What people say or type becomes what the page does; speech recognition is the browser's, so here the test speaks for it.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { checkAccessible, failures, newPerson, openBrowser, screenshot } from './browser.mjs'
import { startServer } from './server.mjs'
import { eventually, make, record, roomForTwo, saved, saying, story } from './story.mjs'

const test = story(() => failures([ana, ben]))
let server
let browser
let ana // owns the workspace
let ben

before(async () => {
  server = await startServer('--voice-udp=0', '--voice-tcp=off')
  browser = await openBrowser('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream')
  ana = await newPerson(browser, { permissions: ['microphone'] })
  ben = await newPerson(browser)
  await ana.page.addInitScript(() => {
    // What the browser would hear; the recogniser itself is a service of the browser's maker.
    window.SpeechRecognition = class {
      start() {
        window.say = (words) => {
          const heard = (isFinal) => ({ resultIndex: 0, results: [{ isFinal, 0: { transcript: words } }] })
          this.onresult?.(heard(false))
          this.onresult?.(heard(true))
        }
      }
      abort() {
        window.say = undefined
        this.onend?.()
      }
    }
    window.spoken = []
    window.speechSynthesis.speak = ({ text }) => window.spoken.push(text)
  })
})

after(async () => {
  await browser?.close()
  await server?.close()
})

const bar = ({ page }) => page.getByRole('region', { name: 'Commands' })

async function type(person, words) {
  await bar(person).getByLabel('What is to be done').fill(words)
  await person.page.keyboard.press('Enter')
}

const answer = (person, words) => bar(person).getByRole('status').filter({ hasText: words }).waitFor()

test('a picture is asked for in words', async () => {
  await roomForTwo(server, 'Words', [ana, server.url], [ben, server.url])
  await ana.page.locator('.at-canvas').click({ position: { x: 500, y: 700 } })
  await ana.page.keyboard.press('/')
  await type(ana, 'Please generate two wide images of a lighthouse at dusk')
  await answer(ana, 'lighthouse at dusk')
  const job = ben.page.locator('.at-job[data-state="succeeded"]', { hasText: 'a lighthouse at dusk' })
  await job.waitFor({ timeout: 60_000 })
  await eventually(async () => assert.equal(await ben.page.locator('.at-record.at-image, .at-image').count(), 2))
  await screenshot(ana.page, 'commands')
  await checkAccessible(ana.page, 'the commands')
})

test('“make it darker” means the last result', async () => {
  await ana.page.locator('.at-canvas').click({ position: { x: 300, y: 740 } })
  await type(ana, 'make it darker')
  await ben.page.locator('.at-job[data-state="succeeded"]', { hasText: 'darker' }).waitFor({ timeout: 60_000 })
})

test('“download this” saves the file of what is selected', async () => {
  await ana.page.locator('.at-image').first().click()
  const saving = ana.page.waitForEvent('download')
  await type(ana, 'download this')
  const download = await saving
  assert.match(download.suggestedFilename(), /\.(png|jpe?g|webp)$/i)
})

test('“undo” takes back the last change', async () => {
  await type(ana, 'add a note saying hello from afar')
  await eventually(async () => assert.equal(await saying(ben.page, 'note', 'hello from afar'), 1))
  await type(ana, 'undo')
  await eventually(async () => assert.equal(await saying(ben.page, 'note', 'hello from afar'), 0))
})

test('“zoom to Ben” shows what Ben looks at', async () => {
  const note = await make(ben.page, 'n', 600, 400, 'over here')
  for (let i = 0; i < 12; i++) {
    await ben.page.mouse.move(800, 450)
    await ben.page.mouse.wheel(0, 400)
  }
  const elsewhere = await make(ben.page, 'n', 600, 450, 'far below')
  await type(ana, 'zoom to Ben')
  await record(ana.page, elsewhere).waitFor()
  await eventually(async () => assert.equal(await record(ana.page, note).isVisible(), false))
})

test('what destroys asks first', async () => {
  await make(ana.page, 'n', 500, 640, 'short lived')
  await ana.page.keyboard.press('/')
  await type(ana, 'delete this')
  await answer(ana, 'Delete the note?')
  await bar(ana).getByRole('button', { name: 'No', exact: true }).click()
  assert.equal(await saying(ana.page, 'note', 'short lived'), 1)
  await type(ana, 'delete this')
  await type(ana, 'yes')
  await eventually(async () => assert.equal(await saying(ana.page, 'note', 'short lived'), 0))
})

test('“mute me”, said in the call, mutes, and the page says so', async () => {
  await ana.page.getByRole('button', { name: 'Start a call' }).click()
  await ana.page.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  await bar(ana).getByRole('button', { name: 'Say it' }).click()
  await ana.page.evaluate(() => window.say('mute me'))
  await ana.page.getByRole('button', { name: 'Unmute', exact: true }).waitFor()
  await eventually(async () => assert.equal(await ana.page.evaluate(() => window.spoken.length), 1))
  await ana.page.evaluate(() => window.say('stop listening'))
  await bar(ana).getByRole('button', { name: 'Say it' }).waitFor()
})

test('what is not understood is said, with what would be', async () => {
  await type(ana, 'fetch me a sandwich from the moon')
  await answer(ana, 'not understand')
  await bar(ana).getByRole('list', { name: 'What can be said' }).getByRole('button').first().waitFor()
  await screenshot(ana.page, 'commands-unknown')
  await checkAccessible(ana.page, 'what was not understood')
})

test('who may only look changes nothing by words either', async () => {
  await ana.page.keyboard.press('Escape')
  await ana.page.getByRole('button', { name: 'Share' }).click()
  await ana.page.getByLabel('Who has the link is').selectOption('viewer')
  await ana.page.getByRole('button', { name: 'Make link' }).click()
  const link = await ana.page.getByLabel('Invite link').inputValue()
  const cara = await newPerson(browser, { viewport: { width: 360, height: 740 } })
  await cara.page.goto(link)
  await cara.page.getByLabel('Your name').fill('Cara')
  await cara.page.getByRole('button', { name: 'Accept and enter' }).click()
  await cara.page.locator('.at-connection[data-status="live"]').waitFor()
  await cara.page.getByRole('button', { name: 'Commands' }).click()
  await type(cara, 'add a note saying vandalism')
  await answer(cara, 'editor')
  await screenshot(cara.page, 'commands-narrow')
  await checkAccessible(cara.page, 'commands on a phone')
  assert.equal(await saying(cara.page, 'note', 'vandalism'), 0)
  await saved(ana.page)
  assert.deepEqual(cara.faults, [])
})

test('no page has complained', () => {
  for (const { faults } of [ana, ben]) assert.deepEqual(faults, [])
})
