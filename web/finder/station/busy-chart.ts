import type { BusyHours } from '@harbor/protocol'

/** One hour of a weekday as the chart draws it. */
export interface BusyBar {
  hour: number
  /** Mean number of people; undefined: not counted, or never open then. */
  people: number | undefined
  /** Height, 0 to 1 of the chart's. */
  share: number
}

export interface BusyDay {
  bars: readonly BusyBar[]
  /** The hour with most people; undefined when nobody was ever counted on this weekday. */
  busiest: BusyBar | undefined
}

/** With less than this at the top, one visitor in a quiet place would look like a crowd. */
const LOWEST_TOP = 4

/**
 * One weekday (0 is Monday) of a station's week, from the first to the last hour that any day has, so that the days can be
 * compared; all days share one scale. Undefined: too little is known to say.
 */
export function busyDay({ week, capacity }: BusyHours, weekday: number): BusyDay | undefined {
  if (week === undefined) return undefined
  const all = week.flat().filter(people => people !== null)
  if (all.length === 0) return undefined
  const hours = Array.from({ length: 24 }, (_, hour) => hour).filter(hour => week.some(day => day[hour] !== null))
  const first = hours[0] ?? 0
  const last = hours[hours.length - 1] ?? 23
  const top = Math.max(LOWEST_TOP, Math.min(capacity ?? Number.POSITIVE_INFINITY, Math.max(...all) * 2), ...all)
  const bars: BusyBar[] = []
  for (let hour = first; hour <= last; hour += 1) {
    const people = week[weekday]?.[hour] ?? undefined
    bars.push({ hour, people, share: (people ?? 0) / top })
  }
  const counted = bars.filter(({ people }) => people !== undefined && people > 0)
  const busiest = counted.reduce<BusyBar | undefined>(
    (best, bar) => (best === undefined || (bar.people ?? 0) > (best.people ?? 0) ? bar : best),
    undefined,
  )
  return { bars, busiest }
}
