import type { ErrorBody } from './generated'

/** A coded error from the server, or one of the client's own when no answer came (`UNAVAILABLE`). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorBody['code']
  readonly retryable: boolean
  readonly retryAfterMs: number
  readonly details: unknown
  /** HTTP status; 0 on the socket and when no answer came. */
  readonly status: number

  constructor(
    readonly body: ErrorBody,
    status = 0,
  ) {
    super(body.message)
    this.code = body.code
    this.retryable = body.retryable
    this.retryAfterMs = body.retry_after_ms ?? 0
    this.details = body.details
    this.status = status
  }

  /** The request got no answer; whether it was carried out is not known. */
  static unavailable(message: string): ApiError {
    return new ApiError({ code: 'UNAVAILABLE', message, retryable: true })
  }
}
