import { decodeMulti, encode } from '@msgpack/msgpack'
import { closeCode, defaultLimits, messageType } from '../../protocol/generated'
import { guarded } from '../../protocol/policy'
import { type Fields, fields } from '../../protocol/shape'
import type { CellConflict, Change, Committed, Write } from '../../protocol/types'
import { same } from '../../protocol/values'
import type { Listener, Peer } from './network'

interface Cell {
  value: unknown
  rev: number
  session: string
}

interface ModelRecord {
  kind: string
  cells: Map<string, Cell>
}

interface Stream {
  peer: Peer
  session: string
  m: number
}

/**
 * The server's side of a room as docs/protocol.md and docs/canvas.md tell it, in a small: one order of changes, conflicts
 * by policy, idempotent ids, resume or snapshot, everybody gets every change before its author gets the ok.
 */
export class ModelServer implements Listener {
  readonly log: Committed[] = []
  readonly records = new Map<string, ModelRecord>()
  /** Every message of a client, as it came. */
  readonly heard: unknown[][] = []
  /** Answers a command instead of the server, or undefined to let it. */
  interfere: (message: unknown[]) => Fields | undefined = () => undefined
  /** Ids of changes that were refused for good. */
  readonly refused = new Set<string>()
  epoch = 'e1'
  /** What the next change message leaves out, to make a gap. */
  dropChanges = 0
  resumes = { resumed: 0, snapshots: 0 }
  private streams: Stream[] = []
  private members = 0
  private readonly memberOf = new Map<string, number>()

  get rev(): number {
    return this.log.length
  }

  accept(peer: Peer) {
    const stream: Stream = { peer, session: '', m: 0 }
    return {
      received: (bytes: Uint8Array) => {
        for (const message of decodeMulti(bytes)) this.received(stream, message as unknown[])
      },
      gone: () => {
        this.streams = this.streams.filter((s) => s !== stream)
      },
    }
  }

  /** The visible canvas, to compare with what clients show. */
  visible(): Map<string, { kind: string; props: Fields }> {
    const out = new Map<string, { kind: string; props: Fields }>()
    for (const [id, record] of this.records) {
      if (record.cells.get('deleted')?.value === true) continue
      const cells = [...record.cells].filter(([, cell]) => cell.value !== null && cell.value !== undefined)
      out.set(id, { kind: record.kind, props: Object.fromEntries(cells.map(([prop, cell]) => [prop, cell.value])) })
    }
    return out
  }

  /** A change by somebody who is not connected. */
  commitAs(
    session: string,
    writes: Write[],
    id = `00000000-0000-7000-9000-${String(this.rev).padStart(12, '0')}`,
  ): void {
    this.change({ peer: { send() {}, close() {} }, session, m: 0 }, 0, { id, base: this.rev, writes })
  }

  broadcast(...message: unknown[]): void {
    for (const { peer } of this.streams) peer.send(encode(message, { ignoreUndefined: true }))
  }

  closeAll(code: number, reason = ''): void {
    for (const { peer } of this.streams) peer.close(code, reason)
  }

  private received(stream: Stream, message: unknown[]): void {
    this.heard.push(message)
    const [type, first, second] = message
    if (type === messageType.cursor) return
    const refusal = type === messageType.hello ? undefined : this.interfere(message)
    if (refusal) this.say(stream, messageType.error, first, refusal)
    else if (type === messageType.hello) this.hello(stream, fields(first) ?? {})
    else if (type === messageType.change) this.change(stream, first as number, second as Change)
    else if (type === messageType.jobEnqueue)
      this.say(stream, messageType.ok, first, { ...fields(second), state: 'queued', seq: 1, attempt: 0 })
    else this.say(stream, messageType.ok, first, {})
  }

  private say(stream: Stream, ...message: unknown[]): void {
    stream.peer.send(encode(message, { ignoreUndefined: true }))
  }

  private hello(stream: Stream, hello: Fields): void {
    stream.session =
      typeof hello.session === 'string' ? hello.session.slice('secret-'.length) : `s${this.memberOf.size + 1}`
    const earlier = this.streams.filter((s) => s.session === stream.session)
    this.streams = this.streams.filter((s) => s.session !== stream.session)
    for (const { peer } of earlier) peer.close(closeCode.replaced)
    stream.m = this.memberOf.get(stream.session) ?? ++this.members
    this.memberOf.set(stream.session, stream.m)
    const resume = fields(hello.resume)
    const resumed = resume !== undefined && this.knows(resume)
    this.resumes[resumed ? 'resumed' : 'snapshots']++
    const self = {
      m: stream.m,
      session: stream.session,
      user: `u-${stream.session}`,
      name: stream.session,
      colour: '#112233',
      role: 'editor',
    }
    this.say(stream, messageType.welcome, {
      self,
      session: `secret-${stream.session}`,
      room: { id: 'r', name: 'Room' },
      epoch: this.epoch,
      rev: this.rev,
      last_change: this.log.at(-1)?.id ?? '',
      jobs: 0,
      members: [self],
      resumed,
      heartbeat_ms: 25000,
      limits: defaultLimits,
      features: [],
      server_time: 0,
    })
    if (resumed) this.say(stream, messageType.changes, ...this.log.slice(resume.rev as number).map(wire))
    else {
      const pages = [...this.visible()].map(([id, { kind, props }]) => [id, kind, props])
      for (let i = 0; i < pages.length; i += 3) this.say(stream, messageType.snapshot, ...pages.slice(i, i + 3))
    }
    this.say(stream, messageType.live, this.rev)
    this.streams.push(stream)
  }

