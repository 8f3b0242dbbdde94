// People who talk in a room: who hears whom, what mutes, and what outlives the server.
import assert from 'node:assert/strict'
import { after, before } from 'node:test'
import { checkAccessible, failures, newPerson, openBrowser, screenshot } from './browser.mjs'
import { startServer } from './server.mjs'
import { eventually, roomForTwo, saved, story } from './story.mjs'

const test = story(() => failures([ana, ben, cara].filter(Boolean)))
const microphone = { permissions: ['microphone'] }
let server
let browser
let deniedBrowser
let ana // owns the workspace
let ben
let cara

before(async () => {
  server = await startServer('--voice-udp=0', '--voice-tcp=off')
  browser = await openBrowser('--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream')
  ana = await talker()
  ben = await talker()
})

after(async () => {
  await browser?.close()
  await deniedBrowser?.close()
  await server?.close()
})

/** A person whose media connections the test looks into. */
async function talker(from = browser, options = microphone) {
  const person = await newPerson(from, options)
  await person.page.addInitScript(() => {
    window.connections = []
    const Plain = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Plain {
      constructor(...args) {
        super(...args)
        window.connections.push(this)
      }
    }
  })
  return person
}

/** What came of others' voices over the newest connection: audible energy (https://www.w3.org/TR/webrtc-stats/) and packets. */
const heard = ({ page }) =>
  page.evaluate(async () => {
    const sums = { connection: window.connections.length, energy: 0, packets: 0 }
    for (const stats of (await window.connections.at(-1).getStats()).values()) {
      if (stats.type !== 'inbound-rtp') continue
      sums.energy += stats.totalAudioEnergy ?? 0
      sums.packets += stats.packetsReceived
    }
    return sums
  })

async function hears(person) {
  let start = await heard(person)
  await eventually(async () => {
    const now = await heard(person)
    if (now.connection !== start.connection) start = { ...now, energy: 0 }
    assert.ok(now.energy > start.energy + 1e-4, `energy ${start.energy} → ${now.energy}`)
  }, 20_000)
}

const dock = ({ page }) => page.getByRole('region', { name: 'Call', exact: true })
const button = (person, name) => dock(person).getByRole('button', { name, exact: true })
const inCall = (person) => dock(person).getByText('In the call').waitFor({ state: 'attached' })

async function join(person) {
  await dock(person)
    .getByRole('button', { name: /^(Start a call|Join the call)/ })
    .click()
  await inCall(person)
}

test('two people hear each other', async () => {
  await roomForTwo(server, 'Talk', [ana, server.url], [ben, server.url])
  await join(ana)
  await dock(ben).getByRole('button', { name: 'Join the call, 1 in it' }).waitFor()
  await join(ben)
  await hears(ana)
  await hears(ben)
})

test('who speaks has a ring, on the face and at the cursor', async () => {
  await ana.page
    .getByRole('button', { name: 'Hide the panel' })
    .or(ana.page.getByRole('button', { name: 'Panel' }))
    .first()
  await ben.page.mouse.move(500, 400)
  await ben.page.mouse.move(520, 420)
  await ana.page.locator('.at-face[data-speaking][aria-label^="Follow Ben"]').waitFor()
  await ana.page.locator('.at-cursor[data-speaking]', { hasText: 'Ben' }).waitFor({ state: 'attached' })
  await screenshot(ana.page, 'call')
})

test('mute silences within 300 ms, and unmute returns', async () => {
  await button(ben, 'Mute').click()
  await ana.page.waitForTimeout(300)
  const muted = await heard(ana)
  await ana.page.waitForTimeout(1500)
  assert.equal((await heard(ana)).packets, muted.packets, 'nothing comes of who is muted')
  await ana.page.getByRole('button', { name: /Follow Ben, in the call, muted/ }).waitFor()
  await ben.page.keyboard.press('m')
  await hears(ana)
})

test('space is push to talk', async () => {
  await ben.page.keyboard.press('m')
  await button(ben, 'Unmute').waitFor()
  await ana.page.getByRole('button', { name: /Follow Ben, in the call, muted/ }).waitFor()
  await ben.page.locator('.at-canvas').click({ position: { x: 700, y: 500 } })
  await ben.page.keyboard.down(' ')
  await hears(ana)
  await ben.page.keyboard.up(' ')
  await ana.page.getByRole('button', { name: /Follow Ben, in the call, muted/ }).waitFor()
  await ben.page.keyboard.press('m')
})

test('a third one is heard by both, each as loud as they are wanted', async () => {
  cara = await talker()
  await ana.page.getByRole('button', { name: 'Share' }).click()
  await ana.page.getByRole('button', { name: 'Make link' }).click()
  const link = await ana.page.getByLabel('Invite link').inputValue()
  await ana.page.keyboard.press('Escape')
  await cara.page.goto(link)
  await cara.page.getByLabel('Your name').fill('Cara')
  await cara.page.getByRole('button', { name: 'Accept and enter' }).click()
  await saved(cara.page)
  await join(cara)
  for (const person of [ana, ben, cara]) await hears(person)
  await ana.page.getByRole('tab', { name: 'People' }).click()
  const volume = ana.page.getByRole('slider', { name: 'Volume of Cara' })
  await volume.focus()
  await ana.page.keyboard.press('Home')
  await eventually(async () => {
    const volumes = await ana.page.evaluate(() => JSON.parse(localStorage.getItem('atelier.voice')).volumes)
    assert.deepEqual(Object.values(volumes), [0])
  })
  await screenshot(ana.page, 'call-people')
  await checkAccessible(ana.page, 'people in a call')
})

