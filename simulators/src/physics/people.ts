import type { Random } from '../random.ts'
import { happens, normal, uniform } from '../random.ts'
import { type LocalTime } from './local-time.ts'
import { type WeeklyHours, isOpenInHour, minutesUntilClosing } from './opening-hours.ts'
import { type Step, clamp } from './step.ts'

/**
 * How much each hour of the day weighs (docs/domain.md 7: sanitation workers 05:30 to 07:30, the meal at 11:30 to 14:00 three times
 * as busy, riders' slack 14:30 to 16:30, 18 to 20, night riders 00 to 02).
 */
const HOUR_WEIGHTS = [
  0.3, 0.3, 0.15, 0.1, 0.2, 1, 1.6, 1.2, 0.7, 0.7, 0.9, 2.4, 3, 2.6, 1.5, 1.5, 1.2, 0.9, 1.3, 1.3, 0.9, 0.6, 0.5, 0.4,
]

/** Stays of 10 to 35 minutes (docs/domain.md 7). */
const SHORTEST_STAY_S = 600
const LONGEST_STAY_S = 2_100

/** Visits a day at a station of usual size (docs/domain.md 7: median 10, mean about 14, a few at 300). */
const MEDIAN_VISITS = 10
const USUAL_CAPACITY = 8
const HUB_CAPACITY = 28
const HUB_VISITS = 300

export interface PeopleState {
  /** For each person inside, seconds until they go. */
  stays: readonly number[]
  /** People who came in during the last step. */
  arrived: number
  /** People who went out during the last step. */
  left: number
}

export interface PeopleInput {
  hours: WeeklyHours
  time: LocalTime
  /** Seats: who finds none goes on. */
  capacity: number
  visitsPerDay: number
}

export const NOBODY: PeopleState = { stays: [], arrived: 0, left: 0 }

/** How many come on a usual day: log-normal between stations, more to larger ones. */
export function visitsPerDay(capacity: number, random: Random): number {
  const spread = Math.exp(0.7 * normal(random))
  if (capacity >= HUB_CAPACITY) return HUB_VISITS * clamp(spread, 0.8, 1.2)
  return clamp(MEDIAN_VISITS * (capacity / USUAL_CAPACITY) ** 1.5 * spread, 2, HUB_VISITS)
}

export function stepPeople(state: PeopleState, input: PeopleInput, { dtS, random }: Step): PeopleState {
  const closesInS = minutesUntilClosing(input.hours, input.time) * 60
  const stays = state.stays.map(stayS => Math.min(stayS, closesInS) - dtS).filter(stayS => stayS > 0)
  const left = state.stays.length - stays.length
  const comes =
    closesInS > SHORTEST_STAY_S && stays.length < input.capacity && happens(random, arrivalsPerS(input), dtS)
  if (comes) stays.push(uniform(random, SHORTEST_STAY_S, LONGEST_STAY_S))
  return { stays, arrived: comes ? 1 : 0, left }
}

/** Arrivals a second at this hour: the day's visits shared among its open hours by their weights. */
function arrivalsPerS({ hours, time, visitsPerDay }: PeopleInput): number {
  const weightOf = (hour: number) => (isOpenInHour(hours, time.weekday, hour) ? (HOUR_WEIGHTS[hour] ?? 0) : 0)
  const total = HOUR_WEIGHTS.reduce((sum, _, hour) => sum + weightOf(hour), 0)
  return total === 0 ? 0 : (visitsPerDay * weightOf(Math.floor(time.minute / 60))) / total / 3_600
}
