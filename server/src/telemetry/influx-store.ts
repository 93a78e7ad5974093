import { HarborError, MAX_FUTURE_MS, errorText } from '@harbor/protocol'
import { setLogger } from '@influxdata/influxdb-client'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics/metrics.ts'
import { pause } from './backoff.ts'
import { exportFromInflux } from './influx-export.ts'
import { newestQuery } from './influx-flux.ts'
import { toLines } from './influx-lines.ts'
import { createKeptBook } from './influx-kept.ts'
import { INFLUX_TIMEOUTS, type InfluxLinkSettings, createInfluxLink } from './influx-link.ts'
import { laterOf, partsOf } from './influx-parts.ts'
import { createQuarantine } from './influx-quarantine.ts'
import { type Spread, createReadRows, readNewest, readPoints, readUsage, readWindows } from './influx-read.ts'
import { createInfluxRollUps } from './influx-roll-up.ts'
import { INFLUX_WRITER_DEFAULTS, type InfluxWriterSettings, createInfluxWriter } from './influx-writer.ts'
import { RETENTION_DAYS, type RetentionDays, keptFromOf, pickLevel } from './levels.ts'
import { collectSeries } from './series-answer.ts'
import type { KeptFrom, StoreHealth, TelemetryErrorCode, TelemetryStore } from './telemetry-store.ts'
import { foldUsage, usageMapLevel } from './usage-map.ts'

export interface InfluxSettings extends InfluxLinkSettings {
  /** Of raw readings; the roll-ups' are named after it (bucketsOf). */
  bucket: string
  /** As the buckets were made to keep them. */
  keptDays: RetentionDays
  /** Absolute path of the file for lines that InfluxDB refuses. */
  refusedFile: string
  writer: InfluxWriterSettings
}

export const INFLUX_DEFAULTS = {
  keptDays: RETENTION_DAYS,
  timeoutMs: INFLUX_TIMEOUTS,
  writer: INFLUX_WRITER_DEFAULTS,
} as const satisfies Partial<InfluxSettings>

export interface InfluxDeps {
  clock: () => number
  random: () => number
  log: Logger
  metrics: Metrics
}

const HEALTH_TIMEOUT_MS = 2_000
/** A request that the server is answering may end; one that it is not would hold up the stop of the process. */
const STOP_WAIT_MS = 1_000
/** Readings that may wait for a server that is slow or away (chosen: ten times what ingest ever has waiting). */
const MAX_WAITING = 200_000
/** Refused lines are there to be looked at by a person: some ten thousand (chosen). */
const QUARANTINE_BYTES = 10 * 2 ** 20

/**
 * Readings in InfluxDB 2, in the buckets and with the tasks that `npm run influx:setup` makes. It starts whether or not InfluxDB can
 * be reached: what is written waits, what is asked for rejects, and health says so.
 *
 * Where a reading of the same identity comes again with another value, InfluxDB keeps the last one; the same value again
 * changes nothing.
 */
