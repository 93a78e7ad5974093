import type { ApplianceKind } from '@harbor/protocol'
import { startsIn } from '../plans/meter.ts'
import { energyFacts, type MeterReadings } from './energy-facts.ts'
import { type AllFacts, KWH_OF_KIND, type StationDay, type Stretch, noFacts } from './facts.ts'
import { type LocalDay, MINUTE_MS, hourAt, startOfDay } from './local-day.ts'
import { openingFacts, signsOf } from './opening-facts.ts'
import { type Point, peopleFacts } from './people-facts.ts'
import type { Price } from './tariffs.ts'

/** Everything that a station's day is counted of. Readings are in order of time; those before the day say where counters stood. */
export interface DayReadings {
  meters: readonly MeterReadings[]
  /** Windows of a minute of the watts of microwaves, by plug. */
  microwaves: readonly (readonly Point[])[]
  /** Windows of a quarter of an hour of the watts of air conditioners. */
  coolers: readonly (readonly Point[])[]
  people: readonly (readonly Point[])[]
  ins: readonly (readonly Point[])[]
  outs: readonly (readonly Point[])[]
  doors: readonly (readonly Point[])[]
  presence: readonly (readonly Point[])[]
  /** Raw contacts of fridges' doors. */
  fridgeDoors: readonly (readonly Point[])[]
}

export interface StationDayInput {
  station: string
  day: LocalDay
  timeZone: string
  /** The day is counted up to here when it is not over. */
  nowMs: number
  readings: DayReadings
  /** The hours' beginnings, one for each check-in. */
  checkInsMs: readonly number[]
  /** Undefined: no hours are known. */
  posted: readonly Stretch[] | undefined
  price: Price
}

/** A station's day, made of all its readings: told again for the same readings, it is the same. */
export function countStationDay(input: StationDayInput): StationDay {
  const { station, day, timeZone, readings, posted } = input
  const fromMs = startOfDay(day, timeZone)
  const toMs = Math.max(fromMs, Math.min(startOfDay(day + 1, timeZone), input.nowMs))
  const hourOf = (atMs: number) => hourAt(atMs, timeZone)
  const span = { fromMs, toMs, hourOf }
  const people = peopleFacts({ ...span, people: readings.people, ins: readings.ins, outs: readings.outs })
  const energy = energyFacts(readings.meters, span)
  const signs = signsOf({
    ...span,
    doors: readings.doors,
    people: readings.people,
    presence: readings.presence,
    passages: [...readings.ins, ...readings.outs],
    microwaves: readings.microwaves,
    coolers: readings.coolers,
    checkInsMs: input.checkInsMs,
  })
  const minutes = (toMs - fromMs) / MINUTE_MS
  const opening = openingFacts(posted, signs, minutes)
  const isPosted = opening.truth !== 'not_posted'
  const isObserved = isPosted && opening.truth !== 'not_observed'
  const facts: AllFacts = {
    ...noFacts(),
    minutes,
    people_minutes: Math.min(people.minutes, minutes),
    energy_minutes: Math.min(energy.minutes, minutes),
    visits: people.visits,
    people_in: people.in,
    people_out: people.out,
    people_hours: people.peopleHours,
    peak_people: people.peak,
    check_ins: input.checkInsMs.length,
    posted_minutes: opening.postedMinutes,
    microwave_starts: countIn(readings.microwaves, span, windows =>
      startsIn(windows, { kind: 'microwave', fromMs, toMs }),
    ),
    fridge_openings: countIn(readings.fridgeDoors, span, points => openingsIn(points, span)),
    other_kwh: energy.kWh.other ?? null,
    ...costOf(energy.byHour, input.price),
    posted_days: isPosted ? 1 : 0,
    observed_days: isObserved ? 1 : 0,
    as_posted: opening.truth === 'as_posted' ? 1 : 0,
    did_not_open: opening.truth === 'did_not_open' ? 1 : 0,
    opened_late: opening.truth === 'opened_late' || opening.truth === 'late_and_early' ? 1 : 0,
    closed_early: opening.truth === 'closed_early' || opening.truth === 'late_and_early' ? 1 : 0,
    observed_posted_minutes: isObserved ? opening.postedMinutes : null,
    open_minutes: opening.openMinutes,
  }
  for (const [kind, fact] of Object.entries(KWH_OF_KIND)) facts[fact] = energy.kWh[kind as ApplianceKind] ?? null
  facts.waste_cooling_kwh = wasteOf(energy.coolingByHour, posted)
  facts.waste_heating_kwh = wasteOf(energy.waterByHour, posted)
  return {
    station,
    day,
    method: people.method,
    facts,
    hours: {
      visits: people.visitsByHour,
      people: people.peopleByHour,
      kWh: energy.byHour,
      coolingKWh: energy.coolingByHour,
      waterKWh: energy.waterByHour,
    },
    truth: opening.truth,
    posted,
    firstSign: opening.firstSign,
    lastSign: opening.lastSign,
  }
}

/** Each hour's energy at its price, and what the grid emitted for it; null: no meter was heard. */
export function costOf(byHour: readonly (number | null)[], { fenPerKWh, co2KgPerKWh }: Price) {
  const heard = byHour.filter(kWh => kWh !== null)
  if (heard.length === 0) return { cost_fen: null, co2_kg: null }
  return {
    cost_fen: byHour.reduce<number>((sum, kWh, hour) => sum + (kWh ?? 0) * (fenPerKWh[hour] ?? 0), 0),
    co2_kg: heard.reduce((sum, kWh) => sum + kWh, 0) * co2KgPerKWh,
  }
}

/** What was taken in hours wholly outside of the posted ones; null: no meter was heard, or no hours are known. */
function wasteOf(byHour: readonly (number | null)[], posted: readonly Stretch[] | undefined): number | null {
  if (posted === undefined || byHour.every(kWh => kWh === null)) return null
  const isClosed = (hour: number) => !posted.some(([from, to]) => from < (hour + 1) * 60 && to > hour * 60)
  return byHour.reduce<number>((sum, kWh, hour) => sum + (isClosed(hour) ? (kWh ?? 0) : 0), 0)
}

/** Null where no device was heard on the day itself. */
function countIn(
  devices: readonly (readonly Point[])[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  count: (points: readonly Point[]) => number,
): number | null {
  const heard = devices.filter(points => points.some(([atMs = 0]) => atMs >= fromMs && atMs < toMs))
  return heard.length === 0 ? null : heard.reduce((sum, points) => sum + count(points), 0)
}

/** How often a contact went from shut to open; that it was open when first heard is no opening. */
function openingsIn(points: readonly Point[], { fromMs, toMs }: { fromMs: number; toMs: number }): number {
  return points.filter(
    ([atMs = 0, value], index) => value === 1 && points[index - 1]?.[1] === 0 && atMs >= fromMs && atMs < toMs,
  ).length
}
