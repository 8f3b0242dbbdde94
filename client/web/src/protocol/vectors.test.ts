import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeMulti } from '@msgpack/msgpack'
import { describe, expect, test } from 'vitest'
import { decodeMessages } from './decode'
import { type Command, encodeCommand, encodeCursor, encodeHello } from './encode'
import { type Hello, messageType } from './generated'
import type { ServerMessage } from './message'

interface Vectors {
  message: string
  from: 'client' | 'server'
  valid: { name: string; rule: string; hex: string; meaning: unknown[][] }[]
  reject?: { name: string; rule: string; hex: string }[]
}

const folder = join(import.meta.dirname, '../../../../protocol/testdata/vectors')
const files = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Vectors)
const commands = Object.fromEntries(Object.entries(messageType).map(([name, type]) => [type, name]))

describe.each(files.filter((f) => f.from === 'server'))('$message from the server', ({ message, valid, reject }) => {
  test.each(valid)('[$rule] $name is understood', ({ hex, meaning }) => {
    const bytes = Buffer.from(hex, 'hex')
    expect([...decodeMulti(bytes)]).toEqual(meaning)
    const decoded = decodeMessages(bytes)
    expect(decoded.map((m) => m.type)).toEqual(meaning.map(() => message.replace(/_(.)/g, (_, c) => c.toUpperCase())))
    expect(content(decoded)).toEqual(meaning.map(([, ...rest]) => rest))
  })
  test.each(reject ?? [])('[$rule] $name is refused whole', ({ hex }) => {
    expect(() => decodeMessages(Buffer.from(hex, 'hex'))).toThrow()
  })
})

describe.each(files.filter((f) => f.from === 'client'))('$message from a client', ({ valid }) => {
  // P6: what only a later client says
  test.each(valid.filter((v) => v.rule !== 'P6'))('[$rule] $name is what is sent', ({ meaning }) => {
    const sent = meaning.map(encodeMeaning)
    expect([...decodeMulti(Buffer.concat(sent))]).toEqual(meaning)
  })
})

function encodeMeaning([type, first, second]: unknown[]): Uint8Array {
  if (type === messageType.hello) return encodeHello(first as Hello)
  if (type === messageType.cursor) return encodeCursor(first as number, second as number)
  return encodeCommand(first as number, { type: commands[type as number], body: second } as Command)
}

/** Typed messages back in the form of the wire: nothing was lost or moved on the way. */
function content(messages: ServerMessage[]): unknown[][] {
  return messages.map((m) => {
    switch (m.type) {
      case 'welcome':
        return [plain(m.welcome)]
      case 'ok':
        return [m.req, m.body]
      case 'error':
        return [m.req === 0 ? null : m.req, plain(m.error)]
      case 'live':
        return [m.rev]
      case 'members':
        return [plain(m.delta)]
      case 'changes':
        return m.changes.map((c) => [
          ...[c.rev, c.branch, c.session, c.user, c.at, c.id, c.writes],
          ...(c.also.length > 0 ? [c.also] : []),
        ])
      case 'snapshot':
        return m.records.map((r) => [r.id, r.kind, r.props])
      case 'overlay':
        return [m.branch, ...m.cells]
      case 'job':
        return [m.job]
      case 'queue':
        return [m.queue]
      case 'work':
        return [m.work]
      case 'workStop':
        return [m.ref]
      case 'slots':
        return [plain(m.slots)]
      case 'recording':
        return [m.recording]
      case 'notice':
        return [plain(m.notice)]
      case 'room':
        return [m.room]
      case 'cursors':
        return m.positions.flatMap((p) => [p.m, p.x, p.y])
      case 'states':
        return m.states.flat()
      case 'speaking':
        return m.levels.flat()
      default:
        return m.progress.map((p) => [p.job, p.attempt, p.fraction, p.preview ?? null])
    }
  })
}

/** Without what is only there because the types promise it: empty presence, absent fields. */
function plain(body: object): unknown {
  return JSON.parse(
    JSON.stringify(body, (key, value) => (key === 'state' && Object.keys(value).length === 0 ? undefined : value)),
  )
}

describe('a receiver', () => {
  test('ignores message types that it does not know', () => {
    expect(decodeMessages(Buffer.from('92cc990193430c', 'hex').subarray(0, 4))).toEqual([])
  })
  test('ignores elements that make no sense', () => {
    const rows = decodeMessages(Buffer.from('934501a16e', 'hex'))
    expect(rows).toEqual([{ type: 'changes', changes: [] }])
  })
})
