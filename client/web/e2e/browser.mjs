// Pages in a real Chromium, and what is asked of every one of them: no error, no accessibility fault.
import assert from 'node:assert/strict'
import { mkdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const axeSource = await readFile(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const shots = process.env.ATELIER_SCREENSHOTS
  ? fileURLToPath(new URL('../../../docs/screenshots', import.meta.url))
  : join(tmpdir(), 'atelier-screenshots')

export async function openBrowser(...more) {
  await mkdir(shots, { recursive: true })
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

/** A person of their own: cookies and storage are theirs. Whatever their page complains of is kept in `faults`. */
export async function newPerson(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const faults = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // A refused request while the server is down is not a fault of the page.
    const expected = /Failed to load resource|WebSocket connection|net::ERR_/
    if (message.type() === 'error' && !expected.test(message.text())) faults.push(message.text())
  })
  return { context, page, faults }
}

export async function screenshot(page, name) {
  await page.screenshot({ path: join(shots, `${name}.png`) })
}

/** What the pages looked like when a step failed; beside the screenshots of tests, never among the project's. */
export async function failures(people) {
  for (const [i, { page }] of people.entries()) {
    const path = join(tmpdir(), 'atelier-screenshots', `failed-${i + 1}.png`)
    await page.screenshot({ path }).catch(() => {}) // the page may be what failed
  }
}

/** axe finds nothing on the page as it is, in light and in dark. */
export async function checkAccessible(page, place) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.waitForFunction((scheme) => document.documentElement.dataset.mantineColorScheme === scheme, colorScheme)
    await settled(page)
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
    const violations = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, { resultTypes: ['violations'] })
      return violations.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join(' | ')}`)
    })
    assert.deepEqual(violations, [], `${place} in ${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null })
}

/** Colours in the middle of a transition are nobody's choice. */
async function settled(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    do {
      await frame()
      await frame()
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished))
    } while (document.getAnimations().some((animation) => animation.playState === 'running'))
  })
}

/** The numbers of what one sees, for comparing before and after. */
export const positions = (page) =>
  page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll('.react-flow__node')].map((node) => {
        const { x, y, width, height } = node.getBoundingClientRect()
        return [node.dataset.id, [x, y, width, height].map(Math.round)]
      }),
    ),
  )
