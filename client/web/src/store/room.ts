import { v7 } from 'uuid'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { Connection } from '../net/connection'
import { Requests } from '../net/requests'
import { noSignals, openWebSocket, systemClock, systemZone } from '../net/surroundings'
import type { Command } from '../protocol/encode'
import { ApiError } from '../protocol/errors'
import { version } from '../protocol/generated'
import type { ServerMessage } from '../protocol/message'
import { fields, number } from '../protocol/shape'
import type { Hello, Job, JobRequest, Notice, Write } from '../protocol/types'
import type { Divergence, EditOptions, EditWrite, MergeOutcome, MergeRequest, Problem, Room, RoomState } from './api'
import { AskedJobs } from './asked'
import { RoomCall } from './calling'
import { Canvas } from './canvas'
import { readBranched, readCells } from './divergences'
import { DurableCommands } from './durable'
import { Kept } from './kept'
import { Listeners } from './listeners'
import { Merges } from './merges'
import type { RoomOptions } from './options'
import { People } from './people'
import { Queueing } from './queueing'
import { Sender } from './sender'
import { roomState } from './state'
import { Visits } from './visits'
import { Whereabouts } from './whereabouts'

/**
 * A room, kept live over any number of sockets. One message of the server is one update of the store. Own edits show at
 * once; they are sent, and sent again, until they are part of the one order or refused.
 */
export class RoomClient extends Queueing implements Room {
  readonly store: StoreApi<RoomState>
  private readonly canvas: Canvas
  private readonly people = new People()
  readonly cursors = this.people.cursors
  readonly call = new RoomCall((command) => this.ask(command))
  private readonly connection: Connection
  private readonly requests: Requests
  private readonly sender: Sender
  protected readonly durable: DurableCommands
  private readonly merges = new Merges()
  private readonly asked: AskedJobs
  private readonly visits: Visits
  private readonly kept: Kept
  private readonly whereabouts: Whereabouts
  private readonly notices = new Listeners<Notice>()
  private readonly problems = new Listeners<Problem>()
  private readonly newId: () => string
  private readonly unsubscribe: () => void
  private status: RoomState['status'] = 'connecting'
  private closed: RoomState['closed']
  private restored: Promise<void> | undefined
  private wanted = false
  private joining: { heartbeatMs: number } | undefined
  private resumable = false

  constructor(private readonly options: RoomOptions) {
    super()
    const { clock = systemClock, random = Math.random, signals = noSignals, open = openWebSocket } = options
    this.newId = options.newId ?? v7
    this.canvas = new Canvas({
      newId: this.newId,
      session: () => this.people.self?.session,
      live: () => this.status === 'live',
      landed: (id, rev) => this.merges.merged(id, rev),
    })
    this.connection = new Connection(
      { url: options.url, open, clock, random, signals },
      {
        hello: () => this.hello(),
        messages: (messages) => this.received(messages),
        ping: () => void this.requests.ask({ type: 'ping' }, { ok: () => {}, error: () => {} }),
        lost: () => this.lost(),
        closed: (code, reason) => this.ended(code, reason),
      },
    )
    const send = (bytes: Uint8Array<ArrayBuffer>) => this.status === 'live' && this.connection.send(bytes)
    this.requests = new Requests(send)
    this.durable = new DurableCommands(this.requests, clock, random)
    this.asked = new AskedJobs(this.durable, {
      changed: () => this.changed(),
      answered: (body) => this.answeredJob(body),
      refused: ({ request }, error) => this.told({ kind: 'job', error, request }),
    })
    this.sender = new Sender(this.canvas.pending, this.requests, clock, random, {
      acknowledged: (id, body) => this.acknowledged(id, body),
      refused: (id, error) => this.refused(id, error),
      rev: () => this.canvas.position.rev,
    })
    this.kept = new Kept(
      options.session,
      () => ({
        unsent: this.canvas.pending.changes,
        tallies: this.canvas.tallies,
        history: this.canvas.undoable,
        asked: this.asked.items.values(),
      }),
      clock,
      (error) => this.told({ kind: 'storage', error }),
    )
    this.visits = new Visits(options.past)
    this.whereabouts = new Whereabouts(this.requests, clock, send, (error) => this.told({ kind: 'presence', error }))
    this.unsubscribe = signals.subscribe((signal) => signal === 'hidden' && void this.kept.flush())
    this.store = createStore<RoomState>(() => this.state())
  }

