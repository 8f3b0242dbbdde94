import type { WireError } from './types'

/** A coded error from the server, or one of the client's own when no answer came (`UNAVAILABLE`). */
export class ApiError extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly retryAfterMs: number
  readonly details: unknown
  /** HTTP status; 0 on the socket and when no answer came. */
  readonly status: number

  constructor(wire: WireError, status = 0) {
    super(wire.message)
    this.name = 'ApiError'
    this.code = wire.code
    this.retryable = wire.retryable
    this.retryAfterMs = wire.retry_after_ms ?? 0
    this.details = wire.details
    this.status = status
  }

  /** The request got no answer; whether it was carried out is not known. */
  static unavailable(message: string): ApiError {
    return new ApiError({ code: 'UNAVAILABLE', message, retryable: true })
  }
}
