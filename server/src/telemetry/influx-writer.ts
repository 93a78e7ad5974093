import { HarborError } from '@harbor/protocol'
import type { Logger } from 'pino'
import { createLogLimiter } from '../metrics/log-limiter.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { type Backoff, backoffMs, pause } from './backoff.ts'
import { type WriteOutcome, outcomeOf } from './influx-outcome.ts'
import type { Quarantine } from './influx-quarantine.ts'
import type { TelemetryErrorCode } from './telemetry-store.ts'

export interface InfluxWriterSettings {
  /** Lines in a request; InfluxData's advice is about 5,000. */
  maxLines: number
  /** After no answer, 408, 429 and 5xx; a longer Retry-After goes before. */
  retry: Backoff
  /** Between tries while the operator has to put something right (401, 403, 404), in ms. */
  operatorPauseMs: number
}

export const INFLUX_WRITER_DEFAULTS: InfluxWriterSettings = {
  maxLines: 5_000,
  retry: { firstMs: 1_000, maxMs: 60_000 },
  operatorPauseMs: 15_000,
}

export interface InfluxWriterDeps {
  /** One request, fully awaited; rejects with what the client library throws. */
  send: (lines: string[]) => Promise<void>
  clock: () => number
  random: () => number
  log: Logger
  metrics: Metrics
  /** Takes the lines that are refused for good. */
  quarantine: Quarantine
}

/** Brings lines to the server through all that can go wrong, one request at a time. */
export interface InfluxWriter {
  /**
   * Resolves when every line is stored, or was refused for good, counted (`harbor_influx_dropped_lines_total`) and put into quarantine. Until then
   * it tries again, for as long as it takes.
   *
   * @throws HarborError TELEMETRY_STORE_CLOSED when `stop` ended the tries.
   */
  write(lines: readonly string[]): Promise<void>
  /** What keeps it from writing now; undefined while all is well. */
  problem(): string | undefined
  stop(): void
}

/** Why a line was given up. `malformed` and `too_large`: alone in a request it was refused with 400 or 413. */
const DROP_REASONS = ['malformed', 'too_large', 'partial'] as const

export function createInfluxWriter(settings: InfluxWriterSettings, deps: InfluxWriterDeps): InfluxWriter {
  const { send, clock, random, log, quarantine } = deps
  const stopping = new AbortController()
  const limiter = createLogLimiter({ everyMs: 60_000, maxKeys: DROP_REASONS.length }, clock)
  let problem: string | undefined
  const requests = deps.metrics.counter({
    name: 'harbor_influx_requests_total',
    help: 'Write requests by what became of them.',
    labels: { outcome: ['stored', 'later', 'operator', 'smaller', 'malformed', 'partial'] as const },
  })
  const dropped = deps.metrics.counter({
    name: 'harbor_influx_dropped_lines_total',
    help: 'Lines that the server refuses for good.',
    labels: { reason: DROP_REASONS },
  })
  deps.metrics.observedGauge({
    name: 'harbor_influx_quarantine_bytes',
    help: 'Size of the file of refused lines since this process wrote to it, in bytes.',
    read: quarantine.sizeBytes,
  })

  async function sendOnce(lines: string[]): Promise<WriteOutcome> {
    try {
      await send(lines)
      return { kind: 'stored' }
    } catch (error) {
      return outcomeOf(error, clock())
    }
  }

  /** Sends until the server has said something final; what it says of the size or a line is for the caller. */
  async function sendUntilAnswered(lines: string[]): Promise<Exclude<WriteOutcome, { kind: 'later' | 'operator' }>> {
    for (let attempt = 1; !stopping.signal.aborted; attempt += 1) {
      const outcome = await sendOnce(lines)
      requests.inc({ outcome: outcome.kind })
      if (outcome.kind !== 'later' && outcome.kind !== 'operator') {
        problem = undefined
        return outcome
      }
      problem = outcome.detail
      const waitMs =
        outcome.kind === 'operator'
          ? settings.operatorPauseMs
          : Math.max(outcome.retryAfterMs, backoffMs(settings.retry, attempt, random))
      log.error(
        { detail: outcome.detail, lines: lines.length, attempt, waitMs },
        'InfluxDB does not take readings; keeping them',
      )
      await pause(waitMs, stopping.signal)
    }
    throw new HarborError<TelemetryErrorCode>(
      'TELEMETRY_STORE_CLOSED',
      'telemetry: stopped before the lines were written',
    )
  }

  async function drop(reason: (typeof DROP_REASONS)[number], detail: string, line: string): Promise<void> {
    // Of a partial write InfluxDB says how many it dropped, but names only one: the line is where to begin to look.
    const count = reason === 'partial' ? Number(/dropped=(\d{1,9})/.exec(detail)?.[1] ?? 1) : 1
    dropped.inc({ reason }, count)
    await quarantine.keep({ reason, detail, line })
    const heldBack = limiter.admit(reason)
    if (heldBack !== undefined)
      log.error({ reason, detail, line: line.slice(0, 200), heldBack }, 'InfluxDB refused a line for good')
  }

  async function write(lines: readonly string[]): Promise<void> {
    const parts: string[][] = []
    for (let first = 0; first < lines.length; first += settings.maxLines)
      parts.push(lines.slice(first, first + settings.maxLines))
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const outcome = await sendUntilAnswered(part)
      if (outcome.kind === 'stored') continue
      const [line = ''] = part
      if (outcome.kind === 'partial') await drop('partial', outcome.detail, line)
      else if (part.length > 1) parts.unshift(...halves(part))
      else await drop(outcome.kind === 'smaller' ? 'too_large' : 'malformed', outcome.detail, line)
    }
  }

  return { write, problem: () => problem, stop: () => stopping.abort() }
}

/** Halving finds one bad line among 5,000 in 13 steps, and stores its neighbours on the way. */
function halves(lines: readonly string[]): [string[], string[]] {
  const middle = Math.ceil(lines.length / 2)
  return [lines.slice(0, middle), lines.slice(middle)]
}