  connect(): void {
    if (this.wanted) return
    this.wanted = true
    this.status = 'connecting'
    this.closed = undefined
    this.restored ??= this.restore()
    void this.restored.then(() => this.wanted && this.connection.start())
    this.publish()
  }

  close(): void {
    this.unsubscribe()
    this.connection.stop()
    this.ended(1000, '')
    this.durable.close()
    this.merges.close()
    void this.kept.flush().then(() => this.options.session.release())
  }

  // The canvas.

  edit(writes: readonly EditWrite[], options?: EditOptions): void {
    this.write(() => this.canvas.edit(writes, options))
  }

  create(kind: string, props: Record<string, unknown>, id = this.newId()): string {
    this.createAll([{ kind, props, id }])
    return id
  }

  createAll(records: readonly { kind: string; props: Record<string, unknown>; id?: string }[]): string[] {
    const named = records.map((record) => ({ ...record, id: record.id ?? this.newId() }))
    const writes = named.flatMap(({ id, kind, props }): EditWrite[] => [
      [id, 'kind', kind],
      ...Object.entries(props).map(([prop, value]): EditWrite => [id, prop, value]),
    ])
    this.edit(writes, { gesture: this.newId() })
    return named.map(({ id }) => id)
  }

  remove(ids: readonly string[]): void {
    this.write(() => this.canvas.remove(ids, this.newId()))
  }

  undo(): void {
    this.write(() => this.canvas.undo())
  }

  redo(): void {
    this.write(() => this.canvas.redo())
  }

  // Branches and the past.

  look(branch: string): void {
    if (this.canvas.look(branch)) this.visits.back()
    this.changed()
  }

  createBranch(name: string): string {
    const id = this.newId()
    this.mark([id, 'kind', 'branch'], [id, 'name', name])
    return id
  }

  renameBranch(id: string, name: string): void {
    this.mark([id, 'name', name])
  }

  archiveBranch(id: string, archived: boolean): void {
    this.mark([id, 'archived', archived || null])
  }

  nameVersion(name: string, rev = this.canvas.position.rev): string {
    const id = this.newId()
    this.mark([id, 'kind', 'version'], [id, 'name', name], [id, 'rev', rev])
    return id
  }

  merge(branch: string, request: MergeRequest = {}): Promise<MergeOutcome> {
    const outcome = this.merges.outcome(this.canvas.merge(branch, request))
    this.changed()
    return outcome
  }

  async settle(divergence: Divergence, choice: 'mine' | 'both' | 'dismiss'): Promise<void> {
    if (choice !== 'dismiss') {
      const outcome = await this.merge(divergence.branch, {
        resolve: [['', '', choice === 'mine' ? 'branch' : 'both']],
      })
      if (!outcome.merged) return
    }
    this.canvas.dismiss(divergence)
    this.changed()
  }

  async visit(point: { rev: number; branch?: string } | undefined): Promise<void> {
    if (point) await this.visits.go({ branch: '', ...point })
    else this.visits.back()
    this.publish()
  }

  // The people.

  moveCursor = (x: number, y: number) => this.whereabouts.move(x, y)
  setPresence = (patch: Record<string, unknown>) => this.whereabouts.show(patch)
  sendEvent = async (topic: string, data: unknown, to?: number[]) =>
    void (await this.ask({ type: 'event', body: { topic, data, to } }))
  onNotice = (heard: (notice: Notice) => void) => this.notices.add(heard)
  onProblem = (told: (problem: Problem) => void) => this.problems.add(told)

  // The queue.

  enqueue = (request: Omit<JobRequest, 'id'> & { id?: string }) =>
    this.asked.enqueue({ ...request, id: request.id ?? this.newId() })
  dropJob = (id: string) => this.asked.drop(id) || this.cancelJob(id).catch(() => {}) // it is over, or will be seen

  // The connection.

  private async restore(): Promise<void> {
    try {
      const kept = await this.kept.load()
      this.canvas.restore(kept)
      this.asked.restore([...kept.asked])
    } catch (error) {
      this.told({ kind: 'storage', error: error instanceof Error ? error : new Error(String(error)) })
    }
    this.publish()
  }

