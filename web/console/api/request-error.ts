import { HarborError } from '@harbor/protocol'

/**
 * What can become of a request, by who must act.
 *
 * - `API_UNREACHABLE`: no answer came: no network, or the server is away. Environment; may be tried again.
 * - `API_UNAUTHORIZED`: nobody is signed in (401), or login and password do not match.
 * - `API_FORBIDDEN`: signed in, but not allowed (403).
 * - `API_NOT_FOUND`: there is no such thing, or none that this person may see (404).
 * - `API_CONFLICT`: somebody was faster (409).
 * - `API_TOO_MANY`: too many tries (429); `retryAfterMs` says how long to wait.
 * - `API_REFUSED`: the server found the input wrong (any other 4xx).
 * - `API_BROKEN`: the server failed (5xx), or its answer is not what the contract says.
 */
export type RequestErrorCode =
  | 'API_UNREACHABLE'
  | 'API_UNAUTHORIZED'
  | 'API_FORBIDDEN'
  | 'API_NOT_FOUND'
  | 'API_CONFLICT'
  | 'API_TOO_MANY'
  | 'API_REFUSED'
  | 'API_BROKEN'

/** What the server said about a refusal, as far as it said anything. */
export interface Refusal {
  status?: number
  /** The stable code of the server's error body. */
  serverCode?: string
  /** How long to wait before the next try, in ms. */
  retryAfterMs?: number
  /** What a program needs to act on it, where the route's contract says so. */
  details?: Readonly<Record<string, unknown>>
  cause?: unknown
}

/** The only error that the API client rejects with, apart from the abort of the caller's own signal. */
export class RequestError extends HarborError<RequestErrorCode> {
  readonly status: number | undefined
  readonly serverCode: string | undefined
  readonly retryAfterMs: number | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined

  constructor(code: RequestErrorCode, message: string, refusal: Refusal = {}) {
    super(code, message, { cause: refusal.cause })
    this.name = 'RequestError'
    this.status = refusal.status
    this.serverCode = refusal.serverCode
    this.retryAfterMs = refusal.retryAfterMs
    this.details = refusal.details
  }
}

const CODE_OF_STATUS: Readonly<Record<number, RequestErrorCode>> = {
  401: 'API_UNAUTHORIZED',
  403: 'API_FORBIDDEN',
  404: 'API_NOT_FOUND',
  409: 'API_CONFLICT',
  429: 'API_TOO_MANY',
}

/** The code of a refusing HTTP status (400 and above). */
export function codeOfStatus(status: number): RequestErrorCode {
  return CODE_OF_STATUS[status] ?? (status >= 500 ? 'API_BROKEN' : 'API_REFUSED')
}

/** Whether asking again without changing anything may help. */
export function isRetryable(error: unknown): boolean {
  return error instanceof RequestError && (error.code === 'API_UNREACHABLE' || error.code === 'API_BROKEN')
}

/**
 * The wait that a `Retry-After` header asks for, in ms: seconds or an HTTP date (RFC 9110 10.2.3). Undefined when there
 * is none that can be read.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
