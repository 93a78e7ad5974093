import { HarborError, type Reading, errorText } from '@harbor/protocol'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Logger } from 'pino'
import { writeBatch } from './duckdb-batch.ts'
import { type DuckdbFile, type DuckdbSettings, openDuckdbFile } from './duckdb-file.ts'
import { collectSeries } from './series-answer.ts'
import type { SeriesAnswer, SeriesQuery, StoreHealth, TelemetryErrorCode, TelemetryStore } from './telemetry-store.ts'

export type { DuckdbSettings } from './duckdb-file.ts'

/** More readers at once only take processor time from the writer (measured: 4 readers halve its rate). */
const MAX_READERS = 2

/**
 * Readings in one DuckDB file. One connection writes, batch after batch; each query has a connection of its own and sees
 * a snapshot. What a resolved write has stored survives `kill -9`: DuckDB syncs its log at each commit.
 */
export function createDuckdbStore(settings: DuckdbSettings, { log }: { log: Logger }): TelemetryStore {
  let file: DuckdbFile | undefined
  let isStopping = false
  let lastWriteError: string | undefined
  let writing: Promise<unknown> = Promise.resolve()
  const reading = new Set<Promise<unknown>>()

  function openFile(): DuckdbFile {
    if (file === undefined || isStopping) throw closed()
    return file
  }

  async function writeNow(readings: readonly Reading[]): Promise<void> {
    const target = openFile()
    try {
      await writeBatch(target, readings)
      lastWriteError = undefined
    } catch (cause) {
      lastWriteError = errorText(cause)
      throw new HarborError<TelemetryErrorCode>(
        'TELEMETRY_WRITE_FAILED',
        `telemetry: writing ${readings.length} readings failed: ${lastWriteError}`,
        { cause },
      )
    }
  }

  /** Runs `query` on a connection of its own, when fewer than MAX_READERS are at it. */
  async function withReader<Answer>(query: (connection: DuckDBConnection) => Promise<Answer>): Promise<Answer> {
    while (reading.size >= MAX_READERS) await Promise.race(reading)
    const { instance } = openFile()
    const work = instance.connect().then(connection => query(connection).finally(() => connection.closeSync()))
    // Counted until it is over, whichever way; its error goes to the caller through `work` itself.
    const counted: Promise<unknown> = work.then(
      () => reading.delete(counted),
      () => reading.delete(counted),
    )
    reading.add(counted)
    return work
  }

  async function close(): Promise<void> {
    await writing
    await Promise.all(reading)
    if (file === undefined) return
    file.writer.closeSync()
    file.instance.closeSync()
    file = undefined
  }

  return {
    async start() {
      file = await openDuckdbFile(settings)
      log.info({ file: settings.file, devices: file.devices.names.length }, 'telemetry file is open')
    },

    async stop() {
      isStopping = true
      await close()
    },

    write(readings) {
      if (readings.length === 0) return Promise.resolve()
      const written = writing.then(() => writeNow(readings))
      // The next batch follows whether or not this one succeeded; its error goes to its own caller.
      writing = written.catch(() => undefined)
      return written
    },

    async newest() {
      const { newest, devices } = openFile()
      return newest.readings(device => devices.names[device] ?? '')
    },

    series: query => withReader(connection => readSeries(connection, openFile(), query)),

    usageMap: () => Promise.reject(closed()),
    exportTo: () => Promise.reject(closed()),
    maintain: async () => undefined,

    async health(): Promise<StoreHealth> {
      if (file === undefined || isStopping) return { ok: false, detail: 'the telemetry file is not open' }
      if (lastWriteError !== undefined) return { ok: false, detail: `the last write failed: ${lastWriteError}` }
      return withReader(connection => connection.run('SELECT 1')).then(
        () => ({ ok: true, detail: 'duckdb' }),
        (error: unknown) => ({ ok: false, detail: errorText(error) }),
      )
    },
  }
}

function closed(): HarborError<TelemetryErrorCode> {
  return new HarborError('TELEMETRY_STORE_CLOSED', 'telemetry: the store is not open')
}

/** Ids and times go in as literals, numbers all of them: bound as parameters they would keep DuckDB from skipping blocks. */
async function readSeries(
  connection: DuckDBConnection,
  { devices, metrics }: DuckdbFile,
  { devices: names, metric, fromMs, toMs, everyMs, limit }: SeriesQuery,
): Promise<SeriesAnswer> {
  const asked = [...new Set(names)]
  const ids = asked.flatMap(name => devices.ids.get(name) ?? [])
  const metricId = metrics.ids.get(metric)
  if (ids.length === 0 || metricId === undefined || fromMs >= toMs)
    return collectSeries([], { devices: asked, limit }, { level: 'raw', everyMs })
  const columns =
    everyMs === undefined
      ? 'time_ms AS at_ms, value'
      : `time_ms - time_ms % ${integer(everyMs)} AS at_ms, avg(value), min(value), max(value), count(*)`
  const reader = await connection.runAndReadAll(
    `SELECT device_id, ${columns} FROM reading
     WHERE device_id IN (${ids.map(integer).join()}) AND metric_id = ${integer(metricId)}
       AND time_ms >= ${integer(fromMs)} AND time_ms < ${integer(toMs)}
     ${everyMs === undefined ? '' : 'GROUP BY device_id, at_ms'}
     ORDER BY at_ms, list_position([${ids.map(integer).join()}], device_id)
     LIMIT ${integer(limit + 1)}`,
  )
  const [deviceIds = [], ...values] = reader.getColumns()
  const points = deviceIds.map((id, row) => ({
    device: devices.names[Number(id)] ?? '',
    point: values.map(column => Number(column[row])),
  }))
  return collectSeries(points, { devices: asked, limit }, { level: 'raw', everyMs })
}

/** A number as SQL. @throws RangeError for anything but a whole number, so that nothing else ever reaches a query's text. */
function integer(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`expected a whole number, got ${value}`)
  return String(value)
}