  private knows(resume: Fields): boolean {
    const rev = resume.rev as number
    const last = rev === 0 ? '' : this.log[rev - 1]?.id
    return resume.epoch === this.epoch && last === resume.last_change
  }

  private change(stream: Stream, req: number, change: Change) {
    const known = this.log.find((c) => c.id === change.id)
    if (known) return this.say(stream, messageType.ok, req, { rev: known.rev })
    const stored: Write[] = []
    const conflicts: CellConflict[] = []
    const scratch = new Map<string, ModelRecord>()
    for (const write of change.writes) {
      const refusal = this.judge(stream, change, write, scratch, stored, conflicts)
      if (refusal) return this.refuse(stream, req, change, refusal)
    }
    if (conflicts.length > 0 && (!change.undo || stored.length === 0)) {
      const details = { conflicts }
      return this.refuse(stream, req, change, {
        code: 'CONFLICT',
        message: 'unseen',
        retryable: false,
        details,
      })
    }
    for (const [id, record] of scratch) this.records.set(id, record)
    const committed = {
      rev: this.rev + 1,
      branch: '',
      also: [],
      session: stream.session,
      user: `u-${stream.session}`,
      at: 0,
      id: change.id,
      writes: stored,
    }
    this.log.push(committed)
    if (this.dropChanges > 0) this.dropChanges--
    else this.broadcast(messageType.changes, wire(committed))
    this.say(stream, messageType.ok, req, { rev: committed.rev, skipped: conflicts.length > 0 ? conflicts : undefined })
  }

  private refuse(stream: Stream, req: number, change: Change, error: Fields): void {
    this.refused.add(change.id)
    this.say(stream, messageType.error, req, error)
  }

  private judge(
    by: Stream,
    change: Change,
    write: Write,
    scratch: Map<string, ModelRecord>,
    stored: Write[],
    conflicts: CellConflict[],
  ): Fields | undefined {
    const [id, prop, value] = write
    const before = scratch.get(id) ?? this.records.get(id)
    if (prop === 'kind') {
      if (!before) scratch.set(id, { kind: value as string, cells: new Map() })
      stored.push([id, prop, value])
      return undefined
    }
    if (!before) return { code: 'NOT_FOUND', message: `no record ${id}`, retryable: false }
    const record = { kind: before.kind, cells: new Map(before.cells) }
    const surprise = this.surprise(by, change, id, record, prop, value)
    if (surprise) {
      conflicts.push(surprise)
      return undefined
    }
    const old = record.cells.get(prop)
    if (!same(old?.value, value)) record.cells.set(prop, { value, rev: this.rev + 1, session: by.session })
    scratch.set(id, record)
    if (prop === 'deleted' && old?.value === true && value !== true) {
      stored.push([id, 'kind', record.kind], ...[...record.cells].map(([p, c]): Write => [id, p, c.value ?? null]))
    } else stored.push([id, prop, value])
    return undefined
  }

  private surprise(by: Stream, change: Change, id: string, record: ModelRecord, prop: string, value: unknown) {
    const unseen = (c: Cell | undefined): c is Cell =>
      c !== undefined && c.rev > change.base && c.session !== by.session
    const conflict = (name: string, c: Cell): CellConflict => ({
      record: id,
      prop: name,
      rev: c.rev,
      theirs: c.value,
      user: `u-${c.session}`,
    })
    const life = record.cells.get('deleted')
    if (prop === 'deleted') {
      if ((life?.value === true) === (value === true)) return undefined
      if (unseen(life)) return conflict(prop, life)
      if (value !== true) return undefined
      for (const [name, c] of record.cells) if (guarded(record.kind, name) && unseen(c)) return conflict(name, c)
      return undefined
    }
    const asks = guarded(record.kind, prop) || change.undo !== undefined
    if (asks && life?.value === true) return conflict('deleted', life)
    const cell = record.cells.get(prop)
    return asks && unseen(cell) && !same(cell.value, value) ? conflict(prop, cell) : undefined
  }
}

function wire(c: Committed): unknown[] {
  return [c.rev, '', c.session, c.user, c.at, c.id, c.writes]
}
