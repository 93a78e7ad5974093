import type { ApplianceKind, Metric } from '@harbor/protocol'
import type { Directory } from '../registry/directory.ts'
import { MICROWAVE_HEATS_W, type SignsOfLife, WATCH_METRICS, noteCooler } from '../stations/signs.ts'
import type { DeviceSeries, TelemetryStore } from '../telemetry/telemetry-store.ts'
import type { LatestValues } from './latest-values.ts'
import type { SignBook } from './sign-book.ts'

/** No sign is believed for longer (stations/opening-now.ts). */
const LOOK_BACK_MS = 24 * 3_600_000
/** A sign is placed at the start of its window: a quarter of an hour too old at most, and never too new. */
const WINDOW_MS = 15 * 60_000
/** Devices a question. */
const AT_ONCE = 400

/** Where past readings are. */
export type PastReadings = Pick<TelemetryStore, 'series'>

export interface PastSignsInput {
  store: PastReadings
  directory: Directory
  values: LatestValues
  signs: SignBook
  toMs: number
}

/** Gives each station of which something was found, perhaps more than once. @throws what the store throws. */
export async function* loadPastSigns(input: PastSignsInput): AsyncGenerator<string> {
  const { directory, signs } = input
  for (const metric of [...WATCH_METRICS, 'power'] as const) {
    const devices = devicesWith(metric, input)
    for (let from = 0; from < devices.length; from += AT_ONCE) {
      for (const series of await readWindows(devices.slice(from, from + AT_ONCE), metric, input)) {
        const station = directory.devices.get(series.device)?.station
        const appliance = directory.devices.get(series.device)?.record.appliance
        const past = pastSigns(metric, series.points, kindOf(appliance, directory))
        if (station === undefined || past === undefined) continue
        signs.addPast(station, past)
        yield station
      }
    }
  }
}

/** Only devices that ever said it, and of power only what is switched on by people. */
function devicesWith(metric: Metric, { directory, values }: PastSignsInput): string[] {
  const found: string[] = []
  for (const [id, { record }] of directory.devices) {
    const { appliance } = record
    const kind = kindOf(appliance, directory)
    const isIts = metric === 'power' ? kind === 'microwave' || kind === 'air_conditioner' : appliance === undefined
    if (isIts && values.of(id).has(metric)) found.push(id)
  }
  return found
}

function kindOf(appliance: string | undefined, { appliances }: Directory) {
  return appliance === undefined ? undefined : appliances.get(appliance)?.kind
}

async function readWindows(
  devices: readonly string[],
  metric: Metric,
  { store, toMs }: PastSignsInput,
): Promise<DeviceSeries[]> {
  const limit = devices.length * (LOOK_BACK_MS / WINDOW_MS + 1)
  const span = { fromMs: toMs - LOOK_BACK_MS, toMs, everyMs: WINDOW_MS, limit }
  return (await store.series({ devices, metric, ...span })).series
}

/**
 * What the windows `[startMs, mean, min, max, count]` of one device show; undefined: it was silent.
 *
 * @param kind of the appliance that the device is on; of power a microwave's is meant where it is not given
 */
export function pastSigns(
  metric: Metric,
  windows: readonly (readonly number[])[],
  kind?: ApplianceKind,
): SignsOfLife | undefined {
  const [first] = windows
  if (first === undefined) return undefined
  let seenMs: number | undefined
  let highest: number | undefined
  const cooler = {}
  for (const [startMs = 0, , min = 0, max = 0] of windows) {
    const isSeen =
      kind === 'air_conditioner' ? noteCooler(cooler, startMs, max) : showsLife(metric, { min, max, before: highest })
    if (isSeen) seenMs = startMs
    highest = max
  }
  if (metric === 'power') return seenMs === undefined ? undefined : { appliance: seenMs }
  const watched: SignsOfLife = { watchedSinceMs: first[0] ?? 0 }
  if (seenMs === undefined) return watched
  if (metric === 'door') return { ...watched, door: seenMs }
  if (metric === 'occupancy') return { ...watched, presence: seenMs }
  return { ...watched, people: seenMs, ...(metric === 'people' && { countMovedMs: seenMs }) }
}

function showsLife(metric: Metric, window: { min: number; max: number; before: number | undefined }): boolean {
  const { min, max, before } = window
  switch (metric) {
    case 'door':
    case 'occupancy':
      return max === 1
    case 'power':
      return max >= MICROWAVE_HEATS_W
    case 'people':
      return max !== min || max !== (before ?? 0)
    default:
      return max > min || (before !== undefined && max > before)
  }
}
