import type { ApplianceKind, OpeningTruth, UsageDoubt } from '@harbor/protocol'
import type { LocalDay } from './local-day.ts'

/**
 * What of a station's day is kept as numbers that can be added up: over days, and over stations. Null: it was not observed. The same
 * columns are in `usage_day` and in its sums.
 */
export const FACTS = [
  /** Minutes of the day that had passed when it was counted. */
  'minutes',
  /** Of them, those for which somebody counted people, and those for which an energy meter was heard. */
  'people_minutes',
  'energy_minutes',
  'visits',
  'people_in',
  'people_out',
  'people_hours',
  'check_ins',
  'posted_minutes',
  'microwave_starts',
  'fridge_openings',
  'fridge_kwh',
  'cooling_kwh',
  'microwave_kwh',
  'water_kwh',
  'other_kwh',
  'waste_cooling_kwh',
  'waste_heating_kwh',
  'cost_fen',
  'co2_kg',
  /** 0 or 1 of a day: that it was posted, that it was posted and observed, and how it was kept. */
  'posted_days',
  'observed_days',
  'as_posted',
  'did_not_open',
  'opened_late',
  'closed_early',
  /** Of observed days alone. */
  'observed_posted_minutes',
  'open_minutes',
  /** 0 or 1 of a day. */
  'doubtful_days',
  'edited_days',
] as const
export type Fact = (typeof FACTS)[number]
export type Facts = Record<Fact, number | null>

/** The one that is not added up: the greatest counts. */
export const PEAK = 'peak_people'
export const ALL_FACTS = [...FACTS, PEAK] as const
export type AnyFact = (typeof ALL_FACTS)[number]
export type AllFacts = Record<AnyFact, number | null>

/** How people were counted. */
export type CountingMethod = 'in_out' | 'rises' | 'none'

/** A day's course by hours of the wall's clock, 24 each; null where nothing was heard in the hour. */
export interface DayHours {
  visits: (number | null)[]
  people: (number | null)[]
  kWh: (number | null)[]
  /** What air conditioners and dispensers took, for what is waste. */
  coolingKWh: (number | null)[]
  waterKWh: (number | null)[]
}

/** A stretch of a day, minutes since its midnight: `[from, to)`. */
export type Stretch = readonly [from: number, to: number]

/** What is known of a station's day. */
export interface StationDay {
  station: string
  day: LocalDay
  method: CountingMethod
  facts: AllFacts
  hours: DayHours
  truth: OpeningTruth
  /** Undefined: no hours were known. */
  posted: readonly Stretch[] | undefined
  firstSign: number | undefined
  lastSign: number | undefined
}

export interface DoubtfulDay {
  doubts: UsageDoubt[]
  median: number | undefined
}

export const KWH_OF_KIND: Readonly<Record<ApplianceKind, AnyFact>> = {
  fridge: 'fridge_kwh',
  air_conditioner: 'cooling_kwh',
  microwave: 'microwave_kwh',
  water_dispenser: 'water_kwh',
}

export function noFacts(): AllFacts {
  return Object.fromEntries(ALL_FACTS.map(fact => [fact, null])) as AllFacts
}
