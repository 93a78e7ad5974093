import { HttpError } from '@influxdata/influxdb-client'
import { errorText } from '@harbor/protocol'

/**
 * What an answer to a write means for the lines that were sent. `later`: keep and send the same again. `operator`: keep; a
 * person must put a setting right. `smaller`: send in parts. `malformed`: a line cannot be read, and the whole request may be
 * refused for it. `partial`: stored but for what the server never takes.
 */
export type WriteOutcome =
  | { kind: 'stored' }
  | { kind: 'later'; detail: string; retryAfterMs: number }
  | { kind: 'operator'; detail: string }
  | { kind: 'smaller' | 'malformed' | 'partial'; detail: string }

/** A longer Retry-After is cut to this: the server's word is a hint, and a store that is back should not wait for us. */
const MAX_RETRY_AFTER_MS = 10 * 60_000

/** @param nowMs for a Retry-After that is a date. */
export function outcomeOf(error: unknown, nowMs: number): WriteOutcome {
  // No answer at all (refused, reset, timed out): the lines may or may not be stored, and sending them again is harmless.
  if (!(error instanceof HttpError)) return { kind: 'later', detail: errorText(error), retryAfterMs: 0 }
  const { statusCode } = error
  const detail = `HTTP ${statusCode}: ${errorText(error).slice(0, 300)}`
  switch (statusCode) {
    case 400:
      return { kind: 'malformed', detail }
    case 413:
      return { kind: 'smaller', detail }
    case 422:
      return { kind: 'partial', detail }
    case 408:
    case 429:
      return { kind: 'later', detail, retryAfterMs: retryAfterMs(error, nowMs) }
  }
  if (statusCode >= 500) return { kind: 'later', detail, retryAfterMs: retryAfterMs(error, nowMs) }
  // 401, 403, 404: token, rights, bucket. 200 and redirects: this is no InfluxDB but something before it. Nothing is dropped.
  return { kind: 'operator', detail }
}

/** Retry-After in ms (RFC 9110 10.2.3: seconds or a date; the client library reads seconds as ms). 0 when there is none. */
function retryAfterMs({ headers }: HttpError, nowMs: number): number {
  const text = String(headers?.['retry-after'] ?? '')
  const waitMs = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs
  return Number.isNaN(waitMs) ? 0 : Math.min(Math.max(waitMs, 0), MAX_RETRY_AFTER_MS)
}
