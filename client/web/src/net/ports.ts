/** What the connection needs from its surroundings; browsers, Node and tests each bring their own. */

/** The part of WebSocket that is used. */
export interface Socket {
  binaryType: string
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  onerror: (() => void) | null
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
}

export type OpenSocket = (url: string, subprotocol: string) => Socket

export interface Clock {
  /** Milliseconds; only differences matter. */
  now(): number
  /** Runs `due` once after `ms`; the answer cancels it. */
  after(ms: number, due: () => void): () => void
}

/** At least 0, less than 1. */
export type Random = () => number

/** Hints that a connection may have been lost or may work again. They can be wrong. */
export type Signal = 'online' | 'offline' | 'visible' | 'hidden'

export interface Signals {
  subscribe(heard: (signal: Signal) => void): () => void
}
