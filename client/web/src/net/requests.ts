import { type Command, encodeCommand } from '../protocol/encode'
import { ApiError } from '../protocol/errors'
import type { ServerMessage } from '../protocol/message'

/** Exactly one of the two is called, once. */
export interface Reply {
  ok(body: unknown): void
  error(error: ApiError): void
}

/** Commands under way on the present socket, by request id. Ids are never used again, so that late replies hit nobody. */
export class Requests {
  private next = 1
  private readonly open = new Map<number, Reply>()

  constructor(private readonly send: (bytes: Uint8Array<ArrayBuffer>) => boolean) {}

  /** False when there is no socket: nothing was sent and `reply` will not be called. */
  ask(command: Command, reply: Reply): boolean {
    const req = this.next++
    if (!this.send(encodeCommand(req, command))) return false
    this.open.set(req, reply)
    return true
  }

  answered(message: ServerMessage & { type: 'ok' | 'error' }): void {
    const reply = this.open.get(message.req)
    if (!reply) return
    this.open.delete(message.req)
    if (message.type === 'ok') reply.ok(message.body)
    else reply.error(new ApiError(message.error))
  }

  /** The socket is gone, and with it the replies. */
  lost(): void {
    const replies = [...this.open.values()]
    this.open.clear()
    for (const reply of replies) reply.error(ApiError.unavailable('the connection was lost'))
  }
}
