import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Change } from '../protocol/types'
import { claimSession, indexedSession } from './browser'

const change = (id: string, x = 1): Change => ({ id, base: 3, writes: [['r', 'x', x]] })

describe('unsent changes in IndexedDB', () => {
  test('are there after a reload, for their own queue only', async () => {
    const first = indexedSession('q1', 'reload').unsent
    await first.save([change('a'), change('b')], [])
    await first.save([change('b', 2)], ['a'])
    await indexedSession('q2', 'reload').unsent.save([change('c')], [])
    expect(await indexedSession('q1', 'reload').unsent.load()).toEqual([change('b', 2)])
  })

  test('are kept apart from what has diverged and what can be taken back', async () => {
    const session = indexedSession('q1', 'apart')
    const tally = { id: 'c', applied: ['a'], kept: ['c'], branch: 'b', cells: [] }
    await session.unsent.save([change('c')], [])
    await session.divergences.save([tally], [])
    await session.unsent.save([], ['c'])
    const reloaded = indexedSession('q1', 'apart')
    expect(await reloaded.divergences.load()).toEqual([tally])
    expect(await reloaded.history.load()).toEqual([])
    expect(await reloaded.unsent.load()).toEqual([])
  })

  test('of an older version stay where they make sense, and nothing else of it', async () => {
    const older = await openDB('older', 2, {
      upgrade(db) {
        db.createObjectStore('unsent', { keyPath: ['queue', 'id'] })
        db.createObjectStore('conflicts', { keyPath: ['queue', 'id'] })
      },
    })
    await older.put('unsent', { queue: 'q1', id: 'a', item: change('a') })
    await older.put('unsent', { queue: 'q1', id: 'b', item: { id: 'b', edits: {} } })
    await older.put('conflicts', { queue: 'q1', id: 'a', item: { id: 'a' } })
    older.close()
    expect(await indexedSession('q1', 'older').unsent.load()).toEqual([change('a')])
    const now = await openDB('older')
    expect([...now.objectStoreNames]).toEqual(['asked', 'divergences', 'history', 'unsent'])
    now.close()
  })

  test('are not waited for while a page of an older version is open', async () => {
    const older = await openDB('held', 2)
    await expect(indexedSession('q1', 'held').unsent.load()).rejects.toThrow('older version')
    older.close()
  })

  test('give way to a newer version of the page', async () => {
    await indexedSession('q1', 'newer').unsent.load()
    const newer = await openDB('newer', 4)
    expect(newer.version).toBe(4)
    newer.close()
  })
})

/** Locks of one browser: who asks for a held one gets null. */
function locks() {
  const held = new Set<string>()
  return {
    async request(name: string, _: unknown, run: (lock: object | null) => Promise<void> | undefined) {
      if (held.has(name)) return run(null)
      held.add(name)
      await run({})
      held.delete(name)
    },
  }
}

describe('the session of a tab', () => {
  let storage: Map<string, string>
  beforeEach(() => {
    storage = new Map()
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => storage.set(key, value),
    })
    vi.stubGlobal('navigator', { locks: locks() })
  })
  afterEach(() => vi.unstubAllGlobals())

  test('goes on after a reload, with its unsent changes', async () => {
    const before = await claimSession('room', 'ana')
    before.keep('secret')
    await before.unsent.save([change('a')], [])
    before.release()
    await Promise.resolve()
    const after = await claimSession('room', 'ana')
    expect(after.token()).toBe('secret')
    expect(await after.unsent.load()).toEqual([change('a')])
  })

  test('is not shared with a copy of the tab', async () => {
    const original = await claimSession('room', 'ana')
    original.keep('secret')
    await original.unsent.save([change('a')], [])
    const copy = await claimSession('room', 'ana')
    expect(copy.token()).toBeUndefined()
    expect(await copy.unsent.load()).toEqual([])
  })

  test('is not taken over by another user of the same tab', async () => {
    const ana = await claimSession('room', 'ana')
    ana.keep('secret')
    ana.release()
    expect((await claimSession('room', 'ben')).token()).toBeUndefined()
  })

  test('begins anew where the storage holds nonsense', async () => {
    storage.set('atelier.session.ana.room', '{"queue":7')
    expect((await claimSession('room', 'ana')).token()).toBeUndefined()
  })
})
