import type { DuckDBConnection } from '@duckdb/node-api'
import { DAY_MS } from '../levels.ts'
import { tableOf } from './parts.ts'
import { columnsOf, inTransaction, integer, numbersOf } from './sql.ts'
import { metricsIn, newestOf, wideRowsOf } from './wide.ts'

/**
 * Moves the readings of files made before there were parts, a day in each transaction: whenever it is cut short, what was moved is in its
 * part and the rest is where it was.
 */
export async function moveOldReadings(writer: DuckDBConnection): Promise<void> {
  const [found = []] = await columnsOf(writer, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'reading'")
  if (found.length === 0) return
  const days = await numbersOf(writer, `SELECT DISTINCT time_ms // ${DAY_MS} AS day FROM reading ORDER BY day`)
  for (const day of days) {
    await inTransaction(writer, async () => {
      const ofDay = `time_ms >= ${integer(day * DAY_MS)} AND time_ms < ${integer((day + 1) * DAY_MS)}`
      const source = `(SELECT * FROM reading WHERE ${ofDay})`
      const id = (await numbersOf(writer, 'SELECT coalesce(max(id), 0) + 1 FROM part'))[0] ?? 1
      const metrics = await metricsIn(writer, source)
      await writer.run(`DROP TABLE IF EXISTS ${tableOf({ id })}`)
      await writer.run(`CREATE TABLE ${tableOf({ id })} AS ${wideRowsOf(source, metrics)}`)
      await writer.run(`INSERT INTO part VALUES (${integer(id)}, ${integer(day)}, 'wide')`)
      await writer.run(`INSERT INTO newest ${newestOf(source)}`)
      await writer.run(`DELETE FROM reading WHERE ${ofDay}`)
    })
    // So that the next day is written where this one was.
    await writer.run('CHECKPOINT')
  }
  await writer.run('DROP TABLE reading')
}
