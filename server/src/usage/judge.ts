import type { UsageJudgements } from '@harbor/protocol'

type Judged = UsageJudgements['stations'][number]
type Reason = Judged['reasons'][number]

/** What is known of a station over a period. */
export interface StationPeriod {
  /** Days on which people were counted for half of the posted time or more. */
  countedDays: number
  visits: number
  peakPeople: number | undefined
  /** Counted days on which the peak was over CROWDED_SHARE of the capacity. */
  crowdedDays: number
  capacity: number | undefined
  observedDays: number
  didNotOpen: number
  postedHoursPerDay: number
  /** Appliances of it that have a standing fault. */
  faultyAppliances: number
  /** The nearest other station, in metres. */
  nearestM: number | undefined
  /** Of the crowded days, those at 35 °C or more outdoors. */
  hotCrowdedDays: number
}

/** The country's places have 12.4 visits a day; a district with 2.4 was known as little used (docs/domain.md 1.1). */
export const FEW_VISITS_A_DAY = 2.4
/** Over 120 % of the seats is too full (docs/domain.md 3.7), */
export const CROWDED_SHARE = 1.2
/** on a fifth of the days, and on three at least (chosen). */
const CROWDED_DAYS_SHARE = 0.2
const FEWEST_CROWDED = 3
/** Fewer days than these say nothing (chosen: two weeks). */
export const FEWEST_DAYS = 14
/** Open for less than an office's day (chosen). */
const FEW_HOURS = 8
/** Not opened on a tenth of the days. */
const OFTEN_SHUT_SHARE = 0.1
/** No more seats than these are few (chosen). */
const SMALL_CAPACITY = 6
/** Four minutes on foot. */
const NEAR_M = 300

export const JUDGEMENT_RULES = {
  ruleZh: `至少统计 ${FEWEST_DAYS} 天。少用：日均到访低于 ${FEW_VISITS_A_DAY} 人次；拥挤：至少 ${FEWEST_CROWDED} 天且五分之一以上的日子，峰值超过座位数的 120%。`,
  ruleEn: `Of ${FEWEST_DAYS} counted days at least. Under-used: below ${FEW_VISITS_A_DAY} visits a day. Overcrowded: on ${FEWEST_CROWDED} days and a fifth of all at least, the peak was over 120 % of the seats.`,
}

/** What is to be thought about, with its reasons, the strongest first; undefined: nothing, or too little is known. */
export function judge(station: StationPeriod): { judgement: Judged['judgement']; reasons: Reason[] } | undefined {
  const { countedDays, visits, capacity, crowdedDays } = station
  if (countedDays < FEWEST_DAYS) return undefined
  const isCrowded = isOvercrowded(countedDays, crowdedDays)
  const candidates: readonly [Reason, boolean][] = isCrowded
    ? [
        ['small', capacity !== undefined && capacity <= SMALL_CAPACITY],
        ['hot_days', station.hotCrowdedDays * 2 >= crowdedDays],
        ['few_hours', station.postedHoursPerDay < FEW_HOURS],
      ]
    : [
        ['did_not_open', station.didNotOpen >= Math.max(1, OFTEN_SHUT_SHARE * station.observedDays)],
        ['broken', station.faultyAppliances > 0],
        ['few_hours', station.postedHoursPerDay < FEW_HOURS],
        ['near_other', station.nearestM !== undefined && station.nearestM <= NEAR_M],
        ['small', capacity !== undefined && capacity <= SMALL_CAPACITY],
      ]
  if (!isCrowded && visits / countedDays >= FEW_VISITS_A_DAY) return undefined
  const reasons = candidates.filter(([, holds]) => holds).map(([reason]) => reason)
  return { judgement: isCrowded ? 'overcrowded' : 'under_used', reasons: reasons.length === 0 ? ['unknown'] : reasons }
}

/** Whether so many of the counted days were too full. */
export function isOvercrowded(countedDays: number, crowdedDays: number): boolean {
  return crowdedDays >= FEWEST_CROWDED && crowdedDays >= CROWDED_DAYS_SHARE * countedDays
}
