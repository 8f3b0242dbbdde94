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

  test('knows the socket of a room', () => {
    expect(new Api({ origin: 'https://studio' }).socketUrl('r1', 't&x')).toBe(
      'wss://studio/v1/rooms/r1/socket?ticket=t%26x',
    )
  })

  test('gives nothing for an answer without content', async () => {
    await expect(answering(204, undefined).api.deleteRoom('r')).resolves.toBeUndefined()
  })
})
