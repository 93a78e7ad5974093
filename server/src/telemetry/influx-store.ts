import http from 'node:http'
import https from 'node:https'
import { HarborError, MAX_FUTURE_MS, type Reading, errorText, isMetric } from '@harbor/protocol'
import { InfluxDB, setLogger } from '@influxdata/influxdb-client'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics/metrics.ts'
import { pause } from './backoff.ts'
import {
  type DeviceQuery,
  MAX_DEVICES_PER_QUERY,
  WINDOW_FUNCTIONS,
  newestQuery,
  rawQuery,
  windowQuery,
} from './influx-flux.ts'
import { DEVICE_TAG, toLines } from './influx-lines.ts'
import { INFLUX_WRITER_DEFAULTS, type InfluxWriterSettings, createInfluxWriter } from './influx-writer.ts'
import { type DevicePoint, collectSeries } from './series-answer.ts'
import type { SeriesAnswer, SeriesQuery, StoreHealth, TelemetryErrorCode, TelemetryStore } from './telemetry-store.ts'

export interface InfluxSettings {
  url: string
  token: string
  org: string
  bucket: string
  /** How far back `newest` looks, in ms: as long as raw readings are kept. */
  newestWithinMs: number
  writer: InfluxWriterSettings
}

export const INFLUX_DEFAULTS = {
  newestWithinMs: 30 * 24 * 3_600_000,
  writer: INFLUX_WRITER_DEFAULTS,
} as const satisfies Partial<InfluxSettings>

export interface InfluxDeps {
  clock: () => number
  random: () => number
  log: Logger
  metrics: Metrics
}

const WRITE_TIMEOUT_MS = 15_000
const QUERY_TIMEOUT_MS = 60_000
const HEALTH_TIMEOUT_MS = 2_000
/** A request that the server is answering may end; one that it is not would hold up the stop of the process. */
const STOP_WAIT_MS = 1_000

/**
 * Readings in InfluxDB 2. Only one request of the client library is used for each batch, awaited whole: its own batching,
 * retries and buffers lose lines (it does not wait for its batches, gives up on 401 and 413, reads Retry-After as ms).
 *
 * Where a reading of the same identity comes again with another value, InfluxDB keeps the last one; the same value again
 * changes nothing.
 */
