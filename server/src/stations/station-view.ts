import type { ApplianceRecord, Metric, StationDetail, Reading, StationRecord, StationView } from '@harbor/protocol'
import { METRICS } from '@harbor/protocol'
import { type Heard, type StationDevice, summarise } from './heard.ts'
import { heatBand } from './heat.ts'
import { runsNow } from './running.ts'
import type { PostedHours } from './opening.ts'
import { type SensorSource, openingNow } from './opening-now.ts'
import type { SignsOfLife } from './signs.ts'
import type { HoursChangeSource, ImpressionSource, PromiseSource, Said, SaidSource } from './sources.ts'
import { spaceState } from './space.ts'

/** What somebody said is not told when it is older (protocol, saidSchema). */
export const MAX_SAID_AGE_MS = 3 * 3_600_000

/** A station as the registry holds it. The registry's station entry has this shape. */
export interface StationParts {
  record: StationRecord
  districtNameZh: string
  districtNameEn: string
  /** Why it is closed until further notice; absent: it is not, or nobody said. */
  suspendedFor?: string
  appliances: readonly ApplianceRecord[]
  devices: readonly StationDevice[]
}

/** What was heard, found and said of all stations; asked only for the devices and appliances of the station in hand. */
export interface Observed {
  posted: PostedHours
  /** The newest reading of each metric of a device; empty when nothing was ever heard of it. */
  latestOf: (device: string) => ReadonlyMap<Metric, Reading>
  /** When the station's sensors last showed somebody. */
  signsOf: (station: string) => SignsOfLife
  /** Whether an alert of this appliance stands: raised or acknowledged, not resolved. */
  isFaulty: (appliance: string) => boolean
  /** Whether a station is closed until further notice, whatever its hours say. */
  isClosed: (station: string) => boolean
  changes: HoursChangeSource
  said: SaidSource
  promises: PromiseSource
  impressions: ImpressionSource
}

/** The moment that is asked about. */
export interface ViewTime {
  atMs: number
  /** IANA zone of the stations' clocks. */
  timeZone: string
}

/** A station as the public sees it, and when the passing of time alone makes it another. */
export interface StationNow {
  view: StationView
  /** Of its opening only: when a sign is no longer believed, or a word. */
  openingDueAtMs: number
}

/** A station as the public sees it at `atMs`. Its cost is that of its own devices, however large the fleet is. */
export function stationNow(parts: StationParts, observed: Observed, { atMs, timeZone }: ViewTime): StationNow {
  const { record, districtNameZh, districtNameEn } = parts
  const heard = summarise(parts.devices, observed.latestOf, atMs)
  const said = observed.said.signsOf(record.id)
  const { opening, dueAtMs } = openingOf(parts, observed, { heard, said, atMs, timeZone })
  const { insideTemperature, insideHumidity } = heard
  const view: StationView = {
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
    opening,
    space: withArrivals(
      spaceState({
        people: heard.people?.value,
        countedAtMs: heard.people?.timeMs,
        capacity: record.capacity,
        atMs,
      }),
      observed.impressions.arrivedAt?.(record.id, atMs),
    ),
    ...(insideTemperature !== undefined && {
      insideTemperatureC: insideTemperature.value,
      insideMeasuredAt: instant(insideTemperature.timeMs),
    }),
    ...(insideTemperature !== undefined &&
      insideHumidity !== undefined && { heat: heatBand(insideTemperature.value, insideHumidity.value) }),
    hasSensors: heard.isWatched || parts.devices.some(({ appliance }) => appliance !== undefined),
    said: newestOfEach(said.filter(({ at }) => atMs - Date.parse(at) <= MAX_SAID_AGE_MS)),
    appliances: parts.appliances.map(appliance => applianceView(appliance, heard, observed)),
    ...(heard.heardAtMs !== undefined && { heardAt: instant(heard.heardAtMs) }),
  }
  return { view, openingDueAtMs: dueAtMs }
}

/** Check-ins stand in where nobody counts: that somebody came, not how many are there. */
function withArrivals(
  space: StationView['space'],
  arrived: { count: number; sinceMs: number } | undefined,
): StationView['space'] {
  if (arrived === undefined || space.people !== undefined) return space
  return { ...space, arrived: { count: arrived.count, since: instant(arrived.sinceMs) } }
}

