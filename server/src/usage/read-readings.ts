import type { ApplianceKind, Metric } from '@harbor/protocol'
import type { Directory, StationEntry } from '../registry/directory.ts'
import type { DeviceSeries, TelemetryStore } from '../telemetry/telemetry-store.ts'
import { DAY_MS, HOUR_MS, type LocalDay, MINUTE_MS, startOfDay } from './local-day.ts'
import { type Point, WINDOW_MS } from './people-facts.ts'
import type { DayReadings } from './station-day.ts'

/** Points of one answer. Where there are more, the devices are asked in halves; one device alone is then cut off, and coverage says so. */
const MAX_POINTS = 200_000

interface Read {
  metric: Metric
  everyMs: number
  beforeMs: number
}

/** What is read: in which windows (0: raw), and for how long before the day. */
const READ = {
  energy: { metric: 'energy', everyMs: WINDOW_MS, beforeMs: DAY_MS },
  microwaves: { metric: 'power', everyMs: MINUTE_MS, beforeMs: HOUR_MS },
  coolers: { metric: 'power', everyMs: WINDOW_MS, beforeMs: 2 * HOUR_MS },
  people: { metric: 'people', everyMs: 0, beforeMs: HOUR_MS },
  ins: { metric: 'people_in', everyMs: WINDOW_MS, beforeMs: DAY_MS },
  outs: { metric: 'people_out', everyMs: WINDOW_MS, beforeMs: DAY_MS },
  doors: { metric: 'door', everyMs: 0, beforeMs: DAY_MS },
  presence: { metric: 'occupancy', everyMs: 0, beforeMs: HOUR_MS },
} as const satisfies Readonly<Record<string, Read>>
type ReadName = keyof typeof READ

/** The readings of some stations on a day; nothing of another day's is kept. @throws what the store throws. */
export async function readDay(
  {
    store,
    appliances,
    timeZone,
  }: { store: Pick<TelemetryStore, 'series'>; appliances: Directory['appliances']; timeZone: string },
  stations: readonly StationEntry[],
  day: LocalDay,
): Promise<Map<string, DayReadings>> {
  const fromMs = startOfDay(day, timeZone)
  const toMs = startOfDay(day + 1, timeZone)
  const kindOf = (appliance: string | undefined) =>
    appliance === undefined ? undefined : appliances.get(appliance)?.kind
  const all = stations.flatMap(({ devices }) => devices)
  const devicesOf = (name: ReadName): string[] =>
    all
      .filter(({ appliance }) => {
        if (name === 'energy') return true
        const kind = kindOf(appliance)
        if (name === 'microwaves') return kind === 'microwave'
        if (name === 'coolers') return kind === 'air_conditioner'
        return appliance === undefined || (name === 'doors' && kind === 'fridge')
      })
      .map(({ id }) => id)
  const read = async (name: ReadName): Promise<Map<string, readonly Point[]>> => {
    const { metric, everyMs, beforeMs } = READ[name]
    const series = await readSeries(store, devicesOf(name), {
      metric,
      fromMs: fromMs - beforeMs,
      toMs,
      ...(everyMs > 0 && { everyMs }),
    })
    return new Map(series.map(({ device, points }) => [device, points]))
  }
  // One after the other: others ask the store too.
  const found = new Map<ReadName, Map<string, readonly Point[]>>()
  for (const name of Object.keys(READ) as ReadName[]) found.set(name, await read(name))
  const of = (name: ReadName, device: string) => found.get(name)?.get(device) ?? []
  return new Map(
    stations.map(({ record, devices }) => {
      const own = devices.filter(({ appliance }) => appliance === undefined).map(({ id }) => id)
      const on = (kind: ApplianceKind) =>
        devices.filter(({ appliance }) => kindOf(appliance) === kind).map(({ id }) => id)
      const heard = (name: ReadName, ids: readonly string[]) =>
        ids.map(id => of(name, id)).filter(points => points.length > 0)
      return [
        record.id,
        {
          meters: devices
            .map(({ id, appliance }) => ({ kind: kindOf(appliance), windows: of('energy', id) }))
            .filter(({ windows }) => windows.length > 0),
          microwaves: heard('microwaves', on('microwave')),
          coolers: heard('coolers', on('air_conditioner')),
          people: heard('people', own),
          ins: heard('ins', own),
          outs: heard('outs', own),
          doors: heard('doors', own),
          presence: heard('presence', own),
          fridgeDoors: heard('doors', on('fridge')),
        },
      ]
    }),
  )
}

async function readSeries(
  store: Pick<TelemetryStore, 'series'>,
  devices: readonly string[],
  span: { metric: Metric; fromMs: number; toMs: number; everyMs?: number },
): Promise<readonly DeviceSeries[]> {
  if (devices.length === 0) return []
  const { truncated, series } = await store.series({ devices, ...span, limit: MAX_POINTS })
  if (!truncated || devices.length === 1) return series
  const middle = Math.ceil(devices.length / 2)
  return [
    ...(await readSeries(store, devices.slice(0, middle), span)),
    ...(await readSeries(store, devices.slice(middle), span)),
  ]
}