export function createInfluxStore(settings: InfluxSettings, deps: InfluxDeps): TelemetryStore {
  const { url, token, org, bucket } = settings
  const { clock, log } = deps
  const secure = url.startsWith('https:')
  // The library's timeout leaves the socket open; the agent's closes it.
  const agentOptions = { keepAlive: true, maxSockets: 4, timeout: QUERY_TIMEOUT_MS + 5_000 }
  const agent = secure ? new https.Agent(agentOptions) : new http.Agent(agentOptions)
  const client = (timeout: number) => new InfluxDB({ url, token, timeout, transportOptions: { agent } })
  const writeClient = client(WRITE_TIMEOUT_MS)
  const queryApi = client(QUERY_TIMEOUT_MS).getQueryApi({ org, gzip: true })
  const writer = createInfluxWriter(settings.writer, { ...deps, send })
  let isOpen = false
  let writing: Promise<void> = Promise.resolve()

  async function send(lines: string[]): Promise<void> {
    const request = writeClient.getWriteApi(org, bucket, 'ms', {
      // Larger than what it is given, so that it sends once, when closed, and that is awaited.
      batchSize: lines.length + 1,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      flushInterval: 0,
      maxRetries: 0,
      gzipThreshold: 1_000,
    })
    request.writeRecords(lines)
    await request.close()
  }

  function assertOpen(): void {
    if (!isOpen) throw new HarborError<TelemetryErrorCode>('TELEMETRY_STORE_CLOSED', 'telemetry: the store is not open')
  }

  async function rows(query: string): Promise<Record<string, unknown>[]> {
    assertOpen()
    const found: Record<string, unknown>[] = []
    try {
      for await (const { values, tableMeta } of queryApi.iterateRows(query)) found.push(tableMeta.toObject(values))
    } catch (cause) {
      const message = `telemetry: InfluxDB did not answer a query: ${errorText(cause)}`
      throw new HarborError<TelemetryErrorCode>('TELEMETRY_STORE_UNAVAILABLE', message, { cause })
    }
    return found
  }

  async function points(query: DeviceQuery, everyMs: number | undefined): Promise<DevicePoint[]> {
    if (everyMs === undefined) {
      const found = await rows(rawQuery(bucket, query))
      return found.map(row => ({ device: String(row[DEVICE_TAG]), point: [timeMs(row), Number(row['_value'])] }))
    }
    const windows = new Map<string, DevicePoint>()
    for (const [position, fn] of WINDOW_FUNCTIONS.entries()) {
      for (const row of await rows(windowQuery(bucket, query, { everyMs, fn }))) {
        const atMs = timeMs(row)
        const startMs = atMs - (atMs % everyMs)
        const device = String(row[DEVICE_TAG])
        const window = windows.get(`${device} ${startMs}`) ?? { device, point: [startMs, 0, 0, 0, 0] }
        window.point[position + 1] = Number(row['_value'])
        windows.set(`${device} ${startMs}`, window)
      }
    }
    return [...windows.values()]
  }

  return {
    async start() {
      // The library writes to the console by itself; everything it says reaches us as a rejection as well.
      setLogger({ error: () => undefined, warn: () => undefined })
      isOpen = true
      log.info({ url, org, bucket }, 'telemetry goes to InfluxDB')
    },

    async stop() {
      if (!isOpen) return
      isOpen = false
      writer.stop()
      const waited = new AbortController()
      await Promise.race([writing, pause(STOP_WAIT_MS, waited.signal)])
      waited.abort()
      agent.destroy()
    },

    write(readings) {
      const written = writing.then(() => {
        assertOpen()
        return writer.write(toLines(readings))
      })
      // The next batch follows whether or not this one succeeded; its error goes to its own caller.
      writing = written.catch(() => undefined)
      return written
    },

    async newest() {
      const nowMs = clock()
      const span = { fromMs: nowMs - settings.newestWithinMs, toMs: nowMs + MAX_FUTURE_MS }
      const readings: Reading[] = []
      for (const row of await rows(newestQuery(bucket, span))) {
        const metric = String(row['_field'])
        if (!isMetric(metric)) continue
        readings.push({ device: String(row[DEVICE_TAG]), metric, timeMs: timeMs(row), value: Number(row['_value']) })
      }
      return readings
    },

    async series({ everyMs, ...query }: SeriesQuery): Promise<SeriesAnswer> {
      assertOpen()
      const devices = [...new Set(query.devices)]
      if (query.fromMs >= query.toMs)
        return collectSeries([], { devices, limit: query.limit }, { level: 'raw', everyMs })
      const found: DevicePoint[] = []
      for (let first = 0; first < devices.length; first += MAX_DEVICES_PER_QUERY) {
        const some = devices.slice(first, first + MAX_DEVICES_PER_QUERY)
        found.push(...(await points({ ...query, devices: some }, everyMs)))
      }
      return collectSeries(found, { devices, limit: query.limit }, { level: 'raw', everyMs })
    },

    usageMap: () => Promise.reject(notOffered('maps of use')),
    exportTo: () => Promise.reject(notOffered('exports')),
    maintain: async () => undefined,

    async health(): Promise<StoreHealth> {
      if (!isOpen) return { ok: false, detail: 'the store is not open' }
      const problem = writer.problem()
      if (problem !== undefined) return { ok: false, detail: `readings wait: ${problem}` }
      try {
        const answer = await fetch(`${url.replace(/\/+$/, '')}/health`, {
          signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
        })
        await answer.body?.cancel()
        return { ok: answer.status === 200, detail: `influxdb: HTTP ${answer.status}` }
      } catch (error) {
        return { ok: false, detail: `influxdb: ${errorText(error)}` }
      }
    },
  }
}

function notOffered(what: string): HarborError<TelemetryErrorCode> {
  return new HarborError('TELEMETRY_STORE_UNAVAILABLE', `telemetry: InfluxDB is not asked for ${what}`)
}

/** A row's time, in ms since 1970. */
function timeMs(row: Record<string, unknown>): number {
  return Date.parse(String(row['_time']))
}
