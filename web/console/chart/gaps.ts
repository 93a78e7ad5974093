/** A point to draw: time in ms since 1970, and the value, or null where the line is to break. */
export type DrawnPoint = readonly [atMs: number, value: number | null]

/**
 * Silence up to this is a report that is due, not a gap. Reports come at least once a minute; two of them and 30 s is the
 * longest a value may be held (the rules' own bound).
 */
const LEAST_GAP_MS = 150_000

/**
 * Points with a break wherever the device was silent for longer than twice its usual interval and 30 s: a line across a
 * silence would claim what nobody measured.
 */
export function withGaps(points: readonly (readonly number[])[], everyMs = 0): DrawnPoint[] {
  const usualMs = usualIntervalMs(points)
  // Windows without a reading are left out: one that is missing is a gap, unless the device reports less often than that.
  const isEveryWindowHeard = everyMs > 0 && usualMs <= 1.5 * everyMs
  const limitMs = Math.max(LEAST_GAP_MS, isEveryWindowHeard ? 1.5 * everyMs : 2 * usualMs + 30_000)
  const drawn: DrawnPoint[] = []
  let beforeMs: number | undefined
  for (const [atMs, value] of points) {
    if (atMs === undefined || value === undefined) continue
    if (beforeMs !== undefined && atMs - beforeMs > limitMs) drawn.push([beforeMs + 1, null])
    drawn.push([atMs, value])
    beforeMs = atMs
  }
  return drawn
}

/** The median of the times between points. */
function usualIntervalMs(points: readonly (readonly number[])[]): number {
  const intervals = points.slice(1).map((point, index) => (point[0] ?? 0) - (points[index]?.[0] ?? 0))
  return intervals.sort((a, b) => a - b)[Math.floor((intervals.length - 1) / 2)] ?? 0
}
