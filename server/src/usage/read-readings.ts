import type { ApplianceKind, Metric } from '@harbor/protocol'
import type { Directory, StationEntry } from '../registry/directory.ts'
import type { DeviceSeries, TelemetryStore } from '../telemetry/telemetry-store.ts'
import { DAY_MS, HOUR_MS, type LocalDay, MINUTE_MS, startOfDay } from './local-day.ts'
import { type Point, WINDOW_MS } from './people-facts.ts'
import type { DayReadings } from './station-day.ts'

/** Points of one answer. Where there are more, the devices are asked in halves; one device alone is then cut off, and coverage says so. */
const MAX_POINTS = 200_000

/** What is read of each metric: in which windows (0: raw), and for how long before the day. */
const READ = {
  energy: { everyMs: WINDOW_MS, beforeMs: DAY_MS },
  power: { everyMs: MINUTE_MS, beforeMs: HOUR_MS },
  people: { everyMs: 0, beforeMs: HOUR_MS },
  people_in: { everyMs: WINDOW_MS, beforeMs: DAY_MS },
  people_out: { everyMs: WINDOW_MS, beforeMs: DAY_MS },
  door: { everyMs: 0, beforeMs: DAY_MS },
  occupancy: { everyMs: 0, beforeMs: HOUR_MS },
} as const satisfies Partial<Record<Metric, { everyMs: number; beforeMs: number }>>
type ReadMetric = keyof typeof READ

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
  const devicesOf = (metric: ReadMetric): string[] =>
    all
      .filter(({ appliance }) => {
        if (metric === 'energy') return true
        const kind = kindOf(appliance)
        if (metric === 'power') return kind === 'microwave'
        return appliance === undefined || (metric === 'door' && kind === 'fridge')
      })
      .map(({ id }) => id)
  const read = async (metric: ReadMetric): Promise<Map<string, readonly Point[]>> => {
    const { everyMs, beforeMs } = READ[metric]
    const series = await readSeries(store, devicesOf(metric), {
      metric,
      fromMs: fromMs - beforeMs,
      toMs,
      ...(everyMs > 0 && { everyMs }),
    })
    return new Map(series.map(({ device, points }) => [device, points]))
  }
  // One after the other: others ask the store too.
  const found = new Map<ReadMetric, Map<string, readonly Point[]>>()
  for (const metric of Object.keys(READ) as ReadMetric[]) found.set(metric, await read(metric))
  const of = (metric: ReadMetric, device: string) => found.get(metric)?.get(device) ?? []
  return new Map(
    stations.map(({ record, devices }) => {
      const own = devices.filter(({ appliance }) => appliance === undefined).map(({ id }) => id)
      const on = (kind: ApplianceKind) =>
        devices.filter(({ appliance }) => kindOf(appliance) === kind).map(({ id }) => id)
      const heard = (metric: ReadMetric, ids: readonly string[]) =>
        ids.map(id => of(metric, id)).filter(points => points.length > 0)
      return [
        record.id,
        {
          meters: devices
            .map(({ id, appliance }) => ({ kind: kindOf(appliance), windows: of('energy', id) }))
            .filter(({ windows }) => windows.length > 0),
          microwaves: heard('power', on('microwave')),
          people: heard('people', own),
          ins: heard('people_in', own),
          outs: heard('people_out', own),
          doors: heard('door', own),
          presence: heard('occupancy', own),
          fridgeDoors: heard('door', on('fridge')),
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
