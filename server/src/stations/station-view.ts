import type {
  ApplianceRecord,
  DeviceRecord,
  Metric,
  StationDetail,
  Reading,
  StationRecord,
  StationView,
} from '@harbor/protocol'
import { METRICS } from '@harbor/protocol'
import { type Opening, openingState } from './opening.ts'
import { spaceState } from './space.ts'

/** A reading or a device's last word is not taken for the present when it is older than this (protocol, api.ts). */
export const MAX_HEARD_AGE_MS = 10 * 60_000

/** A station as the registry holds it. The registry's station entry has this shape. */
export interface StationParts {
  record: StationRecord
  districtNameZh: string
  districtNameEn: string
  appliances: readonly ApplianceRecord[]
  devices: readonly StationDevice[]
}

/** A device's id and the appliance it is on; absent: it watches the station itself. */
export type StationDevice = Pick<DeviceRecord, 'id' | 'appliance'>

/** What was heard and found of all stations; asked only for the devices and appliances of the station in hand. */
export interface Observed {
  /** The newest reading of each metric of a device; empty when nothing was ever heard of it. */
  latestOf: (device: string) => ReadonlyMap<Metric, Reading>
  /** Whether an alert of this appliance stands: raised or acknowledged, not resolved. */
  isFaulty: (appliance: string) => boolean
  /** Whether a station is closed until further notice, whatever its hours say. */
  isClosed: (station: string) => boolean
}

export interface ViewTime {
  atMs: number
  /** IANA zone of the stations' clocks. */
  timeZone: string
}

/** A station as the public sees it at `atMs`. Its cost is that of its own devices, however large the fleet is. */
export function stationView(parts: StationParts, observed: Observed, { atMs, timeZone }: ViewTime): StationView {
  const { record, districtNameZh, districtNameEn } = parts
  const heard = summarise(parts.devices, observed, atMs)
  return {
    id: record.id,
    district: record.district,
    districtNameZh,
    districtNameEn,
    nameZh: record.nameZh,
    nameEn: record.nameEn,
    ...(record.addressZh !== undefined && { addressZh: record.addressZh }),
    ...(record.addressEn !== undefined && { addressEn: record.addressEn }),
    latDeg: record.latDeg,
    lngDeg: record.lngDeg,
    ...(record.hours !== undefined && { hours: record.hours }),
    facilities: record.facilities,
    opening: observed.isClosed(record.id)
      ? { state: 'closed' }
      : openingView(openingState({ hours: record.hours, atMs, timeZone })),
    space: spaceState({
      people: heard.people?.value,
      countedAtMs: heard.people?.timeMs,
      capacity: record.capacity,
      atMs,
    }),
    ...(heard.inside !== undefined && {
      insideTemperatureC: heard.inside.value,
      insideMeasuredAt: instant(heard.inside.timeMs),
    }),
    hasSensors: parts.devices.length > 0,
    said: [],
    appliances: parts.appliances.map(appliance => applianceView(appliance, heard, observed.isFaulty(appliance.id))),
    ...(heard.heardAtMs !== undefined && { heardAt: instant(heard.heardAtMs) }),
  }
}

/** A station with the newest values of all its devices, in the order of the devices and their metrics' names. */
export function stationDetail(parts: StationParts, observed: Observed, time: ViewTime): StationDetail {
  const readings = parts.devices.flatMap(({ id, appliance }) =>
    [...observed.latestOf(id).values()]
      .sort((a, b) => (a.metric < b.metric ? -1 : 1))
      .map(reading => latestReading(reading, appliance)),
  )
  return { ...stationView(parts, observed, time), readings, photos: [] }
}

/** One newest value as the API shows it. */
export function latestReading(
  { device, metric, timeMs, value }: Reading,
  appliance: string | undefined,
): StationDetail['readings'][number] {
  const { unit } = METRICS[metric]
  return {
    device,
    ...(appliance !== undefined && { appliance }),
    metric,
    ...(unit !== undefined && { unit }),
    value,
    at: instant(timeMs),
  }
}

interface Heard {
  /** Newest count of a device that is on no appliance, however old. */
  people: Reading | undefined
  /** Newest room temperature that is not too old. */
  inside: Reading | undefined
  /** When anything of the station was heard last. */
  heardAtMs: number | undefined
  /** By appliance. */
  appliances: Map<string, ApplianceHeard>
}

interface ApplianceHeard {
  /** When any of its devices was heard last. */
  heardAtMs: number
  /** Whether one of its devices was heard recently and is not said to be gone. */
  present: boolean
}

function summarise(devices: readonly StationDevice[], { latestOf }: Observed, atMs: number): Heard {
  const heard: Heard = { people: undefined, inside: undefined, heardAtMs: undefined, appliances: new Map() }
  for (const { id, appliance } of devices) {
    const readings = latestOf(id)
    const heardAtMs = lastHeardMs(readings)
    if (heardAtMs === undefined) continue
    heard.heardAtMs = Math.max(heard.heardAtMs ?? heardAtMs, heardAtMs)
    if (appliance === undefined) {
      heard.people = newer(heard.people, readings.get('people'))
      const inside = readings.get('temperature')
      if (inside !== undefined && isRecent(inside.timeMs, atMs)) heard.inside = newer(heard.inside, inside)
      continue
    }
    const known = heard.appliances.get(appliance)
    heard.appliances.set(appliance, {
      heardAtMs: Math.max(known?.heardAtMs ?? heardAtMs, heardAtMs),
      present: known?.present === true || (isRecent(heardAtMs, atMs) && !isGone(readings)),
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

function newer(a: Reading | undefined, b: Reading | undefined): Reading | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.timeMs > a.timeMs ? b : a
}

function applianceView(
  { id, kind, model }: ApplianceRecord,
  { appliances }: Heard,
  faulty: boolean,
): StationView['appliances'][number] {
  const heard = appliances.get(id)
  const present = heard?.present === true ? 'working' : 'unknown'
  return {
    id,
    kind,
    ...(model !== undefined && { model }),
    state: faulty ? 'faulty' : present,
    ...(heard !== undefined && { heardAt: instant(heard.heardAtMs) }),
  }
}

function openingView({ state, changesAtMs }: Opening): StationView['opening'] {
  return changesAtMs === undefined ? { state } : { state, changesAt: instant(changesAtMs) }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
