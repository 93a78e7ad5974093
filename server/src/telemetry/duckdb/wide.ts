import type { DuckDBConnection } from '@duckdb/node-api'
import { columnsOf, integer, named } from './sql.ts'

/** The metrics that a narrow source `(device_id, metric_id, time_ms, value)` has readings of. */
export async function metricsIn(connection: DuckDBConnection, source: string): Promise<Map<string, number>> {
  const [names = [], ids = []] = await columnsOf(
    connection,
    `SELECT metric.name, metric.id FROM metric WHERE id IN (SELECT DISTINCT metric_id FROM ${source}) ORDER BY metric.id`,
  )
  return new Map(names.map((name, row) => [String(name), Number(ids[row])]))
}

/**
 * A narrow source as wide rows. Each identity is in it once, so that `max` is its value.
 *
 * They are ordered by which metrics they have, then by device and time: devices of different kinds next to each other would fill every
 * column with gaps, which took three times as much room (6.6 bytes a reading against 2.2). A device's rows are still together.
 */
export function wideRowsOf(source: string, metrics: ReadonlyMap<string, number>): string {
  const columns = [...metrics].map(([name, id]) => `max(value) FILTER (metric_id = ${integer(id)}) AS ${named(name)}`)
  return `SELECT device_id, time_ms, ${columns.join(', ')} FROM ${source} GROUP BY device_id, time_ms
    ORDER BY bit_or(1::BIGINT << (metric_id % 62)), device_id, time_ms`
}

/** The newest reading of each series of a narrow source, as rows of `newest`. */
export function newestOf(source: string): string {
  return `SELECT device_id, metric_id, max(time_ms), arg_max(value, time_ms) FROM ${source} GROUP BY device_id, metric_id`
}

/** The order of wide rows, for rows that are wide already. */
export function wideOrderOf(metrics: Iterable<string>): string {
  const bits = [...metrics].map((name, bit) => `((${named(name)} IS NOT NULL)::BIGINT << ${bit % 62})`)
  return `${bits.join(' | ')}, device_id, time_ms`
}
