import { setTimeout } from 'node:timers/promises'
import { HarborError, type Reading, errorText, isMetric } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { DuckdbSettings } from './duckdb/open-file.ts'
import { type WorkerLink, openWorkerLink } from './duckdb/worker-link.ts'
import { packReadings } from './duckdb/pack-readings.ts'
import { type DevicePoint, collectSeries } from './series-answer.ts'
import type { SeriesAnswer, SeriesQuery, StoreHealth, TelemetryErrorCode, TelemetryStore } from './telemetry-store.ts'
import { foldUsage } from './usage-map.ts'

export type { DuckdbSettings } from './duckdb/open-file.ts'

/** A thread that ended is started again after this, and at most after the longest (chosen). */
const RESTART_MS = { first: 500, longest: 30_000 }
/** Batches that wait at a time; ingest gives one after the other, so that this is far from use. */
const MAX_BATCHES = 100

export interface DuckdbDeps {
  log: Logger
  /** How the thread is started; for tests that end it. */
  openLink?: typeof openWorkerLink
}

/**
 * Readings in one DuckDB file, which a thread of its own has open: nothing that it does holds up who asks. What a resolved write has stored
 * survives `kill -9`: DuckDB syncs its log at each commit. A thread that ends is started again; until then writes fail and may be
 * tried again.
 */
export function createDuckdbStore(
  settings: DuckdbSettings,
  { log, openLink = openWorkerLink }: DuckdbDeps,
): TelemetryStore {
  let link: WorkerLink | undefined
  let isStopping = false
  let lastWriteError: string | undefined
  let batches = 0
  let restarting: Promise<void> | undefined
  const stopped = new AbortController()

  function thread(): WorkerLink {
    if (isStopping) throw closed()
    if (link !== undefined) return link
    throw restarting === undefined
      ? closed()
      : new HarborError<TelemetryErrorCode>('TELEMETRY_STORE_UNAVAILABLE', 'telemetry: the file is being opened again')
  }

  function onEnd(error: HarborError<TelemetryErrorCode>): void {
    link = undefined
    log.error({ reason: error.message }, 'the thread of the telemetry file ended; it is started again')
    restarting = restart().finally(() => (restarting = undefined))
  }

  async function restart(): Promise<void> {
    let waitMs = RESTART_MS.first
    while (!stopped.signal.aborted) {
      try {
        await setTimeout(waitMs, undefined, { signal: stopped.signal })
        link = await openLink(settings, onEnd)
        log.info({ file: settings.file }, 'telemetry file is open again')
        return
      } catch (error) {
        if (!isStopping) log.error({ reason: errorText(error) }, 'the telemetry file could not be opened again')
        waitMs = Math.min(2 * waitMs, RESTART_MS.longest)
      }
    }
  }

  async function write(readings: readonly Reading[]): Promise<void> {
    if (isStopping) throw closed()
    batches += 1
    try {
      if (batches > MAX_BATCHES)
        throw new HarborError<TelemetryErrorCode>('TELEMETRY_BUSY', `telemetry: ${MAX_BATCHES} batches wait already`)
      const { packed, transfer } = packReadings(readings)
      await thread().ask('write', packed, transfer)
      lastWriteError = undefined
    } catch (cause) {
      if (cause instanceof HarborError && cause.code === 'TELEMETRY_STORE_CLOSED') throw cause
      lastWriteError = errorText(cause)
      throw new HarborError<TelemetryErrorCode>(
        'TELEMETRY_WRITE_FAILED',
        `telemetry: writing ${readings.length} readings failed: ${lastWriteError}`,
        { cause },
      )
    } finally {
      batches -= 1
    }
  }

  return {
    async start() {
      link = await openLink(settings, onEnd)
      log.info({ file: settings.file }, 'telemetry file is open')
    },

    async stop() {
      isStopping = true
      stopped.abort()
      await restarting
      const open = link
      link = undefined
      await open?.close()
    },

    write: readings => (readings.length === 0 ? Promise.resolve() : write(readings)),

    async newest() {
      const { devices, metrics, device, metric, timeMs, value } = await thread().ask('newest', undefined)
      const readings: Reading[] = []
      timeMs.forEach((atMs, row) => {
        const name = metrics[metric[row] ?? 0]
        // A metric that the contract no longer has stays in the file and is not offered.
        if (name === undefined || !isMetric(name)) return
        readings.push({ device: devices[device[row] ?? 0] ?? '', metric: name, timeMs: atMs, value: value[row] ?? 0 })
      })
      return readings
    },

    async series(query: SeriesQuery): Promise<SeriesAnswer> {
      const devices = [...new Set(query.devices)]
      const { level, everyMs, device, columns } = await thread().ask('series', { ...query, devices })
      const points = Array.from(device, (place, row): DevicePoint => ({
        device: devices[place] ?? '',
        point: columns.map(column => column[row] ?? 0),
      }))
      return collectSeries(points, { devices, limit: query.limit }, { level, everyMs })
    },

    async usageMap(query) {
      const { level, columns } = await thread().ask('usageMap', { ...query, devices: [...new Set(query.devices)] })
      const [starts = [], ...values] = columns
      const buckets = Array.from(starts, (startMs, row) => {
        const [sum = 0, count = 0, min = 0, max = 0, sumOfMeans = 0, devices = 0] = values.map(
          column => column[row] ?? 0,
        )
        return { startMs, sum, count, min, max, sumOfMeans, devices }
      })
      return { level, cells: foldUsage(buckets, query) }
    },

    exportTo: async query => thread().ask('exportTo', query),
    maintain: async upkeep => thread().ask('maintain', upkeep),

    async health(): Promise<StoreHealth> {
      if (isStopping || (link === undefined && restarting === undefined))
        return { ok: false, detail: 'the telemetry file is not open' }
      if (lastWriteError !== undefined) return { ok: false, detail: `the last write failed: ${lastWriteError}` }
      try {
        const problem = await thread().ask('problem', undefined)
        return problem === undefined
          ? { ok: true, detail: 'duckdb' }
          : { ok: false, detail: `readings could not be put in order: ${problem}` }
      } catch (error) {
        return { ok: false, detail: errorText(error) }
      }
    },
  }
}

function closed(): HarborError<TelemetryErrorCode> {
  return new HarborError('TELEMETRY_STORE_CLOSED', 'telemetry: the store is not open')
}
