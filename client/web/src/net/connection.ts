import { decodeMessages } from '../protocol/decode'
import { encodeHello } from '../protocol/encode'
import { type Hello, reconnectAfter, subprotocol } from '../protocol/generated'
import type { ServerMessage } from '../protocol/message'
import { Backoff } from './backoff'
import { Heartbeat } from './heartbeat'
import type { Clock, OpenSocket, Random, Signal, Signals, Socket } from './ports'

export interface ConnectionPorts {
  /** Asked anew for every attempt; may fetch a ticket. */
  readonly url: () => string | Promise<string>
  readonly open: OpenSocket
  readonly clock: Clock
  readonly random: Random
  readonly signals: Signals
}

export interface ConnectionEvents {
  /** The socket is open: what to say first. */
  hello(): Hello
  messages(messages: readonly ServerMessage[]): void
  /** The line has been silent: send something that is answered. */
  ping(): void
  /** The socket is gone and is being replaced. */
  lost(): void
  /** The server said not to come back. */
  closed(code: number, reason: string): void
}

/** From the start of an attempt to the welcome. */
const joinMs = 15_000
const probeMs = 4_000

/** Close code of a socket that another one follows: 1000 would be a leave, which the others would see. */
const comingBack = 3000

/**
 * One WebSocket at a time, replaced with full jitter until it is closed for good. It knows nothing of rooms: whoever uses
 * it says hello and calls `joined` when the stream is live.
 */
export class Connection {
  private opening: Socket | undefined // from dial on
  private socket: Socket | undefined // the same, once it is open
  private attempt = 0
  private cancelTimer: () => void = () => {}
  private unsubscribe: (() => void) | undefined
  private waiting = false
  private readonly backoff: Backoff
  private readonly heartbeat: Heartbeat

  constructor(
    private readonly ports: ConnectionPorts,
    private readonly events: ConnectionEvents,
  ) {
    this.backoff = new Backoff(ports.random)
    this.heartbeat = new Heartbeat(
      ports.clock,
      () => events.ping(),
      () => this.drop(),
    )
  }

  start(): void {
    if (this.unsubscribe) return
    this.unsubscribe = this.ports.signals.subscribe((signal) => this.signalled(signal))
    this.dial()
  }

  /** Ends for good. */
  stop(): void {
    this.unsubscribe?.()
    this.unsubscribe = undefined
    this.release()?.close(1000)
  }

  /** False when there is no open socket. */
  send(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (!this.socket || this.waiting) return false
    this.socket.send(bytes)
    return true
  }

  /** The stream is live: failures are forgotten and silence is watched from now on. */
  joined(heartbeatMs: number): void {
    this.backoff.succeeded()
    this.cancelTimer()
    this.heartbeat.start(heartbeatMs)
  }

  /** Gives up this socket, because what came over it cannot be trusted, and gets another. */
  drop(): void {
    this.release()?.close(comingBack)
    this.retry(0)
  }

  private dial(): void {
    this.waiting = false
    const attempt = ++this.attempt
    this.cancelTimer = this.ports.clock.after(joinMs, () => this.drop())
    void Promise.resolve()
      .then(() => this.ports.url())
      .then(
        (url) => this.current(attempt) && this.listen(url, attempt),
        () => this.current(attempt) && this.drop(),
      )
  }

  private current(attempt: number): boolean {
    return this.attempt === attempt && this.unsubscribe !== undefined
  }

  private listen(url: string, attempt: number): void {
    const socket = this.ports.open(url, subprotocol)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      if (!this.current(attempt)) return
      this.socket = socket
      socket.send(encodeHello(this.events.hello()))
    }
    socket.onmessage = (event) => this.current(attempt) && this.received(event.data)
    socket.onerror = () => {} // a close follows and says all there is to know
    socket.onclose = (event) => this.current(attempt) && this.ended(event.code, event.reason)
    this.opening = socket
  }

  private received(data: unknown): void {
    this.heartbeat.heard()
    let messages: ServerMessage[]
    try {
      messages = decodeMessages(data instanceof ArrayBuffer ? new Uint8Array(data) : (data as Uint8Array))
    } catch {
      this.drop() // not msgpack: nothing after it can be trusted
      return
    }
    this.events.messages(messages)
  }

  private ended(code: number, reason: string): void {
    this.release()
    if (reconnectAfter[code] ?? true) {
      this.retry(retryAfter(reason))
      return
    }
    this.unsubscribe?.()
    this.unsubscribe = undefined
    this.events.closed(code, reason)
  }

  /** Forgets the socket; nothing it does from now on is heard. */
  private release(): Socket | undefined {
    const socket = this.opening
    this.attempt++
    this.socket = this.opening = undefined
    this.cancelTimer()
    this.heartbeat.stop()
    return socket
  }

  private retry(leastMs: number): void {
    if (!this.unsubscribe) return
    this.waiting = true
    this.cancelTimer = this.ports.clock.after(this.backoff.next(leastMs), () => this.dial())
    this.events.lost()
  }

  private signalled(signal: Signal): void {
    if (signal === 'hidden') return
    if (this.socket) this.heartbeat.probe(probeMs)
    else if (signal !== 'offline') {
      // Neither a pause nor an attempt of another network is waited for.
      this.release()?.close(comingBack)
      this.dial()
    }
  }
}

/** A closing server may say in the reason when to come back: `… retry_after_ms=1500`, or the same as JSON. */
function retryAfter(reason: string): number {
  const found = /retry_after_ms\D{1,3}(\d{1,7})/.exec(reason)
  return found ? Number(found[1]) : 0
}
