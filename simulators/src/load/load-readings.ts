import type { Metric, Reading } from '@harbor/protocol'
import { LOAD_DEVICES, loadDevice } from './load-fleet.ts'

/** Readings of one moment of a station: what six devices say once. */
export const READINGS_PER_MOMENT = 20

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000
/** From when on energy is counted, so that counters are of a size that plugs show: 2026-01-01. */
const METERS_FROM_MS = Date.UTC(2026, 0, 1)

/** A plug's appliance: it draws `onW` for `onMin` of every `cycleMin` minutes, else `restW`. */
interface Cycle {
  onW: number
  restW: number
  onMin: number
  cycleMin: number
}

/** Chosen so that nothing is wrong: usual runs of appliances that work. */
const CYCLES: Readonly<Record<'fridge-plug' | 'ac-plug' | 'microwave-plug', Cycle>> = {
  'fridge-plug': { onW: 95, restW: 1.4, onMin: 18, cycleMin: 45 },
  'ac-plug': { onW: 900, restW: 40, onMin: 8, cycleMin: 20 },
  'microwave-plug': { onW: 1_150, restW: 1.8, onMin: 3, cycleMin: 60 },
}

/**
 * What the devices of gateway `n` say at one moment: 20 readings, with values as meters show them, of appliances that work.
 * A pure function of the number and the time, so that a pack that has to be sent again is made again, not kept.
 */
export function loadReadings(n: number, timeMs: number): Reading[] {
  const readings: Reading[] = []
  for (const name of LOAD_DEVICES) {
    const device = loadDevice(n, name)
    const add = (metric: Metric, value: number) => readings.push({ device, metric, timeMs, value })
    // One device's noise at one time is another's at no time.
    const noise = (salt: number) => noiseOf(n * 31 + salt, timeMs)
    switch (name) {
      case 'fridge-plug':
      case 'ac-plug':
      case 'microwave-plug':
        addPlug(add, { cycle: CYCLES[name], n, timeMs, noise })
        break
      case 'fridge-temp':
        add('temperature', tenth(4 + Math.sin(timeMs / (7 * MINUTE_MS) + n) + noise(21) * 0.2))
        add('battery', 60 + (n % 40))
        break
      case 'room':
        add('temperature', tenth(24 + Math.sin(timeMs / HOUR_MS + n) + noise(22) * 0.3))
        add('humidity', tenth(55 + 6 * Math.sin(timeMs / HOUR_MS + n / 2) + noise(23)))
        break
      case 'people':
        add('people', Math.floor(noiseOf(n, Math.floor(timeMs / (10 * MINUTE_MS))) * 3 + 3))
        break
    }
  }
  return readings
}

interface PlugMoment {
  cycle: Cycle
  n: number
  timeMs: number
  noise: (salt: number) => number
}

function addPlug(add: (metric: Metric, value: number) => void, { cycle, n, timeMs, noise }: PlugMoment): void {
  const { onW, restW, onMin, cycleMin } = cycle
  // Stations run out of step with each other.
  const minute = (timeMs / MINUTE_MS + n * 7) % cycleMin
  const power = tenth((minute < onMin ? onW : restW) * (1 + 0.02 * noise(onW)))
  const voltage = tenth(229 + 3 * noise(onW + 1))
  const meanW = (onW * onMin + restW * (cycleMin - onMin)) / cycleMin
  add('power', power)
  add('voltage', voltage)
  add('current', Math.round((power / voltage) * 1_000) / 1_000)
  add('energy', tenth((meanW * (timeMs - METERS_FROM_MS)) / HOUR_MS))
  add('rssi', -50 - (n % 25))
}

const tenth = (value: number) => Math.round(value * 10) / 10

/** Between -1 and 1, the same for the same numbers (a 32-bit finalizer). */
function noiseOf(salt: number, timeMs: number): number {
  let mixed = (Math.imul(salt | 0, 0x9e3779b1) ^ Math.floor(timeMs / 100)) >>> 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 31 - 1
}
