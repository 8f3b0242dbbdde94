// Runs a TypeScript program with the client in Node: node --experimental-websocket scripts/run.mjs PROGRAM.ts [ARGUMENT…]
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const [, , program] = process.argv
process.argv.splice(1, 1) // the program sees its own arguments from the second on, as Node's do
await runnerImport(resolve(program), {
  configFile: false,
  logLevel: 'error',
  root: fileURLToPath(new URL('..', import.meta.url)), // where the client's dependencies are
})
