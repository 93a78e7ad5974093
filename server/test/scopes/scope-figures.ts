import type { EnergyReport, OpeningTruthReport, Overview, UsageHeatMap, UsageReport } from '@harbor/protocol'
import type { RegistryDb } from '../../src/registry/open-registry.ts'
import { type DayHours, noFacts } from '../../src/usage/facts.ts'
import { dateOfDay, dayAt } from '../../src/usage/local-day.ts'
import { addUp } from '../../src/usage/sums.ts'
import { DISTRICTS, PLACES, STREETS, type ScopePlace, districtAt } from './scope-people.ts'
import { marked, staffOnly } from './scope-records.ts'

/** So many days before today have figures: enough for a judgement of a station. */
export const FIGURE_DAYS = 20
const ZONE = 'Asia/Shanghai'
/** What a place adds to a sum of a day: whichever places are in a sum, it tells which. */
export const WEIGHTS: Readonly<Record<ScopePlace, number>> = { a1: 1, a2: 10, b1: 100, b2: 1_000 }

/** What names no station: each answer's numbers, and what they are for somebody who sees some places. */
export function sumsSeenBy(places: readonly ScopePlace[], nowMs: number): readonly Sums[] {
  const today = dayAt(nowMs, ZONE)
  const period = `from=${dateOfDay(today - FIGURE_DAYS)}&to=${dateOfDay(today - 1)}`
  const ofDay = places.reduce((sum, place) => sum + WEIGHTS[place], 0)
  const all = FIGURE_DAYS * ofDay
  return [
    {
      path: `/api/v1/usage?${period}&by=none`,
      read: body => (body as UsageReport).total.figures.microwaveStarts?.value,
      is: all,
    },
    {
      path: `/api/v1/energy?${period}&by=none`,
      read: body => (body as EnergyReport).report.total.figures.fridgeKWh?.value,
      is: all,
    },
    {
      path: `/api/v1/opening-truth?${period}&by=none`,
      read: body => (body as OpeningTruthReport).total.openedLate,
      is: all,
    },
    {
      path: `/api/v1/usage/heat-map?${period}`,
      read: body => (body as UsageHeatMap).visits.map(hours => hours[0]),
      is: Array.from({ length: 7 }, () => ofDay),
    },
    {
      path: '/api/v1/overview',
      read: body => seenIn(body as Overview),
      is: Array.from({ length: 4 }, () => places.length),
    },
  ]
}

interface Sums {
  path: string
  read: (body: unknown) => unknown
  is: unknown
}

/** One station, one appliance, one alert and one order stand at each place. */
function seenIn({ counts, faults, orders }: Overview): number[] {
  return [counts.stations, counts.appliances, faults.underHour, orders.open]
}

/** Use, energy and opening of each place on each day, added up as the server does; each is doubted, judged and was edited. */
export async function addFigures(db: RegistryDb, nowMs: number): Promise<void> {
  const today = dayAt(nowMs, ZONE)
  const days = Array.from({ length: FIGURE_DAYS }, (_, index) => today - 1 - index)
  for (const place of PLACES) {
    const weight = WEIGHTS[place]
    await db
      .insertInto('usage_day')
      .values(
        days.map(day => ({
          ...noFacts(),
          station: marked(place, 'st'),
          day,
          district: districtAt(place),
          street: STREETS[place],
          host_kind: null,
          method: 'in_out' as const,
          truth: 'opened_late' as const,
          posted: '[[0,1440]]',
          first_sign: 60,
          last_sign: 1_380,
          hours: JSON.stringify(hoursOf(weight)),
          measured: null,
          doubts: '["above_median"]',
          median: 1,
          counted_at_ms: nowMs,
          minutes: 1_440,
          people_minutes: 1_440,
          energy_minutes: 1_440,
          posted_minutes: 1_440,
          // Few: a judgement says so.
          visits: 1,
          microwave_starts: weight,
          fridge_kwh: weight,
          posted_days: weight,
          observed_days: weight,
          opened_late: weight,
          doubtful_days: 1,
        })),
      )
      .execute()
    await db
      .insertInto('usage_edit')
      .values({
        id: staffOnly(place, 'edit'),
        station: marked(place, 'st'),
        district: districtAt(place),
        day: today - 5,
        seq: 1,
        figure: 'peakPeople',
        value: null,
        measured: null,
        reason: staffOnly(place, 'edited'),
        actor: 'manager-city',
        at_ms: nowMs,
      })
      .execute()
  }
  for (const district of Object.values(DISTRICTS)) for (const day of days) await addUp(db, { district, day }, true)
}

/** All of it in the first hour after midnight. */
function hoursOf(weight: number): DayHours {
  const hours = Array.from({ length: 24 }, (_, hour) => (hour === 0 ? weight : 0))
  return { visits: hours, people: hours, kWh: hours, coolingKWh: hours, waterKWh: hours }
}
