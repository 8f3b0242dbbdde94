import { describe, expect, test } from 'vitest'
import { Api } from './http'

function answering(status: number, body: unknown) {
  const asked: { url: string; init: RequestInit | undefined }[] = []
  const api = new Api({
    origin: 'http://studio',
    key: 'atl_k',
    fetch: async (url, init) => {
      asked.push({ url: String(url), init })
      return new Response(body === undefined ? null : JSON.stringify(body), { status })
    },
  })
  return { api, asked }
}

describe('the HTTP API', () => {
  test('sends JSON, the key, and ids that cannot leave their place in the path', async () => {
    const { api, asked } = answering(200, { id: 'r' })
    await api.changeRoom('../people', { name: 'New' })
    expect(asked[0]?.url).toBe('http://studio/v1/rooms/..%2Fpeople')
    expect(asked[0]?.init).toMatchObject({
      method: 'PATCH',
      body: '{"name":"New"}',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer atl_k' },
    })
  })

  test('rejects with the coded error of the body', async () => {
    const { api } = answering(429, { code: 'RATE_LIMITED', message: 'slow', retryable: true, retry_after_ms: 900 })
    await expect(api.rooms()).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryable: true,
      retryAfterMs: 900,
      status: 429,
    })
  })

  test('rejects with INTERNAL_ERROR when the body is no error of ours', async () => {
    await expect(answering(502, '<html>').api.me()).rejects.toMatchObject({ code: 'INTERNAL_ERROR', status: 502 })
  })

  test('rejects with UNAVAILABLE when there is no answer', async () => {
    const api = new Api({ fetch: () => Promise.reject(new TypeError('failed')) })
    await expect(api.me()).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true, status: 0 })
  })

  test('asks for the past of a branch, and for main without naming it', async () => {
    const { api, asked } = answering(200, { rev: 4, records: [] })
    await api.recordsAt('r', { rev: 4, branch: 'b' })
    await api.recordsAt('r', { rev: 4, branch: '' })
    await api.recordsAt('r')
    expect(asked.map(({ url }) => url)).toEqual([
      'http://studio/v1/rooms/r/records?rev=4&branch=b',
      'http://studio/v1/rooms/r/records?rev=4',
      'http://studio/v1/rooms/r/records',
    ])
  })

  test('asks for what a page of history is filtered by', async () => {
    const { api, asked } = answering(200, { changes: [] })
    await api.history('r', { before: 9, user: 'a b', record: undefined })
    expect(asked[0]?.url).toBe('http://studio/v1/rooms/r/history?before=9&user=a+b')
  })

  test('moves a session, undoes and restores with the ids that it is given', async () => {
    const { api, asked } = answering(201, {})
    await api.moveSession('r', { id: 'b', session: 's' })
    await api.moveSession('r')
    await api.undoChange('r', 'c1', 'c2')
    await api.restore('r', { rev: 3, records: ['n'] })
    expect(
      asked.map(({ url, init }) => [init?.method, url.slice('http://studio/v1/rooms/r'.length), init?.body]),
    ).toEqual([
      ['POST', '/branches', '{"id":"b","move":{"session":"s"}}'],
      ['POST', '/branches', '{"move":{}}'],
      ['POST', '/history/c1/undo', '{"id":"c2"}'],
      ['POST', '/restore', '{"rev":3,"records":["n"]}'],
    ])
  })

  test('tells which cells a merge asks about', async () => {
    const conflicts = [{ record: 'n', prop: 'prompt', rev: 3 }]
    const { api } = answering(409, { code: 'CONFLICT', message: 'both', retryable: false, details: { conflicts } })
    await expect(api.merge('r', { branch: 'b' })).rejects.toMatchObject({ code: 'CONFLICT', details: { conflicts } })
  })

  test('does with the queue what it is asked for', async () => {
    const { api, asked } = answering(200, { jobs: 3 })
    await api.cancelJob('r', 'j')
    await api.retryJob('r', 'j')
    await api.approveJob('r', 'j')
    await api.moveJob('r', 'j', 'k')
    await api.rateJob('r', 'j', 1, 0)
    await api.pickResult('r', 'j', 2)
    await api.setQueue('r', { paused: true })
    expect(await api.clearQueue('r', 'ana')).toBe(3)
    await api.jobs('r', 7)
    expect(
      asked.map(({ url, init }) => [init?.method, url.slice('http://studio/v1/rooms/r'.length), init?.body]),
    ).toEqual([
      ['POST', '/jobs/j/cancel', undefined],
      ['POST', '/jobs/j/retry', undefined],
      ['POST', '/jobs/j/approve', undefined],
      ['POST', '/jobs/j/move', '{"before":"k"}'],
      ['POST', '/jobs/j/rate', '{"index":1,"stars":0}'],
      ['POST', '/jobs/j/rate', '{"index":2,"pick":true}'],
      ['PATCH', '/queue', '{"paused":true}'],
      ['POST', '/queue/clear', '{"user":"ana"}'],
      ['GET', '/jobs?after=7&limit=100', undefined],
    ])
  })

  test('uploads a result under its lease with its hash', async () => {
    const { api, asked } = answering(200, { id: 'a' })
    expect(await api.putResult('r', 'j', 1, 7, new Blob(['abc']))).toEqual({ id: 'a' })
    expect(asked[0]?.url).toBe('http://studio/v1/rooms/r/jobs/j/results/1?token=7')
    expect(asked[0]?.init).toMatchObject({
      method: 'PUT',
      headers: { 'X-Content-SHA256': 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
    })
  })

  test('reads bytes, and why there are none', async () => {
    const { api, asked } = answering(200, 'bytes')
    expect(await (await api.asset('a')).text()).toBe('"bytes"')
    expect(await (await api.sharedAsset('t', 'a')).text()).toBe('"bytes"')
    expect(asked.map(({ url }) => url)).toEqual(['http://studio/v1/assets/a', 'http://studio/v1/shared/t/assets/a'])
    const gone = answering(404, { code: 'NOT_FOUND', message: 'no', retryable: false }).api
    await expect(gone.asset('a')).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 })
  })

  test('makes and ends links to a lineage', async () => {
    const { api, asked } = answering(200, { shares: [] })
    await api.lineage('r', 'a', 3)
    await api.share('r', { asset: 'a', up: 1 })
    expect(await api.shares('r')).toEqual([])
    await api.revoke('r', 's')
    await api.shared('t')
    expect(asked.map(({ url, init }) => [init?.method, url.slice('http://studio/v1'.length), init?.body])).toEqual([
      ['GET', '/rooms/r/lineage/a?up=3', undefined],
      ['POST', '/rooms/r/shares', '{"asset":"a","up":1}'],
      ['GET', '/rooms/r/shares', undefined],
      ['DELETE', '/rooms/r/shares/s', undefined],
      ['GET', '/shared/t', undefined],
    ])
  })

  test('knows the socket of a room', () => {
    expect(new Api({ origin: 'https://studio' }).socketUrl('r1', 't&x')).toBe(
      'wss://studio/v1/rooms/r1/socket?ticket=t%26x',
    )
  })

  test('gives nothing for an answer without content', async () => {
    await expect(answering(204, undefined).api.deleteRoom('r')).resolves.toBeUndefined()
  })
})
