import type { RejectReason } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { IngestMetrics } from './ingest-metrics.ts'
import { createLogLimiter } from '../metrics/log-limiter.ts'

const LOG_EVERY_MS = 60_000
/** Chosen: bounds the memory to a few MB; a fleet with more bad senders at once is told by the counters. */
const MAX_LOGGED_SOURCES = 20_000
/** A topic may be 64 KB long; a log line may not. */
const MAX_LOGGED_TEXT = 200

/** Something refused. `device` only when it is known to be the gateway's: else a sender could invent sources of log lines. */
export interface Rejection {
  reason: RejectReason
  detail: string
  topic: string
  gateway?: string | undefined
  device?: string | undefined
}

/** Counts what is refused, by reason, and logs it at most once a minute for each device, or gateway where no device is known. */
export interface Rejections {
  reject(rejection: Rejection): void
}

export interface RejectionsDeps {
  clock: () => number
  log: Logger
  metrics: Pick<IngestMetrics, 'rejected'>
}

export function createRejections({ clock, log, metrics }: RejectionsDeps): Rejections {
  const limiter = createLogLimiter({ everyMs: LOG_EVERY_MS, maxKeys: MAX_LOGGED_SOURCES }, clock)
  return {
    reject({ reason, detail, topic, gateway, device }) {
      metrics.rejected.inc({ reason })
      const heldBack = limiter.admit(device ?? gateway ?? 'unknown')
      if (heldBack === undefined) return
      const facts = { reason, detail: clip(detail), topic: clip(topic), gateway, device, heldBack }
      log.warn(facts, 'refused input of a gateway')
    },
  }
}

function clip(text: string): string {
  return text.length > MAX_LOGGED_TEXT ? `${text.slice(0, MAX_LOGGED_TEXT)}…` : text
}