  private hello(): Hello {
    const resume = this.resumable ? { ...this.canvas.position, jobs: this.people.seq } : undefined
    const { client, session, zone = systemZone } = this.options
    return { v: version, client, zone: zone(), session: session.token(), resume }
  }

  private received(messages: readonly ServerMessage[]): void {
    for (const message of messages) {
      if (message.type === 'changes' && !this.canvas.committed(message.changes)) {
        this.outOfStep()
        return
      }
      this.take(message)
    }
    this.changed()
  }

  /** Something was lost on the way: only a snapshot helps. */
  private outOfStep(): void {
    this.resumable = false
    this.connection.drop()
  }

  private take(message: ServerMessage): void {
    this.people.take(message)
    this.call.take(message)
    this.heard(message)
    switch (message.type) {
      case 'welcome': {
        const { welcome } = message
        this.options.session.keep(welcome.session)
        this.joining = { heartbeatMs: welcome.heartbeat_ms }
        this.canvas.setLimits(welcome.limits.writes_per_change)
        if (!welcome.resumed) this.canvas.beginSnapshot(welcome.epoch, welcome.rev, welcome.last_change)
        break
      }
      case 'snapshot':
        this.canvas.page(message.records)
        break
      case 'overlay':
        this.canvas.overlay(message.branch, message.cells)
        break
      case 'live':
        this.live()
        break
      case 'ok':
      case 'error':
        this.requests.answered(message)
        break
      case 'job':
        this.asked.known(message.job.id)
        break
      case 'notice':
        this.notices.tell(message.notice)
        break
    }
  }

  private live(): void {
    if (!this.joining) return
    this.canvas.live()
    this.connection.joined(this.joining.heartbeatMs)
    this.joining = undefined
    this.resumable = true
    this.status = 'live'
    this.sender.joined()
    this.durable.joined()
    this.whereabouts.joined()
  }

  private lost(): void {
    if (this.status === 'live') this.status = 'offline'
    this.disconnected()
  }

  private ended(code: number, reason: string): void {
    this.wanted = false
    this.status = 'closed'
    this.closed = { code, reason }
    this.disconnected()
  }

  private disconnected(): void {
    this.joining = undefined
    this.canvas.abandon()
    this.sender.lost()
    this.durable.lost()
    this.whereabouts.lost()
    this.call.lost()
    this.requests.lost()
    this.publish()
  }

  protected ask(command: Command): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const sent = this.requests.ask(command, { ok: resolve, error: reject })
      if (!sent) reject(ApiError.unavailable('not connected'))
    })
  }

  protected took(job: Job): void {
    this.people.take({ type: 'job', job })
    this.publish()
  }

  private acknowledged(id: string, body: unknown): void {
    const result = fields(body)
    const rev = number(result?.rev) ?? 0
    const skipped = readCells(result?.skipped)
    // Changes come before their replies.
    if (rev > this.canvas.position.rev) this.outOfStep()
    else this.told(this.canvas.acknowledged(id, rev, skipped, readBranched(result?.branched)))
  }

  private refused(id: string, error: ApiError): void {
    const problem = this.canvas.refused(id, error)
    if (!this.merges.refused(id, error)) this.told(problem)
  }

  private mark(...writes: Write[]): void {
    this.canvas.mark(writes)
    this.changed()
  }

  /** The past stays as it was. */
  private write(act: () => void): void {
    if (this.visits.past) return
    act()
    this.changed()
  }

  private told(problem: Problem | undefined): void {
    if (problem) this.problems.tell(problem)
  }

  /** The canvas may have changed. */
  private changed(): void {
    this.sender.pump()
    this.kept.touch()
    this.whereabouts.look(this.canvas.branch)
    this.publish()
  }

  private state(): RoomState {
    const connection = { status: this.status, closed: this.closed }
    return roomState(connection, this.canvas, this.people, this.visits.past, this.asked, this.call)
  }

  private publish(): void {
    const before = this.store.getState()
    const next = this.state()
    const keys = Object.keys(next) as (keyof RoomState)[]
    if (keys.some((key) => before[key] !== next[key])) this.store.setState(next, true)
  }
}
