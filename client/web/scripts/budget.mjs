// Measures the script that a browser loads before a room opens: the entry and everything it imports statically, gzipped.
// Also clears files that an earlier build left (the output folder keeps its marker, so Vite does not empty it).
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET = 300 * 1024
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

const kept = new Set()
for (const chunk of Object.values(manifest)) {
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) kept.add(file)
}
for (const name of readdirSync(new URL('assets/', dist))) {
  if (!kept.has(`assets/${name}`)) rmSync(new URL(`assets/${name}`, dist))
}

const first = new Set()
function add(key) {
  if (first.has(key)) return
  first.add(key)
  for (const next of manifest[key].imports ?? []) add(next)
}
add('index.html')

const size = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length
const before = [...first].reduce((sum, key) => sum + size(manifest[key].file), 0)
const all = [...new Set(Object.values(manifest).map((c) => c.file))].filter((f) => f.endsWith('.js'))
const total = all.reduce((sum, file) => sum + size(file), 0)
const kib = (n) => `${(n / 1024).toFixed(1)} KiB`
console.log(`script before a room opens: ${kib(before)} gzip of ${kib(BUDGET)}; all script: ${kib(total)}`)
if (before > BUDGET) {
  console.error('over the budget')
  process.exit(1)
}
