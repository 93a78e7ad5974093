import type { PickedLevel } from './levels.ts'
import type { SeriesAnswer } from './telemetry-store.ts'

/** A point and whose it is. `point[0]` is its time in ms since 1970. */
export interface DevicePoint {
  device: string
  point: number[]
}

/**
 * Points as an answer: the earliest `limit` of all devices together, equal times in the order in which the devices were
 * asked for. Every store goes through here, so that they cut alike.
 */
export function collectSeries(
  points: readonly DevicePoint[],
  { devices, limit }: { devices: readonly string[]; limit: number },
  { level, everyMs }: PickedLevel,
): SeriesAnswer {
  const order = new Map(devices.map((device, position) => [device, position]))
  const series = devices.map(device => ({ device, points: [] as number[][] }))
  const sorted = points.toSorted(
    (a, b) => (a.point[0] ?? 0) - (b.point[0] ?? 0) || (order.get(a.device) ?? 0) - (order.get(b.device) ?? 0),
  )
  for (const { device, point } of sorted.slice(0, limit)) series[order.get(device) ?? -1]?.points.push(point)
  return { level, ...(everyMs !== undefined && { everyMs }), truncated: points.length > limit, series }
}
