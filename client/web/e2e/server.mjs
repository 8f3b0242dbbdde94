// Runs the real binary: a server over a temporary folder, and the demo bot.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const binary = process.env.ATELIER_BIN ?? fileURLToPath(new URL('../../../bin/atelier', import.meta.url))
const patience = 30_000

class Process {
  #child
  #output = ''
  #heard = new Set()

  constructor(args) {
    this.#child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (bytes) => {
        this.#output += bytes
        for (const heard of this.#heard) heard()
      })
    }
    this.ended = new Promise((resolve) => this.#child.once('close', resolve))
    void this.ended.then(() => {
      this.done = true
      for (const heard of this.#heard) heard()
    })
  }

  get output() {
    return this.#output
  }

  waitFor(pattern) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => end(new Error(`no ${pattern} in:\n${this.#output}`)), patience)
      const end = (error, match) => {
        clearTimeout(timer)
        this.#heard.delete(look)
        if (error) reject(error)
        else resolve(match)
      }
      const look = () => {
        const match = pattern.exec(this.#output)
        if (match) end(undefined, match)
        else if (this.done) end(new Error(`it ended before ${pattern}:\n${this.#output}`))
      }
      this.#heard.add(look)
      look()
    })
  }

  async kill(signal = 'SIGKILL') {
    if (!this.done) this.#child.kill(signal)
    await this.ended
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** A server on a port that stays its own over kills and restarts. */
export async function startServer(...more) {
  const data = await mkdtemp(join(tmpdir(), 'atelier-web-e2e-'))
  const port = await freePort()
  const args = ['serve', `--listen=127.0.0.1:${port}`, '--admin=', `--data=${data}`, ...more]
  let process = new Process(args)
  await process.waitFor(/^atelier is at http:\/\/\S+$/m)
  const [, owner] = await process.waitFor(/^owner link \(.*\): http:\/\/\S+\/join#(\S+)$/m)
  return {
    url: `http://127.0.0.1:${port}`,
    owner,
    get output() {
      return process.output
    },
    /** As a power cut would. */
    kill: () => process.kill('SIGKILL'),
    async restart() {
      process = new Process(args)
      await process.waitFor(/^atelier is at http:\/\/\S+$/m)
    },
    async close() {
      await process.kill('SIGTERM')
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** A way of its own to the server, that can be cut under whoever uses it. */
export async function startCable(url) {
  const { port: target } = new URL(url)
  const ends = new Set()
  let whole = true
  let sockets = true
  const server = createServer((near) => {
    if (!whole) return near.destroy()
    near.on('data', (bytes) => {
      if (!sockets && bytes.includes('Upgrade: websocket')) near.destroy()
    })
    const far = connect(Number(target), '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      ends.add(from)
      from.on('error', () => from.destroy())
      from.once('close', () => {
        ends.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    whole = false
    for (const end of ends) end.destroy()
  }
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut,
    /** The page still comes over it, rooms do not. */
    cutSockets() {
      cut()
      whole = true
      sockets = false
    },
    mend() {
      whole = true
      sockets = true
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A room of this many whose cursors all move for as long as it says. */
export function startStorm(url, members, seconds) {
  return new Process(['storm', 'cursors', `--url=${url}`, '--rooms=1', `--members=${members}`, `--seconds=${seconds}`])
}

export function startWorker(url, room, name) {
  return new Process(['worker', `--url=${url}`, `--room=${room}`, `--name=${name}`])
}

export function startBot(url, room, name) {
  return new Process(['bot', `--url=${url}`, `--room=${room}`, `--name=${name}`])
}
