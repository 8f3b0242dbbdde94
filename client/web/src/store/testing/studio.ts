import type { Signal } from '../../net/ports'
import { messageType } from '../../protocol/generated'
import type { Change } from '../../protocol/types'
import type { Problem } from '../api'
import { RoomClient } from '../room'
import { memorySession, type SessionPort } from '../session'
import type { PastPort } from '../visits'
import { idMaker, seeded, TestClock } from './clock'
import { TestNetwork } from './network'
import { ModelServer } from './server'

/** A room on the model server with some clients, each on a network of its own. */
export class Studio {
  readonly clock = new TestClock()
  readonly server = new ModelServer()
  /** What clients made from now on ask for the past. */
  past: PastPort | undefined
  private made = 0

  client(session: SessionPort = memorySession()): Studied {
    const maker = ++this.made
    const network = new TestNetwork(this.clock, this.server)
    const problems: Problem[] = []
    const hearers = new Set<(signal: Signal) => void>()
    const room = new RoomClient({
      url: () => 'ws://room',
      session,
      open: network.open,
      clock: this.clock,
      random: seeded(maker),
      newId: idMaker(maker),
      zone: () => 60,
      past: this.past,
      signals: {
        subscribe: (heard) => {
          hearers.add(heard)
          return () => hearers.delete(heard)
        },
      },
    })
    room.onProblem((problem) => problems.push(problem))
    const signal = (s: Signal) => {
      for (const heard of [...hearers]) heard(s)
    }
    return { room, network, problems, session, signal }
  }

  /** A client that is live. */
  async joined(session?: SessionPort): Promise<Studied> {
    const client = this.client(session)
    client.room.connect()
    await this.clock.advance(10)
    return client
  }
}

export interface Studied {
  readonly room: RoomClient
  readonly network: TestNetwork
  readonly problems: Problem[]
  readonly session: SessionPort
  signal(signal: Signal): void
}

/** What a client shows, in the form of `ModelServer.visible`. */
export function shown(room: RoomClient): Map<string, { kind: string; props: unknown }> {
  return new Map([...room.store.getState().records].map(([id, { kind, props }]) => [id, { kind, props }]))
}

export const note = '00000000-0000-7000-a000-000000000001'
export const other = '00000000-0000-7000-a000-000000000002'
export const prompt = '00000000-0000-7000-a000-000000000003'

/** All changes that came in, sent again or not. */
export function changesHeard(studio: Studio): Change[] {
  return studio.server.heard.filter(([type]) => type === messageType.change).map(([, , body]) => body as Change)
}

export function propsOf(client: Studied, id: string) {
  return client.room.store.getState().records.get(id)?.props
}

/** A note and a prompt by somebody else, and a client that sees them. */
export async function studioWithNote(text = 'hello') {
  const studio = new Studio()
  studio.server.commitAs('elsewhere', [
    [note, 'kind', 'note'],
    [note, 'text', text],
    [note, 'x', 1],
  ])
  return { studio, ana: await studio.joined() }
}
