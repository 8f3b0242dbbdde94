import type { Clock, OpenSocket, Signals, Socket } from './ports'

/** The platform's own WebSocket: browsers and Node 22; older Node passes another. */
export const openWebSocket: OpenSocket = (url, subprotocol) => new WebSocket(url, subprotocol) as unknown as Socket

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, due) {
    const timer = setTimeout(due, ms)
    return () => clearTimeout(timer)
  },
}

/** Minutes that the wall clock here is ahead of UTC. */
export const systemZone = (): number => -new Date().getTimezoneOffset()

export const noSignals: Signals = { subscribe: () => () => {} }

/** Network and visibility of a page. */
export function pageSignals(page: Window & typeof globalThis): Signals {
  return {
    subscribe(heard) {
      const stop = new AbortController()
      const { signal } = stop
      page.addEventListener('online', () => heard('online'), { signal })
      page.addEventListener('offline', () => heard('offline'), { signal })
      page.addEventListener('pagehide', () => heard('hidden'), { signal })
      page.document.addEventListener(
        'visibilitychange',
        () => heard(page.document.visibilityState === 'visible' ? 'visible' : 'hidden'),
        { signal },
      )
      return () => stop.abort()
    },
  }
}
