import type { DevicePoint } from './series-answer.ts'

/** Keeps the earliest points of many that come in no order, in memory for about twice as many as are wanted. */
export interface EarliestPoints {
  /** The point of a device and moment, made anew if it is not there; undefined when it is later than all that are wanted. */
  at: (device: string, timeMs: number, make: () => number[]) => number[] | undefined
  /** The same, but only what is there. */
  find: (device: string, timeMs: number) => number[] | undefined
  points: () => DevicePoint[]
}

/** @param wanted how many of all devices together. */
export function createEarliestPoints(wanted: number): EarliestPoints {
  const byDevice = new Map<string, Map<number, number[]>>()
  let size = 0
  let latestMs = Infinity

  function cut(): void {
    const timesMs = [...byDevice.values()].flatMap(points => [...points.keys()]).toSorted((a, b) => a - b)
    // All of the last moment stay: which of equal times are wanted is for whoever knows the devices' order.
    latestMs = timesMs[wanted - 1] ?? Infinity
    for (const points of byDevice.values())
      for (const timeMs of points.keys()) if (timeMs > latestMs && points.delete(timeMs)) size -= 1
  }

  return {
    at(device, timeMs, make) {
      if (timeMs > latestMs) return undefined
      const points = byDevice.get(device) ?? new Map<number, number[]>()
      byDevice.set(device, points)
      const known = points.get(timeMs)
      if (known !== undefined) return known
      const made = make()
      points.set(timeMs, made)
      size += 1
      if (size >= wanted * 2 + SPARE_POINTS) cut()
      return made
    },
    find: (device, timeMs) => byDevice.get(device)?.get(timeMs),
    points: () => [...byDevice].flatMap(([device, points]) => [...points.values()].map(point => ({ device, point }))),
  }
}

/** So that a small number of wanted points does not cut at every one. */
const SPARE_POINTS = 10_000
