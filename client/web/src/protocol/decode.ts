import { decodeMulti } from '@msgpack/msgpack'
import { errorCodes, messageType } from './generated'
import type { Loudness, Position, ServerMessage } from './message'
import { each, type Fields, fields, list, number, string } from './shape'
import type {
  Committed,
  ErrorBody,
  Job,
  Member,
  Piece,
  Progress,
  QueueInfo,
  Recording,
  RoomInfo,
  StoredWrite,
  Welcome,
  WireRecord,
  Work,
  WorkRef,
  Write,
} from './types'

/**
 * Decodes one WebSocket message: values back to back. Message types and map keys that are not known are ignored, as are
 * elements that make no sense. Throws when the bytes are not msgpack.
 */
export function decodeMessages(bytes: Uint8Array): ServerMessage[] {
  const messages: ServerMessage[] = []
  for (const value of decodeMulti(bytes)) {
    const message = Array.isArray(value) ? decodeMessage(value) : undefined
    if (message) messages.push(message)
  }
  return messages
}

function decodeMessage([type, first, second, ...rest]: readonly unknown[]): ServerMessage | undefined {
  switch (type) {
    case messageType.welcome: {
      const welcome = readWelcome(first)
      return welcome && { type: 'welcome', welcome }
    }
    case messageType.ok:
      return { type: 'ok', req: number(first) ?? 0, body: second }
    case messageType.error:
      return { type: 'error', req: number(first) ?? 0, error: readError(second) }
    case messageType.live:
      return { type: 'live', rev: number(first) ?? 0 }
    case messageType.members:
      return { type: 'members', delta: readMembers(fields(first)) }
    case messageType.job: {
      const job = readJob(first)
      return job && { type: 'job', job }
    }
    case messageType.queue: {
      const queue = fields(first)
      return queue && { type: 'queue', queue: queue as unknown as QueueInfo }
    }
    case messageType.work: {
      const work = fields(first)
      return readJob(work?.job) && { type: 'work', work: work as unknown as Work }
    }
    case messageType.workStop: {
      const ref = fields(first)
      return string(ref?.job) === undefined ? undefined : { type: 'workStop', ref: ref as unknown as WorkRef }
    }
    case messageType.slots: {
      const body = fields(first)
      return body && { type: 'slots', slots: { slots: each(body.slots, number), ended: string(body.ended) } }
    }
    case messageType.recording: {
      const recording = readRecording(first)
      return recording && { type: 'recording', recording }
    }
    case messageType.notice: {
      const body = fields(first)
      const topic = string(body?.topic)
      return topic === undefined
        ? undefined
        : { type: 'notice', notice: { from: number(body?.from) ?? 0, topic, data: body?.data } }
    }
    case messageType.room: {
      const room = readRoom(first)
      return room && { type: 'room', room }
    }
    default:
      return decodeHot(type, [first, second, ...rest])
  }
}

/** The positional messages: elements follow the type without a map around them. */
function decodeHot(type: unknown, elements: readonly unknown[]): ServerMessage | undefined {
  switch (type) {
    case messageType.changes:
      return { type: 'changes', changes: each(elements, readCommitted) }
    case messageType.snapshot:
      return { type: 'snapshot', records: each(elements, readRecord) }
    case messageType.overlay: {
      const [branch, ...cells] = elements
      return typeof branch === 'string' ? { type: 'overlay', branch, cells: each(cells, readCell) } : undefined
    }
    case messageType.cursors:
      return { type: 'cursors', positions: readPositions(elements) }
    case messageType.states:
      return { type: 'states', states: readStates(elements) }
    case messageType.progress:
      return { type: 'progress', progress: each(elements, readProgress) }
    case messageType.speaking:
      return { type: 'speaking', levels: readLevels(elements) }
    default:
      return undefined
  }
}

function readWelcome(x: unknown): Welcome | undefined {
  const body = fields(x)
  const self = readMember(body?.self)
  const room = readRoom(body?.room)
  if (!body || !self || !room) return undefined
  return { ...(body as unknown as Welcome), self, room, members: each(body.members, readMember) }
}

function readMember(x: unknown): Member | undefined {
  const body = fields(x)
  return number(body?.m) === undefined
    ? undefined
    : { ...(body as unknown as Member), state: fields(body?.state) ?? {} }
}

function readMembers(body: Fields | undefined) {
  return {
    joined: each(body?.joined, readMember),
    left: each(body?.left, number),
    changed: each(body?.changed, readMember),
  }
}

