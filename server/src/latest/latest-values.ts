import type { Metric, Reading } from '@harbor/protocol'

/** The newest reading of each metric of each registered device: at most devices × metrics of them. */
export interface LatestValues {
  /** Takes a reading over if its device is registered and nothing as new is known; says whether it did. */
  take: (reading: Reading) => boolean
  /** The newest readings of a device, by metric. */
  of: (device: string) => ReadonlyMap<Metric, Reading>
}

const NOTHING: ReadonlyMap<Metric, Reading> = new Map()

export function createLatestValues(isRegistered: (device: string) => boolean): LatestValues {
  const byDevice = new Map<string, Map<Metric, Reading>>()
  return {
    take: reading => {
      if (!isRegistered(reading.device)) return false
      const byMetric = byDevice.get(reading.device) ?? new Map<Metric, Reading>()
      const known = byMetric.get(reading.metric)
      if (known !== undefined && known.timeMs >= reading.timeMs) return false
      byMetric.set(reading.metric, reading)
      byDevice.set(reading.device, byMetric)
      return true
    },
    of: device => byDevice.get(device) ?? NOTHING,
  }
}
