import { createRandom, normal } from '../random.ts'
import { localDay, localTime } from './local-time.ts'

/**
 * Chongqing's year (chosen after the published monthly means of Shapingba, about 8 Cel in January and 29 Cel in July and
 * August): a cosine with its lowest point in mid January.
 */
const YEAR_MEAN_C = 18.6
const YEAR_SWING_K = 10.6
const COLDEST_DAY = 15

/** Half the daily swing: small under the winter's cloud, larger in the summer (chosen). */
const DAY_SWING_WINTER_K = 2.2
const DAY_SWING_SUMMER_K = 4.3
const WARMEST_HOUR = 15.5

/** Spells of weather: knots this far apart, with this spread (chosen; a summer spell reaches 40 Cel). */
const SPELL_DAYS = 4
const SPELL_SPREAD_K = 2.4

export interface Weather {
  outdoorC: number
  /** Mean of the day and the spell, without the hour. */
  dayMeanC: number
  /** Sun through windows and on walls, 0 at night to 1 at a clear summer's noon. */
  sun: number
}

/** A part of the year that does not pass: what the air conditioners are for is then to be seen on any date. */
export type Season = 'summer' | 'winter'
const DAY_OF: Readonly<Record<Season, number>> = { summer: 205, winter: COLDEST_DAY }

/** The weather at `atMs`: the same for the same seed and moment, so it needs no state. */
export function weatherAt(atMs: number, seed: string, held?: Season): Weather {
  const { dayOfYear: calendarDay, minute } = localTime(atMs)
  const dayOfYear = held === undefined ? calendarDay : DAY_OF[held]
  const hour = minute / 60
  const season = -Math.cos((2 * Math.PI * (dayOfYear - COLDEST_DAY)) / 365.25) // -1 winter, 1 summer
  const dayMeanC = YEAR_MEAN_C + YEAR_SWING_K * season + spellK(atMs, seed)
  const swingK = DAY_SWING_WINTER_K + ((DAY_SWING_SUMMER_K - DAY_SWING_WINTER_K) * (season + 1)) / 2
  const daylight = Math.max(0, Math.cos(((hour - 13) / 13) * Math.PI)) // 06:30 to 19:30, noon near 13:00 at 106 deg E
  return {
    dayMeanC,
    outdoorC: dayMeanC + swingK * Math.cos(((hour - WARMEST_HOUR) / 12) * Math.PI),
    sun: daylight * (0.65 + 0.35 * season),
  }
}

/** A smooth curve through one random knot every few days. */
function spellK(atMs: number, seed: string): number {
  const day = localDay(atMs) + localTime(atMs).minute / 1_440
  const position = day / SPELL_DAYS
  const knot = Math.floor(position)
  const at = (index: number) =>
    SPELL_SPREAD_K * Math.max(-2, Math.min(2, normal(createRandom(`${seed} spell ${index}`))))
  const blend = (1 - Math.cos((position - knot) * Math.PI)) / 2
  return at(knot) * (1 - blend) + at(knot + 1) * blend
}