function readRoom(x: unknown): RoomInfo | undefined {
  const body = fields(x)
  return string(body?.id) === undefined ? undefined : (body as unknown as RoomInfo)
}

export function readJob(x: unknown): Job | undefined {
  const body = fields(x)
  return string(body?.id) === undefined || string(body?.state) === undefined ? undefined : (body as unknown as Job)
}

function readRecording(x: unknown): Recording | undefined {
  const body = fields(x)
  const state = body?.state
  if (!body || string(body.id) === undefined || (state !== 'on' && state !== 'saving' && state !== 'ended'))
    return undefined
  const recording: Recording = { ...(body as unknown as Recording), state }
  if (body.yes !== undefined) recording.yes = each(body.yes, string)
  if (body.no !== undefined) recording.no = each(body.no, string)
  if (body.pieces !== undefined) recording.pieces = each(body.pieces, readPiece)
  return recording
}

function readPiece(x: unknown): Piece | undefined {
  const body = fields(x)
  return string(body?.asset) === undefined ? undefined : (body as unknown as Piece)
}

/** An error body as it comes, from the socket or over HTTP; what is not one becomes INTERNAL_ERROR. */
export function readError(x: unknown): ErrorBody {
  const body = fields(x)
  const code = string(body?.code)
  if (!body || code === undefined) return { code: 'INTERNAL_ERROR', message: 'malformed error', retryable: false }
  return {
    code: Object.hasOwn(errorCodes, code) ? (code as ErrorBody['code']) : 'INTERNAL_ERROR',
    message: string(body.message) ?? code,
    retryable: body.retryable === true,
    retry_after_ms: number(body.retry_after_ms),
    details: body.details,
  }
}

function readCommitted(x: unknown): Committed | undefined {
  const [rev, branch, session, user, at, id, writes, also] = list(x)
  if (number(rev) === undefined || string(id) === undefined) return undefined
  return {
    rev: rev as number,
    branch: string(branch) ?? '',
    session: string(session) ?? '',
    user: string(user) ?? '',
    at: number(at) ?? 0,
    id: id as string,
    writes: each(writes, readWrite),
    also: each(also, readElsewhere),
  }
}

function readElsewhere(x: unknown): Committed['also'][number] | undefined {
  const [branch, writes] = list(x)
  return typeof branch === 'string' ? [branch, each(writes, readWrite)] : undefined
}

function readWrite(x: unknown): StoredWrite | undefined {
  const elements = list(x)
  const [record, prop, value, basis] = elements
  if (typeof record !== 'string' || typeof prop !== 'string') return undefined
  if (elements.length === 2) return [record, prop]
  return basis === undefined ? [record, prop, value] : [record, prop, value, basis]
}

function readCell(x: unknown): Write | undefined {
  const [record, prop, value, base = null] = list(x)
  return typeof record === 'string' && typeof prop === 'string' ? [record, prop, value, base] : undefined
}

function readRecord(x: unknown): WireRecord | undefined {
  const [id, kind, props] = list(x)
  return typeof id === 'string' && typeof kind === 'string' ? { id, kind, props: { ...fields(props) } } : undefined
}

function readPositions(elements: readonly unknown[]): Position[] {
  const positions: Position[] = []
  for (let i = 0; i + 2 < elements.length; i += 3) {
    const [m, x, y] = [number(elements[i]), number(elements[i + 1]), number(elements[i + 2])]
    if (m !== undefined && x !== undefined && y !== undefined) positions.push({ m, x, y })
  }
  return positions
}

function readStates(elements: readonly unknown[]): [m: number, state: Member['state']][] {
  const states: [number, Member['state']][] = []
  for (let i = 0; i + 1 < elements.length; i += 2) {
    const m = number(elements[i])
    if (m !== undefined) states.push([m, fields(elements[i + 1]) ?? {}])
  }
  return states
}

function readLevels(elements: readonly unknown[]): Loudness[] {
  const levels: Loudness[] = []
  for (let i = 0; i + 1 < elements.length; i += 2) {
    const m = number(elements[i])
    if (m !== undefined) levels.push([m, number(elements[i + 1]) ?? 0])
  }
  return levels
}

function readProgress(x: unknown): Progress | undefined {
  const [job, attempt, fraction, preview] = list(x)
  if (typeof job !== 'string') return undefined
  return { job, attempt: number(attempt) ?? 0, fraction: number(fraction) ?? 0, preview: string(preview) }
}
