import type { OpenSocket, Socket } from '../../net/ports'
import type { TestClock } from './clock'

/** The server's end of a socket. */
export interface Peer {
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(code: number, reason?: string): void
}

/** What listens at the other end. */
export interface Listener {
  accept(peer: Peer): { received(bytes: Uint8Array): void; gone(): void }
}

/** Sockets with latency that keep order, and that can be cut with whatever is on its way. */
export class TestNetwork {
  /** Nothing gets through and nobody is told: the connection is half open. */
  silent = false
  /** New sockets are refused. */
  down = false
  latency: () => number = () => 1
  opened = 0
  private links: Link[] = []

  constructor(
    private readonly clock: TestClock,
    private readonly listener: Listener,
  ) {}

  readonly open: OpenSocket = () => {
    this.opened++
    const link = new Link(this, this.clock)
    this.links.push(link)
    link.after(() => (this.down ? link.close() : link.establish(this.listener)))
    return link
  }

  /** Cuts every socket as a lost network does: 1006, and what is on its way is lost. */
  cut(): void {
    const links = this.links
    this.links = []
    for (const link of links) link.sever(1006, '')
  }
}

class Link implements Socket {
  binaryType = 'blob'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null
  private server: ReturnType<Listener['accept']> | undefined
  private readonly arrivals = { up: 0, down: 0 }
  private dead = false

  constructor(
    private readonly network: TestNetwork,
    private readonly clock: TestClock,
  ) {}

  establish(listener: Listener): void {
    this.server = listener.accept({
      send: (bytes) => this.after(() => this.onmessage?.({ data: bytes.slice().buffer }), 'down'),
      close: (code, reason = '') => this.after(() => this.sever(code, reason), 'down'),
    })
    this.onopen?.()
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.after(() => this.server?.received(bytes), 'up')
  }

  close(code = 1006): void {
    this.sever(code, '')
  }

  sever(code: number, reason: string): void {
    if (this.dead) return
    this.dead = true
    this.server?.gone()
    this.onclose?.({ code, reason })
  }

  after(then: () => void, way: 'up' | 'down' = 'up'): void {
    if (this.network.silent) return
    const at = Math.max(this.arrivals[way], this.clock.now() + this.network.latency())
    this.arrivals[way] = at
    this.clock.at(at, () => {
      if (!this.dead && !this.network.silent) then()
    })
  }
}
