import { useSyncExternalStore } from 'react'

export type Place =
  | { name: 'rooms' }
  | { name: 'join'; token: string }
  | { name: 'room'; id: string }
  | { name: 'shared'; token: string }

/** Which place a path names; everything unknown is the list of rooms. */
export function placeOf(path: string, hash: string): Place {
  const room = /^\/room\/([A-Za-z0-9_-]{1,64})\/?$/.exec(path)
  if (room?.[1]) return { name: 'room', id: room[1] }
  const shared = /^\/shared\/([A-Za-z0-9_-]{1,128})\/?$/.exec(path)
  if (shared?.[1]) return { name: 'shared', token: shared[1] }
  if (/^\/join\/?$/.test(path)) return { name: 'join', token: hash.replace(/^#/, '') }
  return { name: 'rooms' }
}

const changed = 'atelier:place'

export function go(path: string): void {
  history.pushState(null, '', path)
  window.dispatchEvent(new Event(changed))
}

/** As go, but the place left is not in the history: a used invite link is not worth going back to. */
export function replace(path: string): void {
  history.replaceState(null, '', path)
  window.dispatchEvent(new Event(changed))
}

function subscribe(heard: () => void): () => void {
  const events = ['popstate', 'hashchange', changed]
  for (const name of events) window.addEventListener(name, heard)
  return () => {
    for (const name of events) window.removeEventListener(name, heard)
  }
}

export function usePlace(): Place {
  const url = useSyncExternalStore(subscribe, () => location.pathname + location.hash)
  const [path = '/', hash = ''] = url.split('#')
  return placeOf(path, hash)
}
