import { copyFile, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { HarborError, errorText } from '@harbor/protocol'
import { DuckDBInstance } from '@duckdb/node-api'
import type { TelemetryErrorCode } from '../telemetry-store.ts'

/**
 * Copies the embedded store's file while no server has it open. Our own hold on it, for reading alone, keeps one from starting meanwhile; then the
 * copy is opened once, so that what was only in the log beside it is in the one file, and what cannot be opened is no backup.
 *
 * @throws HarborError TELEMETRY_STORE_UNAVAILABLE when a server has it open, or the file or its copy cannot be read.
 */
export async function copyDuckdbFile(file: string, to: string): Promise<void> {
  try {
    const held = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
    try {
      await copyFile(file, to)
      if (existsSync(`${file}.wal`)) await copyFile(`${file}.wal`, `${to}.wal`)
    } finally {
      held.closeSync()
    }
    const copy = await DuckDBInstance.create(to)
    try {
      const connection = await copy.connect()
      await connection.run('CHECKPOINT')
      connection.closeSync()
    } finally {
      copy.closeSync()
    }
    await rm(`${to}.wal`, { force: true })
  } catch (cause) {
    throw new HarborError<TelemetryErrorCode>('TELEMETRY_STORE_UNAVAILABLE', `copying ${file}: ${errorText(cause)}`, {
      cause,
    })
  }
}
