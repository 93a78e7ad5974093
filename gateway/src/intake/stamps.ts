import { MAX_FUTURE_MS, type Metric, type Reading } from '@harbor/protocol'

/**
 * Gives each reading a time of its own: (device, metric, time) is a reading's identity, and devices date to the second.
 * A second, different value at the same time takes the next free millisecond; the same value at the same time is the same
 * reading said twice. Its memory is one entry per configured device and metric, and is kept with the readings: after a
 * restart the next reading must not take the identity of one already sent.
 */
export interface Stamps {
  /** The reading to keep, or undefined when it was already said. `nowMs` is the arrival. */
  stamp: (reading: Reading, nowMs: number) => Reading | undefined
}

/** `last`: the newest kept reading of each device and metric. */
export function createStamps(last: Iterable<Reading>): Stamps {
  const newest = new Map<string, Reading>()
  for (const reading of last) newest.set(key(reading.device, reading.metric), reading)
  return {
    stamp: (reading, nowMs) => {
      const known = newest.get(key(reading.device, reading.metric))
      // A time far ahead was given by a clock that was wrong: to count on from it would date every later reading wrong.
      const before = known === undefined || known.timeMs > nowMs + MAX_FUTURE_MS ? undefined : known
      if (before !== undefined && reading.timeMs === before.timeMs && reading.value === before.value) return undefined
      const timeMs = before === undefined ? reading.timeMs : Math.max(reading.timeMs, before.timeMs + 1)
      const stamped = timeMs === reading.timeMs ? reading : { ...reading, timeMs }
      newest.set(key(reading.device, reading.metric), stamped)
      return stamped
    },
  }
}

function key(device: string, metric: Metric): string {
  return `${device}:${metric}`
}
