import type { DrawnPoint } from './gaps.ts'

/** One row of the table that stands for a chart. */
export interface TableRow {
  atMs: number
  /** One value per series, null where it has none near that time. */
  values: (number | null)[]
}

/**
 * A chart's series as a table that a person can listen to: at most `limit` rows, evenly spread, newest first; each value is the
 * last one of its series in the row's stretch of time.
 */
export function tableRows(series: readonly (readonly DrawnPoint[])[], limit = 30): TableRow[] {
  const times = series.flatMap(points => points.flatMap(([atMs, value]) => (value === null ? [] : [atMs])))
  if (times.length === 0) return []
  const firstMs = times.reduce((least, atMs) => Math.min(least, atMs))
  const lastMs = times.reduce((most, atMs) => Math.max(most, atMs))
  const stepMs = Math.max(1, (lastMs - firstMs + 1) / limit)
  const rows = new Map<number, TableRow>()
  series.forEach((points, column) => {
    for (const [atMs, value] of points) {
      if (value === null) continue
      const slot = Math.floor((atMs - firstMs) / stepMs)
      const row = rows.get(slot) ?? { atMs, values: series.map(() => null) }
      row.atMs = Math.max(row.atMs, atMs)
      row.values[column] = value
      rows.set(slot, row)
    }
  })
  return [...rows.values()].sort((a, b) => b.atMs - a.atMs)
}
