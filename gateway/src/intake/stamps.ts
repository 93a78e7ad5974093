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
  /** What was stamped since the last of these two is durable. */
  settle: () => void
  /** It was not kept after all: as if it had never been stamped. */
  undo: () => void
}

/** `kept`: the newest kept reading of each device and metric. */
export function createStamps(kept: Iterable<Reading>): Stamps {
  const newest = new Map<string, Reading>()
  for (const reading of kept) newest.set(key(reading.device, reading.metric), reading)
  // What was known before the readings that are not settled yet.
  const before = new Map<string, Reading | undefined>()
  return {
    stamp: (reading, nowMs) => {
      const known = newest.get(key(reading.device, reading.metric))
      // A time far ahead was given by a clock that was wrong: to count on from it would date every later reading wrong.
      const last = known === undefined || known.timeMs > nowMs + MAX_FUTURE_MS ? undefined : known
      if (last !== undefined && reading.timeMs === last.timeMs && reading.value === last.value) return undefined
      const timeMs = last === undefined ? reading.timeMs : Math.max(reading.timeMs, last.timeMs + 1)
      const stamped = timeMs === reading.timeMs ? reading : { ...reading, timeMs }
      const slot = key(reading.device, reading.metric)
      if (!before.has(slot)) before.set(slot, known)
      newest.set(slot, stamped)
      return stamped
    },
    settle: () => before.clear(),
    undo: () => {
      for (const [slot, reading] of before) {
        if (reading === undefined) newest.delete(slot)
        else newest.set(slot, reading)
      }
      before.clear()
    },
  }
}

function key(device: string, metric: Metric): string {
  return `${device}:${metric}`
}