export function createInfluxStore(settings: InfluxSettings, deps: InfluxDeps): TelemetryStore {
  const { url, bucket } = settings
  const { clock, log } = deps
  const link = createInfluxLink(settings)
  const quarantine = createQuarantine({ file: settings.refusedFile, maxBytes: QUARANTINE_BYTES }, { clock, log })
  const writer = createInfluxWriter(settings.writer, { ...deps, quarantine, send: lines => link.write(bucket, lines) })
  const rows = createReadRows(link)
  const slowRows = createReadRows({ rows: link.slowRows })
  const book = createKeptBook(bucket, { link, rows })
  const rollUps = createInfluxRollUps(bucket, { link, rows: slowRows })
  const tooOld = deps.metrics.counter({
    name: 'harbor_influx_too_old_readings_total',
    help: 'Readings older than what is kept raw, taken and not stored.',
  })
  let state: 'new' | 'open' | 'closed' = 'new'
  /** Why the newest readings of before the start are not known; undefined: they are, or nobody asked. */
  let newestProblem: string | undefined
  let waiting = 0
  let writing: Promise<void> = Promise.resolve()

  const keptByDays = (): KeptFrom => keptFromOf(settings.keptDays, clock())
  const kept = async (): Promise<KeptFrom> => laterOf(await book.read(), keptByDays())

  function assertOpen(): void {
    if (state !== 'open')
      throw new HarborError<TelemetryErrorCode>('TELEMETRY_STORE_CLOSED', 'telemetry: the store is not open')
  }

  return {
    async start() {
      // The library writes to the console by itself; everything it says reaches us as a rejection as well.
      setLogger({ error: () => undefined, warn: () => undefined })
      state = 'open'
      log.info({ url, org: settings.org, bucket }, 'telemetry goes to InfluxDB')
    },

    async stop() {
      if (state !== 'open') return
      state = 'closed'
      writer.stop()
      const waited = new AbortController()
      await Promise.race([writing, pause(STOP_WAIT_MS, waited.signal)])
      waited.abort()
      link.close()
    },

    async write(readings) {
      assertOpen()
      if (waiting + readings.length > MAX_WAITING && waiting > 0)
        throw new HarborError<TelemetryErrorCode>(
          'TELEMETRY_BUSY',
          `telemetry: ${waiting} readings wait for InfluxDB; try again later`,
        )
      waiting += readings.length
      const written = writing.then(async () => {
        assertOpen()
        const fromMs = laterOf(book.known(), keptByDays()).raw
        const young = readings.filter(({ timeMs }) => timeMs >= fromMs)
        if (young.length < readings.length) tooOld.inc({}, readings.length - young.length)
        await writer.write(toLines(young))
      })
      // The next batch follows whether or not this one succeeded; its error goes to its own caller.
      writing = written.catch(() => undefined)
      try {
        await written
      } finally {
        waiting -= readings.length
      }
    },

    async newest() {
      assertOpen()
      newestProblem = 'InfluxDB has not answered'
      try {
        const span = { fromMs: (await kept()).raw, toMs: clock() + MAX_FUTURE_MS }
        const readings = await readNewest(slowRows, newestQuery({ bucket, level: 'raw', ...span }))
        newestProblem = undefined
        return readings
      } catch (error) {
        newestProblem = errorText(error)
        throw error
      }
    },

    async series({ metric, fromMs, toMs, limit, ...query }) {
      assertOpen()
      const devices = [...new Set(query.devices)]
      const from = await kept()
      const picked = pickLevel({ fromMs, ...(query.everyMs !== undefined && { everyMs: query.everyMs }) }, from)
      const asked = { devices, metric, limit }
      const spread: Spread = { bucket, parts: partsOf({ level: picked.level, fromMs, toMs }, from) }
      const points =
        picked.everyMs === undefined
          ? await readPoints(rows, spread, asked)
          : await readWindows(rows, spread, { ...asked, everyMs: picked.everyMs })
      return collectSeries(points, { devices, limit }, picked)
    },

    async usageMap(query) {
      assertOpen()
      const { metric, fromMs, toMs } = query
      const from = await kept()
      const level = usageMapLevel(query, from) === 'hour' ? 'hour' : 'quarter'
      const spread: Spread = { bucket, parts: partsOf({ level, fromMs, toMs }, from) }
      const buckets = await readUsage(rows, spread, { devices: [...new Set(query.devices)], metric, level })
      return { level, cells: foldUsage(buckets, query) }
    },

    async exportTo(query) {
      assertOpen()
      return exportFromInflux(slowRows, { bucket, kept: await kept() }, query)
    },

    async maintain({ nowMs, keepFromMs }) {
      assertOpen()
      await book.read()
      // First the roll-ups, then nobody asks for the readings any more. To drop them is the bucket's retention's.
      await rollUps.make(keepFromMs.raw)
      try {
        await book.note(keepFromMs, nowMs)
      } catch (cause) {
        throw new HarborError<TelemetryErrorCode>(
          'TELEMETRY_STORE_UNAVAILABLE',
          `telemetry: InfluxDB did not take note of what is no longer kept: ${errorText(cause).slice(0, 300)}`,
          { cause },
        )
      }
    },

    async health(): Promise<StoreHealth> {
      if (state !== 'open') return { ok: false, detail: 'the store is not open' }
      const problem = writer.problem()
      if (problem !== undefined) return { ok: false, detail: `readings wait: ${problem}` }
      try {
        const answer = await fetch(`${url.replace(/\/+$/, '')}/health`, {
          signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
        })
        await answer.body?.cancel()
        if (answer.status !== 200) return { ok: false, detail: `influxdb: HTTP ${answer.status}` }
        if (newestProblem !== undefined)
          return { ok: false, detail: `the newest readings of before the start are not known yet: ${newestProblem}` }
        return { ok: true, detail: `influxdb: HTTP ${answer.status}` }
      } catch (error) {
        // What the socket said is the cause of a bare "fetch failed".
        const { cause } = error as { cause?: unknown }
        return {
          ok: false,
          detail: `influxdb: ${errorText(cause instanceof Error && cause.message !== '' ? cause : error)}`,
        }
      }
    },
  }
}
