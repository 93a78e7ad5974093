import type { DeviceRecord, Metric, Reading } from '@harbor/protocol'
import { watchesPeople } from './signs.ts'

/** A reading or a device's last word is not taken for the present when it is older than this (protocol, api.ts). */
export const MAX_HEARD_AGE_MS = 10 * 60_000
/**
 * A contact that says "open" is believed while anything is heard of it within this: those on batteries speak at least every
 * hour, LoRaWAN ones often once in several (chosen).
 */
const DOOR_HEARD_WITHIN_MS = 4 * 3_600_000

/** A device's id and the appliance it is on; absent: it watches the station itself. */
export type StationDevice = Pick<DeviceRecord, 'id' | 'appliance'>

/** What was heard of a station's devices. */
export interface Heard {
  /** Newest count of a device that is on no appliance, however old. */
  people: Reading | undefined
  /** Newest room temperature and humidity that are not too old. */
  insideTemperature: Reading | undefined
  insideHumidity: Reading | undefined
  /** Some device would show somebody who opens or comes in. */
  isWatched: boolean
  /** When a door contact last said that it is open, if it still does and is heard. */
  openDoorMs: number | undefined
  /** When anything of the station was heard last. */
  heardAtMs: number | undefined
  /** By appliance. */
  appliances: Map<string, ApplianceHeard>
}

/** What was heard of the devices on one appliance. */
export interface ApplianceHeard {
  /** When any of its devices was heard last. */
  heardAtMs: number
  /** Whether one of its devices was heard recently and is not said to be gone. */
  present: boolean
  /** Newest power that is not too old. */
  power: Reading | undefined
}

/** @param latestOf the newest reading of each metric of a device */
export function summarise(
  devices: readonly StationDevice[],
  latestOf: (device: string) => ReadonlyMap<Metric, Reading>,
  atMs: number,
): Heard {
  const heard: Heard = {
    people: undefined,
    insideTemperature: undefined,
    insideHumidity: undefined,
    isWatched: false,
    openDoorMs: undefined,
    heardAtMs: undefined,
    appliances: new Map(),
  }
  for (const { id, appliance } of devices) {
    const readings = latestOf(id)
    const heardAtMs = lastHeardMs(readings)
    if (heardAtMs === undefined) continue
    heard.heardAtMs = Math.max(heard.heardAtMs ?? heardAtMs, heardAtMs)
    if (appliance === undefined) {
      heard.people = newer(heard.people, readings.get('people'))
      heard.insideTemperature = newer(heard.insideTemperature, recent(readings.get('temperature'), atMs))
      heard.insideHumidity = newer(heard.insideHumidity, recent(readings.get('humidity'), atMs))
      heard.isWatched ||= watchesPeople(readings)
      if (readings.get('door')?.value === 1 && atMs - heardAtMs <= DOOR_HEARD_WITHIN_MS && !isGone(readings))
        heard.openDoorMs = Math.max(heard.openDoorMs ?? heardAtMs, heardAtMs)
      continue
    }
    const known = heard.appliances.get(appliance)
    heard.appliances.set(appliance, {
      heardAtMs: Math.max(known?.heardAtMs ?? heardAtMs, heardAtMs),
      present: known?.present === true || (isRecent(heardAtMs, atMs) && !isGone(readings)),
      power: newer(known?.power, isGone(readings) ? undefined : recent(readings.get('power'), atMs)),
    })
  }
  return heard
}

/** A last will is the broker's word on the device, not the device's own: it does not count as heard. */
function lastHeardMs(readings: ReadonlyMap<Metric, Reading>): number | undefined {
  let lastMs: number | undefined
  for (const { metric, value, timeMs } of readings.values()) {
    if (metric === 'online' && value === 0) continue
    if (lastMs === undefined || timeMs > lastMs) lastMs = timeMs
  }
  return lastMs
}

function isGone(readings: ReadonlyMap<Metric, Reading>): boolean {
  return readings.get('online')?.value === 0
}

function isRecent(timeMs: number, atMs: number): boolean {
  return atMs - timeMs <= MAX_HEARD_AGE_MS
}

function recent(reading: Reading | undefined, atMs: number): Reading | undefined {
  return reading !== undefined && isRecent(reading.timeMs, atMs) ? reading : undefined
}

function newer(a: Reading | undefined, b: Reading | undefined): Reading | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.timeMs > a.timeMs ? b : a
}
