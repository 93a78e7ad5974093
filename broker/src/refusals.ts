import type { Logger } from 'pino'

/**
 * Why the broker refused something. A closed list, so that no peer can grow the metric.
 * - `bad_protocol`, `anonymous`, `wrong_secret`, `bad_client_id`, `forbidden_will`: a CONNECT
 * - `too_many_connections`, `bad_stream`, `bad_handshake` (TLS), `bad_certificate`, `revoked_certificate`: a connection
 * - `wrong_topic`, `too_large`, `wrong_shape`: a PUBLISH (topic not the sender's; too many bytes; accounts that are none)
 * - `illegal_filter`, `forbidden_filter`, `too_many_filters`: a subscription
 * - `queue_full`: a message for a session that has too much waiting
 */
export const REFUSAL_REASONS = [
  'bad_protocol',
  'anonymous',
  'wrong_secret',
  'bad_client_id',
  'forbidden_will',
  'too_many_connections',
  'bad_stream',
  'bad_handshake',
  'bad_certificate',
  'revoked_certificate',
  'wrong_topic',
  'too_large',
  'wrong_shape',
  'illegal_filter',
  'forbidden_filter',
  'too_many_filters',
  'queue_full',
] as const
export type RefusalReason = (typeof REFUSAL_REASONS)[number]

export interface Refusal {
  reason: RefusalReason
  /** The account's name, or where a connection without one came from. */
  source: string
  /** What was refused, such as a topic; cut to 120 characters in the log. */
  detail?: string
}

export interface RefusalsDeps {
  count: (reason: RefusalReason) => void
  log: Pick<Logger, 'warn'>
  /** Told as often as the log is. */
  tell: (refusal: Refusal) => void
  nowMs: () => number
}

/** Chosen: a line a minute for each source and reason says what is wrong and cannot fill a disk. */
const LOG_EVERY_MS = 60_000
/** Chosen: sources remembered; beyond it the oldest is forgotten and may log again. */
const MAX_REMEMBERED = 5_000

/** Counts every refusal, and logs the first of each source and reason in a minute. */
export function createRefusals({ count, log, tell, nowMs }: RefusalsDeps): (refusal: Refusal) => void {
  const loggedAtMs = new Map<string, number>()
  return ({ reason, source, detail }) => {
    count(reason)
    const key = `${reason} ${source}`
    const now = nowMs()
    const last = loggedAtMs.get(key)
    if (last !== undefined && now - last < LOG_EVERY_MS) return
    loggedAtMs.delete(key)
    loggedAtMs.set(key, now)
    if (loggedAtMs.size > MAX_REMEMBERED) {
      for (const oldest of loggedAtMs.keys()) {
        loggedAtMs.delete(oldest)
        break
      }
    }
    tell({ reason, source, ...(detail !== undefined && { detail }) })
    log.warn({ reason, source: source.slice(0, 60), detail: detail?.slice(0, 120) }, 'refused')
  }
}
