import { rename, rm, stat } from 'node:fs/promises'
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api'
import type { ExportResult } from './telemetry-store.ts'

/** One value of what is exported. */
export interface SpoolRow {
  device: string
  metric: string
  timeMs: number
  /** Which of the export's value columns, from 0. */
  column: number
  value: number
}

/** Takes rows in any order and makes a Parquet file of them; on disk meanwhile, so that memory holds none of it. */
export interface ParquetSpool {
  add: (row: SpoolRow) => void
  /** Makes the file whole, in place of one that is there. */
  finish: () => Promise<ExportResult>
  /** Lets go of what is only for the making; after `finish`, or in its stead. */
  discard: () => Promise<void>
}

/** A value column of the file. */
export interface SpoolColumn {
  name: string
  /** Whole numbers. */
  isCount: boolean
}

/** DuckDB's vector size: the most rows a chunk holds. */
const CHUNK_ROWS = 2_048
/** What the making may hold in memory; the rest goes to a file beside the export's (chosen). */
const MEMORY_LIMIT_MB = 256

/** @param file absolute path of the Parquet file. */
export async function openParquetSpool(file: string, columns: readonly SpoolColumn[]): Promise<ParquetSpool> {
  const spoolFile = `${file}.spool`
  const madeFile = `${file}.part`
  await removeAll()
  const instance = await DuckDBInstance.create(spoolFile, { memory_limit: `${MEMORY_LIMIT_MB}MB`, threads: '2' })
  const connection = await instance.connect()
  await connection.run(
    'CREATE TABLE piece (device VARCHAR, metric VARCHAR, time_ms BIGINT, "column" UTINYINT, value DOUBLE)',
  )
  const appender = await connection.createAppender('piece')
  let waiting: SpoolRow[] = []
  let isOpen = true

  async function removeAll(): Promise<void> {
    for (const path of [spoolFile, `${spoolFile}.wal`, madeFile]) await rm(path, { force: true })
    await rm(`${spoolFile}.tmp`, { force: true, recursive: true })
  }

  function flush(): void {
    if (waiting.length === 0) return
    const chunk = DuckDBDataChunk.create([VARCHAR, VARCHAR, BIGINT, UTINYINT, DOUBLE], waiting.length)
    chunk.setColumnValues(
      0,
      waiting.map(row => row.device),
    )
    chunk.setColumnValues(
      1,
      waiting.map(row => row.metric),
    )
    chunk.setColumnValues(
      2,
      waiting.map(row => BigInt(row.timeMs)),
    )
    chunk.setColumnValues(
      3,
      waiting.map(row => row.column),
    )
    chunk.setColumnValues(
      4,
      waiting.map(row => row.value),
    )
    appender.appendDataChunk(chunk)
    waiting = []
  }

  return {
    add(row) {
      waiting.push(row)
      if (waiting.length === CHUNK_ROWS) flush()
    },

    async finish() {
      flush()
      appender.closeSync()
      const values = columns.map(({ name, isCount }, position) => {
        const value = `any_value(value) FILTER ("column" = ${position})`
        return `${isCount ? `CAST(${value} AS BIGINT)` : value} AS "${name}"`
      })
      await connection.run(
        `COPY (SELECT make_timestamp(time_ms * 1000) AS time, device, metric, ${values.join()} FROM piece GROUP BY device, metric, time_ms)
         TO ${literal(madeFile)} (FORMAT parquet, COMPRESSION zstd)`,
      )
      const rows = await countRows(connection)
      const { size } = await stat(madeFile)
      await rename(madeFile, file)
      return { rows, sizeBytes: size }
    },

    async discard() {
      if (!isOpen) return
      isOpen = false
      connection.closeSync()
      instance.closeSync()
      await removeAll()
    },
  }

  async function countRows(of: DuckDBConnection): Promise<number> {
    const reader = await of.runAndReadAll(`SELECT count(*) FROM read_parquet(${literal(madeFile)})`)
    return Number(reader.getRows()[0]?.[0] ?? 0)
  }
}

/** A text as SQL. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
