import type { EnergyReport, Person } from '@harbor/protocol'
import { sql } from 'kysely'
import { steps } from '../assets/energy.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import { DAY_MS, HOUR_MS } from './local-day.ts'
import { LONGEST_HOURS, USUAL_DAYS, savedBy, savingTold } from './saving.ts'
import { stationsWithin } from './scope-of-sums.ts'

/** Logins of programs begin so; everybody else is a person. */
const SERVICE_LIKE = 'service:%'
/** Commands of one answer that are reckoned, the newest first; all are counted. */
const MAX_RECKONED = 500
const MAX_POINTS = 200_000

export interface AutomatedDeps {
  db: RegistryDb
  store: Pick<TelemetryStore, 'series'>
}

/** What programs saved by switching off, of the stations that the person may see. @throws what the store throws. */
export async function savingOf(
  { db, store }: AutomatedDeps,
  person: Person,
  { region, fromMs, toMs }: { region: string | undefined; fromMs: number; toMs: number },
): Promise<EnergyReport['saving']> {
  const commands = await db
    .selectFrom('command')
    .innerJoin('station', 'station.id', 'command.station')
    .select(['command.device', 'command.requested_at_ms as at'])
    .where('requested_by', 'like', SERVICE_LIKE)
    .where('command.action', '=', 'relay-off')
    .where('command.state', '=', 'done')
    .where('requested_at_ms', '>=', fromMs)
    .where('requested_at_ms', '<', toMs)
    .where(
      stationsWithin(person, region, {
        district: 'command.district',
        street: 'station.street',
        station: 'command.station',
      }),
    )
    .orderBy('requested_at_ms', 'desc')
    .execute()
  const reckoned = commands.slice(0, MAX_RECKONED)
  const saved: (number | undefined)[] = []
  for (const [device, own] of Map.groupBy(reckoned, one => one.device)) {
    const switched = await db
      .selectFrom('command')
      .select('requested_at_ms as at')
      .where('device', '=', device)
      .where('action', 'in', ['relay-on', 'relay-off'])
      .where('state', '=', 'done')
      .where('requested_at_ms', '>=', Math.min(...own.map(({ at }) => Number(at))))
      .where('requested_at_ms', '<', sql<number>`${toMs + LONGEST_HOURS * HOUR_MS}`)
      .orderBy('requested_at_ms')
      .execute()
    const hours = await hoursOf(store, device, { fromMs: fromMs - (USUAL_DAYS + 1) * DAY_MS, toMs })
    for (const { at } of own)
      saved.push(
        savedBy(
          {
            atMs: Number(at),
            nextMs: switched.map(one => Number(one.at)).find(next => next > Number(at)),
            kWhAt: hourMs => hours.get(hourMs),
          },
          toMs,
        ),
      )
  }
  return savingTold(commands.length, saved)
}

/** What a plug's meter counted in each whole hour. */
async function hoursOf(
  store: Pick<TelemetryStore, 'series'>,
  device: string,
  span: { fromMs: number; toMs: number },
): Promise<Map<number, number>> {
  const fromMs = Math.floor(span.fromMs / HOUR_MS) * HOUR_MS
  const { series } = await store.series({
    devices: [device],
    metric: 'energy',
    fromMs,
    toMs: span.toMs,
    everyMs: HOUR_MS,
    limit: MAX_POINTS,
  })
  const hours = new Map<number, number>()
  for (const { points } of series) for (const { startMs, rise } of steps(points)) hours.set(startMs, rise / 1_000)
  return hours
}