test('devices, level and quality are at hand', async () => {
  await dock(ana)
    .getByRole('button', { name: /^Devices and more/ })
    .click()
  await ana.page
    .getByLabel('Microphone', { exact: true })
    .selectOption({ label: 'Fake Audio Input 1' })
    .catch(() => {})
  await ana.page.getByRole('img', { name: 'How loud you are' }).waitFor()
  assert.ok(await ana.page.getByRole('switch', { name: 'Suppress noise' }).isChecked())
  assert.ok(await ana.page.getByRole('switch', { name: 'Cancel echo' }).isChecked())
  await ana.page.getByText(/^Good connection/).waitFor()
  await screenshot(ana.page, 'call-menu')
  await checkAccessible(ana.page, 'the call’s menu')
  await ana.page.keyboard.press('Escape')
  await hears(ben)
})

test('an owner mutes others and takes them out of the call', async () => {
  await ana.page.getByRole('button', { name: 'Mute Ben' }).click()
  await ben.page.getByText('An owner muted you.').waitFor()
  await button(ben, 'Unmute').waitFor()
  await ana.page.getByRole('button', { name: 'Take Cara out of the call' }).click()
  await cara.page.getByText('An owner took you out of the call.').waitFor()
  assert.equal(await ben.page.getByRole('button', { name: /^Take .* out of the call$/ }).count(), 0)
  await button(ben, 'Unmute').click()
  await hears(ana)
})

test('a recording asks first, and keeps who agreed', async () => {
  await dock(ana)
    .getByRole('button', { name: /^Devices and more/ })
    .click()
  await ana.page.getByRole('button', { name: 'Record the call' }).click()
  for (const { page } of [ana, ben]) await page.getByText('Until you agree, nothing of what you say is kept.').waitFor()
  await cara.page.getByRole('img', { name: 'Ana Torres records the call' }).waitFor()
  await screenshot(ben.page, 'consent')
  await checkAccessible(ben.page, 'being asked')
  await ana.page.getByRole('button', { name: 'Not me' }).click()
  await ben.page.getByRole('button', { name: 'Record me' }).click()
  await ben.page.getByText('You are being recorded.').waitFor()
  await hears(ana)
  await dock(ana)
    .getByRole('button', { name: /^Devices and more/ })
    .click()
  await ana.page.getByRole('button', { name: 'Stop recording' }).click()
  await ana.page.getByText('The recording has ended.', { exact: false }).first().waitFor()
  await dock(ana)
    .getByRole('button', { name: /^Devices and more/ })
    .click()
  await ana.page.getByRole('button', { name: 'Recordings' }).click()
  const dialog = ana.page.getByRole('dialog', { name: 'Recordings of calls' })
  await dialog.getByText('By Ana Torres').waitFor()
  const tracks = dialog.locator('audio')
  await tracks.first().waitFor()
  assert.equal(await tracks.count(), 1, 'only of who agreed')
  const lasts = await tracks.first().evaluate(async (audio) => {
    await new Promise((resolve, reject) => {
      audio.onloadedmetadata = resolve
      audio.onerror = () => reject(audio.error)
      audio.load()
      audio.preload = 'metadata'
    })
    return audio.duration
  })
  assert.ok(lasts > 0.2, `${lasts} s`)
  await screenshot(ana.page, 'recordings')
  await checkAccessible(ana.page, 'the recordings')
  await ana.page.keyboard.press('Escape')
})

test('the call comes back by itself after the server was killed', async () => {
  const before = await Promise.all([heard(ana), heard(ben)])
  await server.kill()
  await server.restart()
  for (const [i, person] of [ana, ben].entries()) {
    await eventually(async () => assert.ok((await heard(person)).connection > before[i].connection))
    await inCall(person)
  }
  await hears(ana)
  await hears(ben)
})

test('who leaves is not heard any more', async () => {
  await button(ben, 'Leave the call').click()
  await dock(ben).getByRole('button', { name: 'Join the call, 1 in it' }).waitFor()
  const gone = await heard(ana)
  await ana.page.waitForTimeout(1000)
  assert.equal((await heard(ana)).packets, gone.packets)
})

test('without a microphone one is told why, and listens', async () => {
  deniedBrowser = await openBrowser()
  const dan = await talker(deniedBrowser, { viewport: { width: 360, height: 740 } })
  await dan.page.goto(ben.page.url())
  await dan.context.addCookies(await cara.context.cookies())
  await dan.page.goto(ben.page.url())
  await dan.page.locator('.at-connection[data-status="live"]').waitFor()
  await join(dan)
  await dan.page.getByText(/^(The browser does not let|No microphone was found)/).waitFor()
  await hears(dan)
  await screenshot(dan.page, 'call-narrow')
  await checkAccessible(dan.page, 'a call on a phone')
  await dan.page.getByRole('button', { name: 'Only listen' }).click()
})

test('a call that cannot be reached says so', async () => {
  await cara.page.addInitScript(() => {
    const Plain = window.RTCPeerConnection
    window.RTCPeerConnection = class extends Plain {
      setRemoteDescription({ type, sdp }) {
        return super.setRemoteDescription({ type, sdp: sdp.replace(/a=candidate.*\r\n/g, '') })
      }
      addIceCandidate() {}
    }
    Object.defineProperty(Plain.prototype, 'onicecandidate', { set() {}, get: () => null })
  })
  await cara.page.reload()
  await saved(cara.page)
  await dock(cara)
    .getByRole('button', { name: /^Join the call/ })
    .click()
  await cara.page.getByText('Voice does not get through from this network', { exact: false }).waitFor()
  await screenshot(cara.page, 'call-unreachable')
})

test('no page has complained', () => {
  for (const { faults } of [ana, ben, cara]) assert.deepEqual(faults, [])
})