/** The first part of `stationNow`. */
export function stationView(parts: StationParts, observed: Observed, time: ViewTime): StationView {
  return stationNow(parts, observed, time).view
}

/** A station with the newest values of all its devices, in the order of the devices and their metrics' names. */
export function stationDetail(parts: StationParts, observed: Observed, time: ViewTime): StationDetail {
  const readings = parts.devices.flatMap(({ id, appliance }) =>
    [...observed.latestOf(id).values()]
      .sort((a, b) => (a.metric < b.metric ? -1 : 1))
      .map(reading => latestReading(reading, appliance)),
  )
  const { record } = parts
  const plan = observed.posted.plan({ ...hoursOf(parts, observed), ...time })
  const rating = observed.impressions.ratingOf(record.id)
  const thanks = observed.impressions.thanksOf?.(record.id)
  const notices = observed.impressions.noticesOf?.(record.id) ?? []
  return {
    ...stationView(parts, observed, time),
    readings,
    ...(plan !== undefined && { plan }),
    ...(record.hostKind !== undefined && { hostKind: record.hostKind }),
    ...(record.phone !== undefined && { phone: record.phone }),
    ...(record.hintZh !== undefined && { hintZh: record.hintZh }),
    ...(record.hintEn !== undefined && { hintEn: record.hintEn }),
    ...(parts.suspendedFor !== undefined && { closedFor: parts.suspendedFor }),
    photos: observed.impressions.photosOf(record.id),
    ...(rating !== undefined && { rating }),
    ...(notices.length > 0 && { notices: [...notices] }),
    ...(thanks !== undefined && { thanks }),
  }
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

function applianceView(
  { id, kind, model }: ApplianceRecord,
  { appliances }: Heard,
  { isFaulty, promises }: Observed,
): StationView['appliances'][number] {
  const heard = appliances.get(id)
  const present = heard?.present === true ? 'working' : 'unknown'
  // A person's word that was checked counts as much as a sensor's: no plug sees a door that does not shut.
  const faulty = isFaulty(id) || promises.isInRepair?.(id) === true
  const backAtMs = faulty ? promises.promisedAt(id) : undefined
  return {
    id,
    kind,
    ...(model !== undefined && { model }),
    state: faulty ? 'faulty' : present,
    ...(heard?.power !== undefined && { running: runsNow(kind, heard.power.value) }),
    ...(backAtMs !== undefined && { backAt: instant(backAtMs) }),
    ...(heard !== undefined && { heardAt: instant(heard.heardAtMs) }),
  }
}

function hoursOf({ record }: StationParts, { changes }: Observed) {
  return { hours: record.hours, overrides: changes.of(record.id, record.district) }
}

function openingOf(
  parts: StationParts,
  observed: Observed,
  now: ViewTime & { heard: Heard; said: readonly Said[] },
): { opening: StationView['opening']; dueAtMs: number } {
  const { atMs, timeZone, heard, said } = now
  const { id } = parts.record
  if (observed.isClosed(id))
    return { opening: { state: 'closed', special: 'closure' }, dueAtMs: Number.POSITIVE_INFINITY }
  const posted = observed.posted.openingState({ ...hoursOf(parts, observed), atMs, timeZone })
  const { door, people, presence, appliance, watchedSinceMs = atMs } = observed.signsOf(id)
  const seen: [SensorSource, number | undefined][] = [
    ['door', heard.openDoorMs ?? door],
    ['people', people],
    ['presence', presence],
    ['appliance', appliance],
  ]
  const sensors = seen.flatMap(([source, seenMs]) =>
    // A clock that is ahead a little speaks of the present.
    seenMs === undefined ? [] : [{ source, atMs: Math.min(seenMs, atMs) }],
  )
  const evidence = { isWatched: heard.isWatched, watchedSinceMs, sensors, said }
  return openingNow(posted, evidence, atMs)
}

/** The newest of each kind, by whomever (protocol, stationViewSchema). */
function newestOfEach(said: readonly Said[]): Said[] {
  const newest = new Map<Said['says'], Said>()
  for (const word of said) {
    const known = newest.get(word.says)
    if (known === undefined || known.at < word.at) newest.set(word.says, word)
  }
  return [...newest.values()]
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}
