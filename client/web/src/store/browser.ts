import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import { v7 } from 'uuid'
import type { Change } from '../protocol/types'
import type { UnsentJob } from './api'
import type { Tally } from './divergences'
import type { Entry } from './history'
import type { KeptPort, KeptPorts, SessionPort } from './session'

interface Row<T> {
  key: [queue: string, id: string]
  value: { queue: string; id: string; item: T }
}

interface KeptSchema extends DBSchema {
  unsent: Row<Change>
  divergences: Row<Tally>
  history: Row<Entry>
  asked: Row<UnsentJob>
}

const stores = ['unsent', 'divergences', 'history', 'asked'] as const
type Store = (typeof stores)[number]

/** What one session keeps in IndexedDB. */
export function indexedSession(queue: string, name = 'atelier'): KeptPorts {
  const opened = open(name)
  opened.catch(() => {}) // told by load and save
  return {
    unsent: indexed(opened, 'unsent', queue, isChange),
    divergences: indexed(opened, 'divergences', queue),
    history: indexed(opened, 'history', queue),
    asked: indexed(opened, 'asked', queue),
  }
}

/** Unsent changes of an older version of the page stay; what else it kept is dropped. */
function open(name: string): Promise<IDBPDatabase<KeptSchema>> {
  return new Promise((resolve, reject) => {
    openDB<KeptSchema>(name, 4, {
      upgrade(db) {
        const there: DOMStringList = db.objectStoreNames
        for (const store of [...there]) {
          if (!(stores as readonly string[]).includes(store)) db.deleteObjectStore(store as Store)
        }
        for (const store of stores) {
          if (!there.contains(store)) db.createObjectStore(store, { keyPath: ['queue', 'id'] })
        }
      },
      blocked: () => reject(new Error('another page of an older version keeps the storage open')),
      blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    }).then(resolve, reject)
  })
}

function isChange(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false
  const { id, base, writes } = item as Partial<Change>
  const isWrite = (w: unknown) => Array.isArray(w) && typeof w[0] === 'string' && typeof w[1] === 'string'
  return typeof id === 'string' && typeof base === 'number' && Array.isArray(writes) && writes.every(isWrite)
}

function indexed<S extends Store, T extends KeptSchema[S]['value']['item']>(
  opened: Promise<IDBPDatabase<KeptSchema>>,
  store: S,
  queue: string,
  fits: (item: unknown) => boolean = () => true,
): KeptPort<T> {
  return {
    async load() {
      const db = await opened
      const rows = await db.getAll(store, IDBKeyRange.bound([queue, ''], [queue, '\uffff']))
      return rows.map((row) => row.item as T).filter(fits)
    },
    async save(put, drop) {
      const tx = (await opened).transaction(store, 'readwrite')
      await Promise.all([
        ...put.map((item) => tx.store.put({ queue, id: item.id, item } as KeptSchema[S]['value'])),
        ...drop.map((id) => tx.store.delete([queue, id])),
        tx.done,
      ])
    },
  }
}

/**
 * This tab's session in a room. Session storage is copied when a tab is duplicated, so a lock that lives as long as the
 * page says who has it; the copy begins a session of its own.
 */
export async function claimSession(room: string, user: string): Promise<SessionPort> {
  const key = `atelier.session.${user}.${room}`
  const stored = readStored(key)
  const fresh = { queue: v7(), token: undefined }
  const resumed = stored && (await lock(stored.queue))
  const release = resumed || (await lock(fresh.queue))
  const { queue, token: first } = resumed ? stored : fresh
  let token = first
  const write = () => sessionStorage.setItem(key, JSON.stringify({ queue, token }))
  write()
  return {
    ...indexedSession(queue),
    token: () => token,
    keep(next) {
      token = next
      write()
    },
    release: () => release?.(),
  }
}

function readStored(key: string): { queue: string; token: string | undefined } | undefined {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? 'null')
    if (typeof stored !== 'object' || stored === null || !('queue' in stored)) return undefined
    const { queue } = stored
    const token = 'token' in stored && typeof stored.token === 'string' ? stored.token : undefined
    return typeof queue === 'string' ? { queue, token } : undefined
  } catch {
    return undefined
  }
}

/** Held until the page is gone or the answer is called; undefined when another page has it. */
function lock(queue: string): Promise<(() => void) | undefined> {
  if (!('locks' in navigator)) return Promise.resolve(() => {})
  return new Promise((resolve) => {
    void navigator.locks.request(`atelier.queue.${queue}`, { ifAvailable: true }, (held) => {
      if (held) return new Promise<void>((release) => resolve(release))
      resolve(undefined)
      return undefined
    })
  })
}
