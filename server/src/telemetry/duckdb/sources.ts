import { DAY_MS, LEVEL_MS } from '../levels.ts'
import type { TelemetryLevel } from '../telemetry-store.ts'
import type { Span } from './plan.ts'
import { type Part, type Parts, tableOf } from './parts.ts'
import { integer, named } from './sql.ts'

/** The metric that is read: its name, and its number in the file. */
export interface NumberedMetric {
  name: string
  id: number
}

/** Readings of one metric in some spans, as `(device_id, time_ms, value)`. */
export function readingsOf(parts: Parts, { name, id }: NumberedMetric, spans: readonly Span[]): string {
  const selects = spans.flatMap(({ fromMs, toMs }) => {
    const within = `time_ms >= ${integer(fromMs)} AND time_ms < ${integer(toMs)}`
    return parts.all().flatMap(part => {
      const isWithin = part.day * DAY_MS < toMs && (part.day + 1) * DAY_MS > fromMs
      if (!isWithin) return []
      if (part.kind === 'narrow')
        return [`SELECT device_id, time_ms, value FROM ${tableOf(part)} WHERE metric_id = ${integer(id)} AND ${within}`]
      if (!part.metrics.has(name)) return []
      const column = named(name)
      return [
        `SELECT device_id, time_ms, ${column} AS value FROM ${tableOf(part)} WHERE ${column} IS NOT NULL AND ${within}`,
      ]
    })
  })
  return (
    selects.join(' UNION ALL ') || 'SELECT 0::UINTEGER AS device_id, 0 AS time_ms, 0.0::DOUBLE AS value WHERE false'
  )
}

/**
 * Sums of one metric in windows of `everyMs`, as `(device_id, start_ms, sum, count, min, max)`; a window that is made of both readings and
 * sums has a row of each.
 */
export function windowsOf(
  parts: Parts,
  { metric, level, everyMs }: { metric: NumberedMetric; level: TelemetryLevel; everyMs: number },
  { raw, sums }: { raw: readonly Span[]; sums: readonly Span[] },
): string {
  const start = (column: string) => `${column} - ${column} % ${integer(everyMs)}`
  const selects = sums.map(
    ({ fromMs, toMs }) =>
      `SELECT device_id, ${start(startOf(level))} AS start_ms, sum, count, min, max FROM ${sumsTable(level)}
       WHERE metric_id = ${integer(metric.id)} AND ${isSlotWithin(level, { fromMs, toMs })}`,
  )
  if (raw.length > 0)
    selects.push(
      `SELECT device_id, ${start('time_ms')} AS start_ms, sum(value) AS sum, count(*) AS count, min(value) AS min, max(value) AS max
       FROM (${readingsOf(parts, metric, raw)}) GROUP BY 1, 2`,
    )
  return (
    selects.join(' UNION ALL ') ||
    'SELECT 0::UINTEGER AS device_id, 0 AS start_ms, 0.0 AS sum, 0 AS count, 0.0 AS min, 0.0 AS max WHERE false'
  )
}

/** The table that a level's sums are in. */
export function sumsTable(level: TelemetryLevel): 'quarter' | 'hour' {
  return level === 'hour' ? 'hour' : 'quarter'
}

/** Where the quarter or hour of a row begins, in ms since 1970. */
export function startOf(level: TelemetryLevel): string {
  return `(slot::BIGINT * ${integer(LEVEL_MS[level])})`
}

/** Whether the quarter or hour of a row begins in a span. */
export function isSlotWithin(level: TelemetryLevel, { fromMs, toMs }: Span): string {
  const slot = (atMs: number) => integer(Math.ceil(atMs / LEVEL_MS[level]))
  return `slot >= ${slot(fromMs)} AND slot < ${slot(toMs)}`
}

/** All readings of a part, as `(device_id, time_ms, metric, value)`. */
export function everyReadingOf(part: Part): string {
  if (part.kind === 'narrow')
    return `SELECT device_id, time_ms, metric.name AS metric, value FROM ${tableOf(part)} JOIN metric ON metric.id = metric_id`
  const columns = [...part.metrics].map(named).join()
  return `SELECT device_id, time_ms, metric, value FROM (UNPIVOT ${tableOf(part)} ON ${columns} INTO NAME metric VALUE value)`
}
