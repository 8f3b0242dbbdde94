import { decodeMulti, encode } from '@msgpack/msgpack'
import { closeCode, defaultLimits, messageType } from '../../protocol/generated'
import { type Fields, fields } from '../../protocol/shape'
import type { Change, Committed, Write } from '../../protocol/types'
import { absent } from '../../protocol/values'
import { ModelRoom } from './model'
import type { Listener, Peer } from './network'

interface Stream {
  peer: Peer
  session: string
  m: number
}

/**
 * The server's side of a room as docs/protocol.md tells it, in a small: one order of changes, idempotent ids, resume or
 * snapshot, everybody gets every change before its author gets the ok.
 */
export class ModelServer implements Listener {
  readonly room = new ModelRoom()
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
    return this.room.rev
  }

  get log(): readonly Committed[] {
    return this.room.log
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

  /** What a branch shows, to compare with clients; '' is main. */
  visible(branch = '') {
    return this.room.shown(branch)
  }

  /** A change by somebody who is not connected. */
  commitAs(
    session: string,
    writes: Write[],
    id = `00000000-0000-7000-9000-${String(this.rev).padStart(12, '0')}`,
  ): void {
    this.changeAs(session, { id, base: this.rev, writes })
  }

  /** The same with all that a change may say. */
  changeAs(session: string, change: Change): void {
    this.change({ peer: { send() {}, close() {} }, session, m: 0 }, 0, change)
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
    else if (type === messageType.workEnd)
      this.say(stream, messageType.ok, first, { id: fields(second)?.job, state: 'succeeded', seq: 9, attempt: 1 })
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
    else this.snapshot(stream)
    this.say(stream, messageType.live, this.rev)
    this.streams.push(stream)
  }

  private knows(resume: Fields): boolean {
    const rev = resume.rev as number
    const last = rev === 0 ? '' : this.log[rev - 1]?.id
    return resume.epoch === this.epoch && last === resume.last_change
  }

  private snapshot(stream: Stream): void {
    const pages = [...this.room.records].flatMap(([id, { kind, cells }]) => {
      const props = [...cells].filter(([, { value }]) => !absent(value)).map(([prop, { value }]) => [prop, value])
      return cells.get('deleted')?.value === true ? [] : [[id, kind, Object.fromEntries(props)]]
    })
    for (let i = 0; i < pages.length; i += 3) this.say(stream, messageType.snapshot, ...pages.slice(i, i + 3))
    for (const [branch, overlay] of this.room.branches) {
      const cells = [...overlay].flatMap(([id, of]) =>
        [...of].map(([prop, { value, base }]) => [id, prop, value ?? null, base ?? null]),
      )
      for (let i = 0; i < cells.length; i += 4) this.say(stream, messageType.overlay, branch, ...cells.slice(i, i + 4))
    }
  }

  private change(stream: Stream, req: number, change: Change): void {
    const judged = this.room.change(stream.session, change)
    if ('error' in judged) {
      this.refused.add(change.id)
      this.say(stream, messageType.error, req, judged.error)
      return
    }
    if (judged.committed) {
      if (this.dropChanges > 0) this.dropChanges--
      else this.broadcast(messageType.changes, wire(judged.committed))
    }
    this.say(stream, messageType.ok, req, judged.answer)
  }
}

function wire({ rev, branch, session, user, at, id, writes, also }: Committed): unknown[] {
  return [rev, branch, session, user, at, id, writes, ...(also.length > 0 ? [also] : [])]
}
