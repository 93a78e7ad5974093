import type { StationDetail, Telemetry } from '@harbor/protocol'

type Series = Telemetry['series'][number]
type Point = Series['points'][number]
type LiveReading = StationDetail['readings'][number]

/**
 * A fetched series grown by live readings, and cut at its left end so that it keeps its span. Without windows each
 * reading is a point, once each, in order of time. With windows a reading joins its window's mean; readings that the
 * fetch may already have counted (not after `to`) are left to the next fetch.
 */
export function appendReadings(telemetry: Telemetry, readings: readonly LiveReading[], nowMs: number): Telemetry {
  const fetchedToMs = Date.parse(telemetry.to)
  const { everyMs } = telemetry
  let series = telemetry.series
  for (const { device, appliance, metric, value, at } of readings) {
    if (metric !== telemetry.metric) continue
    const atMs = Date.parse(at)
    if (everyMs !== undefined && atMs <= fetchedToMs) continue
    if (!series.some(one => one.device === device))
      series = [...series, { device, points: [], ...(appliance === undefined ? {} : { appliance }) }]
    series = series.map(one =>
      one.device === device
        ? {
            ...one,
            points:
              everyMs === undefined
                ? addPoint(one.points, atMs, value)
                : addToWindow(one.points, { atMs, value, everyMs }),
          }
        : one,
    )
  }
  if (series === telemetry.series) return telemetry
  const spanMs = fetchedToMs - Date.parse(telemetry.from)
  return { ...telemetry, series: series.map(one => ({ ...one, points: cutBefore(one.points, nowMs - spanMs) })) }
}

function addPoint(points: Point[], atMs: number, value: number): Point[] {
  let index = points.length
  while (index > 0 && timeOf(points[index - 1]) > atMs) index--
  const isKnown = index > 0 && timeOf(points[index - 1]) === atMs
  return [...points.slice(0, isKnown ? index - 1 : index), [atMs, value], ...points.slice(index)]
}

function addToWindow(points: Point[], reading: { atMs: number; value: number; everyMs: number }): Point[] {
  const { atMs, value, everyMs } = reading
  const last = points.at(-1)
  // The server's windows start at whole multiples of their width; following its last one keeps us on its grid anyhow.
  const gridMs = last === undefined ? 0 : timeOf(last) % everyMs
  const startMs = Math.floor((atMs - gridMs) / everyMs) * everyMs + gridMs
  if (last === undefined || startMs > timeOf(last)) return [...points, [startMs, value, value, value, 1]]
  if (startMs < timeOf(last)) return points
  const [, mean = value, min = value, max = value, count = 1] = last
  const grown = [startMs, mean + (value - mean) / (count + 1), Math.min(min, value), Math.max(max, value), count + 1]
  return [...points.slice(0, -1), grown]
}

function cutBefore(points: Point[], fromMs: number): Point[] {
  const first = points.findIndex(point => timeOf(point) >= fromMs)
  if (first <= 0) return first === 0 ? points : []
  return points.slice(first)
}

function timeOf(point: Point | undefined): number {
  return point?.[0] ?? 0
}
