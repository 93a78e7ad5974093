import type { EnergyReport, Person } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import { type AutomatedDeps, savingOf } from './automated.ts'
import type { DayHours } from './facts.ts'
import { type LocalDay, dayAt, hourAt, startOfDay } from './local-day.ts'
import { type Look, lookOf } from './scope-of-sums.ts'
import { type UsageDeps, type UsageQuery, periodOf, usageReport } from './usage-report.ts'
import { medianOf } from './write-days.ts'

/** What is usual on a weekday is read from so many of them, and known from two on (chosen). */
const WEEKS = 4
const FEWEST_WEEKS = 2

/** Something today, up to the last full hour, against the same weekday up to the same hour. */
export interface Today {
  at: string
  value: number
  usual: number | undefined
  /** Full hours of today that are in it. */
  hour: number
}

export type EnergyDeps = UsageDeps & AutomatedDeps

/** The energy of a period, of today, and what automation saved. @throws ApiProblem as `usageReport`. */
export async function energyReport(deps: EnergyDeps, person: Person, query: UsageQuery): Promise<EnergyReport> {
  const report = await usageReport(deps, person, query)
  const look = await lookOf(deps.db, person, query.region)
  const { fromDay, toDay } = periodOf(query)
  const today = (await todayOf(deps, look)).kWh
  return {
    report,
    ...(today !== undefined && {
      today: {
        at: today.at,
        kWh: today.value,
        hour: today.hour,
        ...(today.usual !== undefined && { usualKWh: today.usual }),
      },
    }),
    saving: await savingOf(deps, person, {
      region: query.region,
      fromMs: startOfDay(fromDay, deps.timeZone),
      toMs: Math.min(startOfDay(toDay + 1, deps.timeZone), deps.nowMs()),
    }),
  }
}

/** Energy and visits of today up to the last full hour; undefined: nothing is known of today yet. */
export async function todayOf(
  { db, nowMs, timeZone }: Pick<UsageDeps, 'db' | 'nowMs' | 'timeZone'>,
  look: Look,
): Promise<{ kWh: Today | undefined; visits: Today | undefined }> {
  const now = nowMs()
  const today = dayAt(now, timeZone)
  const hour = hourAt(now, timeZone)
  const days = await hoursOfDays(db, look, [
    today,
    ...Array.from({ length: WEEKS }, (_, week) => today - 7 * (week + 1)),
  ])
  const at = new Date(now).toISOString()
  const of = (key: 'kWh' | 'visits'): Today | undefined => {
    const upTo = (day: LocalDay) => sumUpTo(days.get(day)?.map(hours => hours[key]) ?? [], hour)
    const value = upTo(today)
    if (value === undefined) return undefined
    const past = Array.from({ length: WEEKS }, (_, week) => upTo(today - 7 * (week + 1))).filter(
      sum => sum !== undefined,
    )
    const round = (amount: number) => Math.round(amount * 100) / 100
    const usual = past.length < FEWEST_WEEKS ? undefined : round(medianOf(past))
    return { at, value: round(value), usual, hour }
  }
  return { kWh: of('kWh'), visits: of('visits') }
}

/** Undefined: nothing was heard in any of the hours. */
function sumUpTo(lists: readonly (readonly (number | null)[])[], hour: number): number | undefined {
  const known = lists.flatMap(list => list.slice(0, hour)).filter(amount => amount !== null)
  return known.length === 0 ? undefined : known.reduce((sum, amount) => sum + amount, 0)
}

async function hoursOfDays(
  db: RegistryDb,
  { kind, places }: Look,
  days: readonly LocalDay[],
): Promise<Map<LocalDay, DayHours[]>> {
  const rows = await db
    .selectFrom('usage_sum')
    .select(['start', 'hours'])
    .where('kind', '=', kind)
    .where('span', '=', 'day')
    .where('place', 'in', places.length === 0 ? [''] : [...places])
    .where('host_kind', '=', '*')
    .where('start', 'in', [...days])
    .execute()
  const found = new Map<LocalDay, DayHours[]>()
  for (const { start, hours } of rows)
    if (hours !== null) found.set(start, [...(found.get(start) ?? []), JSON.parse(hours) as DayHours])
  return found
}
