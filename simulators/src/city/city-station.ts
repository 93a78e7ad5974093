import { APPLIANCE_KINDS, type ApplianceKind, type DeviceRecord } from '@harbor/protocol'
import { type DeviceReading, isNews, isSwitched } from '../devices/device-reading.ts'
import { roleOf } from '../devices/roles.ts'
import type { StationFaults } from '../faults/faults.ts'
import { firstCounts } from '../meters.ts'
import { type StationPlan, createLivedInStation, stepStation } from '../physics/station.ts'
import { createRandom, uniform } from '../random.ts'
import { type StationCourse, isWithin, passage } from './city-plan.ts'
import { type MetricValues, meterValues } from './meter-values.ts'

/** One thing that reaches the server; times in ms since 1970. */
export type CityLine =
  /** A device's word: when it was said, and when it arrived. */
  | { t: number; a: number; d: string; v: MetricValues }
  /** The gateway is there, or is said to be gone. */
  | { a: number; gateway: string; online: boolean }

export interface CityStation {
  plan: StationPlan
  gateway: string
  devices: readonly DeviceRecord[]
  course: StationCourse
  fromMs: number
  toMs: number
  /** How far apart the moments are at which the station is reckoned. */
  stepS: number
}

/** Devices in real time: at the latest a minute after their last word, and no sooner than this. */
const LEAST_MS = 10_000
const MOST_MS = 60_000
/** A broker tells a client's last will after one and a half keep-alives of 60 s. */
const WILL_AFTER_MS = 90_000
/** Zigbee2MQTT calls a mains-powered device gone after ten minutes. */
const ZIGBEE_GONE_MS = 600_000
/** A gateway and its radios need so long to come back with the mains. */
const BOOT_MS = 90_000
/** Share of the usual visits on a quiet day. */
const HOLIDAY_SHARE = 0.15

/** Lives through a station's time and gives what reaches the server, in the order of arrival. */
export function* liveThrough(station: CityStation): Generator<CityLine> {
  const { plan, course, fromMs, toMs, stepS, gateway } = station
  const random = createRandom(`${plan.seed} ${plan.id} life`)
  const told = new Map<string, { reading: DeviceReading; atMs: number; dueMs: number }>()
  const speakers = station.devices.map(device => ({ device, role: roleOf(device) }))
  const way = createWay(course)
  let state = createLivedInStation(plan, { atMs: fromMs, random }, firstCounts(`${plan.seed} ${plan.id} meters`))
  const usualVisits = state.visitsPerDay
  let isOnline: boolean | undefined
  for (let atMs = fromMs; atMs < toMs; atMs += stepS * 1_000) {
    const isCut = isWithin(course.cuts, atMs)
    const { faults, relays } = brokenAt(course, atMs, isCut)
    const visitsPerDay = usualVisits * (isWithin(course.holidays, atMs) ? HOLIDAY_SHARE : 1)
    state = stepStation(plan, { ...state, visitsPerDay }, { atMs, faults, relays, step: { dtS: stepS, random } })
    yield* way.arrived(atMs)
    const wasOnline = isOnline
    isOnline = way.isOnline(atMs)
    if (isOnline !== wasOnline) yield { a: atMs, gateway, online: isOnline }
    for (const { device, role } of speakers) {
      if (!way.isAwake(atMs, isOnMains(device))) {
        const last = told.get(device.id)
        // Its gateway says that it is gone, if that is there itself.
        if (last === undefined || atMs < last.atMs + goneAfterMs(device) || !way.isAwake(atMs, false)) continue
        told.delete(device.id)
        yield* way.send({ t: atMs, a: atMs + 500, d: device.id, v: { online: 0 } })
        continue
      }
      const reading = role.sense(state)
      const last = told.get(device.id)
      const isDue = last === undefined || atMs >= last.dueMs || isSwitched(last.reading, reading)
      const mayTell = last !== undefined && atMs - last.atMs >= Math.max(role.cadence.leastMs, LEAST_MS / 5)
      if (!isDue && !(mayTell && isNews(last.reading, reading))) continue
      told.set(device.id, { reading, atMs, dueMs: atMs + uniform(random, 0.8, 1) * MOST_MS })
      const { isLost, delayMs } = passage(random)
      if (isLost) continue
      const line = { t: atMs, a: atMs + delayMs, d: device.id, v: meterValues(reading, device.vendor, random) }
      yield* way.send(line)
    }
  }
}

/** What the line between a station and the server does to what is said. */
function createWay({ cuts, hasUps, reboots, outages }: StationCourse) {
  /** Not there yet, the first to arrive first. */
  const waiting: Extract<CityLine, { t: number }>[] = []
  const isDown = (atMs: number) =>
    isWithin(reboots, atMs) || (!hasUps && cuts.some(cut => atMs >= cut.fromMs && atMs < cut.toMs + BOOT_MS))
  const insert = (line: Extract<CityLine, { t: number }>) => {
    let at = waiting.length
    while (at > 0 && (waiting[at - 1]?.a ?? 0) > line.a) at -= 1
    waiting.splice(at, 0, line)
  }
  return {
    /** As the server comes to know it. */
    isOnline: (atMs: number) =>
      !(isDown(atMs) && isDown(atMs - WILL_AFTER_MS)) &&
      !(isWithin(outages, atMs) && isWithin(outages, atMs - WILL_AFTER_MS)),
    isAwake: (atMs: number, onMains: boolean) => !isDown(atMs) && !(onMains && isWithin(cuts, atMs)),
    *send(line: Extract<CityLine, { t: number }>): Generator<CityLine> {
      const outage = outages.find(({ fromMs, toMs }) => line.a >= fromMs && line.a < toMs)
      if (outage !== undefined) insert({ ...line, a: outage.toMs + 1_000 })
      else if (line.a - line.t > 1_000) insert(line)
      else yield line
    },
    *arrived(atMs: number): Generator<CityLine> {
      while (waiting[0] !== undefined && waiting[0].a <= atMs) yield waiting.shift() as CityLine
    },
  }
}

function goneAfterMs({ vendor }: DeviceRecord): number {
  return vendor === 'zigbee2mqtt' ? ZIGBEE_GONE_MS : WILL_AFTER_MS
}

/** A coin cell keeps what is Zigbee and no plug; all else lives on the mains. */
function isOnMains(device: DeviceRecord): boolean {
  return device.vendor !== 'zigbee2mqtt' || roleOf(device).hasBattery !== true
}

function brokenAt({ fault }: StationCourse, atMs: number, isCut: boolean) {
  const isBroken = fault !== undefined && atMs >= fault.fromMs
  const faults = (isBroken ? { [fault.kind]: fault.fault } : {}) as StationFaults
  const isOn = (kind: ApplianceKind) => !isCut && faults[kind] !== 'plug-off'
  const relays = Object.fromEntries(APPLIANCE_KINDS.map(kind => [kind, isOn(kind)])) as Record<ApplianceKind, boolean>
  return { faults, relays }
}
