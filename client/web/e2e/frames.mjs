// Measures the work of a page's main thread per frame: 512 records, all in view, and 50 cursors that move 30 times a
// second. Prints one JSON object. Thread time is the work itself; wall time has in it whatever else the machine did.
import { newPerson, openBrowser } from './browser.mjs'
import { startServer, startStorm } from './server.mjs'

const members = 50
const doublings = 9
const measuredMs = 10_000

const server = await startServer()
const browser = await openBrowser()
let storm
try {
  const { page } = await newPerson(browser)
  await page.goto(server.url)
  await page.getByLabel('Your name').fill('Frames')
  await page.getByRole('button', { name: 'Enter the studio' }).click()
  await page.getByRole('heading', { name: 'Rooms', exact: true }).waitFor()
  storm = startStorm(server.url, members, 60)
  const room = await roomOfStorm(page)
  await page.goto(`${server.url}/room/${room}`)
  await fill(page)
  await page.waitForFunction((n) => document.querySelectorAll('.at-cursor').length === n, members)
  const records = await page.locator('.react-flow__node').count()
  await browser.startTracing(page, {
    categories: [
      'toplevel',
      'benchmark',
      'devtools.timeline',
      'devtools.timeline.frame',
      'disabled-by-default-devtools.timeline',
    ],
  })
  await page.waitForTimeout(measuredMs)
  const { traceEvents } = JSON.parse(String(await browser.stopTracing()))
  const cursors = await page.locator('.at-cursor:not(.at-cursor-idle)').count()
  console.log(JSON.stringify({ records, cursors, ...framesOf(traceEvents) }, null, 2))
} finally {
  await storm?.kill()
  await browser.close()
  await server.close()
}

async function roomOfStorm(page) {
  const handle = await page.waitForFunction(
    async () => (await (await fetch('/v1/rooms')).json()).rooms.find((room) => room.members > 0)?.id,
  )
  return handle.jsonValue()
}

/** One note, doubled by the page's own key until there are enough; then all of it in view. */
async function fill(page) {
  await page.locator('.at-connection', { hasText: 'Saved' }).waitFor()
  await page.mouse.move(600, 400)
  await page.keyboard.press('n')
  await page.locator('textarea:focus').waitFor()
  await page.keyboard.type('Tide table')
  await page.keyboard.press('Escape')
  for (let i = 0; i < doublings; i++) {
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Control+d')
  }
  await page.keyboard.press('Escape')
  await page.locator('.at-connection', { hasText: 'Saved' }).waitFor()
  await page.keyboard.press('Shift+Digit1')
  await page.waitForFunction((n) => document.querySelectorAll('.react-flow__node').length === n, 2 ** doublings)
}

/** Tasks of the page's main thread, added up from one frame's begin to the next. */
function framesOf(events) {
  const begins = events.filter((e) => e.name === 'BeginMainThreadFrame')
  const busiest = mostCommon(begins.map((e) => `${e.pid}/${e.tid}`))
  const mine = events.filter((e) => `${e.pid}/${e.tid}` === busiest)
  const starts = mine
    .filter((e) => e.name === 'BeginMainThreadFrame')
    .map((e) => e.ts)
    .sort((a, b) => a - b)
  const frames = starts.slice(0, -1).map((ts, i) => ({ ts, gap: starts[i + 1] - ts, wall: 0, thread: 0 }))
  let at = 0
  for (const task of mine.filter((e) => e.name === 'RunTask' && e.ph === 'X').sort((a, b) => a.ts - b.ts)) {
    // A frame's begin lies within the task that carries it out.
    while (at + 1 < frames.length && frames[at + 1].ts < task.ts + task.dur) at++
    if (frames[at] === undefined || task.ts + task.dur < frames[at].ts) continue
    frames[at].wall += task.dur
    frames[at].thread += task.tdur ?? task.dur
  }
  const spread = (key) => {
    const sorted = frames.map((frame) => frame[key] / 1000).sort((a, b) => a - b)
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((p) => sorted[Math.floor(p * (sorted.length - 1))])
    return Object.fromEntries(Object.entries({ p50, p95, p99 }).map(([name, ms]) => [name, Number(ms.toFixed(2))]))
  }
  return { frames: frames.length, threadMs: spread('thread'), wallMs: spread('wall'), gapMs: spread('gap') }
}

function mostCommon(names) {
  const counts = new Map()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
}
