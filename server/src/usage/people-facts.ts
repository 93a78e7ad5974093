import { steps } from '../assets/energy.ts'
import type { CountingMethod } from './facts.ts'
import { HOUR_MS, MINUTE_MS } from './local-day.ts'

/** A reading `[timeMs, value]`, or a window `[startMs, mean, min, max, count]`. */
export type Point = readonly number[]

/** A count of people is believed for no longer than the finder believes it. */
const HOLDS_MS = 10 * MINUTE_MS
/** Windows in which counters of people and energy are read. */
export const WINDOW_MS = 15 * MINUTE_MS

/** What counters told of a day, device by device: all that begins before `fromMs` only says where they stood. */
export interface PeopleReadings {
  fromMs: number
  toMs: number
  /** Raw `people`. */
  people: readonly (readonly Point[])[]
  /** Windows of `people_in` and `people_out`. */
  ins: readonly (readonly Point[])[]
  outs: readonly (readonly Point[])[]
  hourOf: (atMs: number) => number
}

export interface PeopleFacts {
  method: CountingMethod
  minutes: number
  visits: number | null
  in: number | null
  out: number | null
  peopleHours: number | null
  peak: number | null
  visitsByHour: (number | null)[]
  peopleByHour: (number | null)[]
}

/** Visits, people-hours and the peak of a day. Counters of both directions go before the rises of a count. */
export function peopleFacts(readings: PeopleReadings): PeopleFacts {
  const { people, ins, outs } = readings
  const inside = insideOf(readings)
  const within = ([atMs = 0]: Point) => atMs >= readings.fromMs && atMs < readings.toMs
  const hasDoors = [...ins, ...outs].some(windows => windows.some(within))
  const hasPeople = people.some(points => points.some(within))
  const about = {
    peopleHours: hasPeople ? inside.peopleHours : null,
    peak: hasPeople ? inside.peak : null,
    peopleByHour: inside.peopleByHour,
  }
  if (hasDoors) {
    const going = { in: risesByHour(ins, readings), out: risesByHour(outs, readings) }
    const heard = new Set([...ins, ...outs].flatMap(windows => windows.filter(within).map(([startMs = 0]) => startMs)))
    const visitsByHour = going.in.byHour.map((value, hour) => meanOf(value, going.out.byHour[hour] ?? null))
    return {
      method: 'in_out',
      minutes: (heard.size * WINDOW_MS) / MINUTE_MS,
      visits: (going.in.sum + going.out.sum) / 2,
      in: going.in.sum,
      out: going.out.sum,
      ...about,
      visitsByHour,
    }
  }
  return {
    method: hasPeople ? 'rises' : 'none',
    minutes: inside.minutes,
    visits: hasPeople ? inside.rises : null,
    in: null,
    out: null,
    ...about,
    visitsByHour: inside.risesByHour,
  }
}

const hoursOfDay = (): (number | null)[] => Array.from({ length: 24 }, () => null)

function add(hours: (number | null)[], hour: number, amount: number): void {
  hours[hour] = (hours[hour] ?? 0) + amount
}

function meanOf(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : ((a ?? 0) + (b ?? 0)) / 2
}

function risesByHour(devices: PeopleReadings['ins'], { fromMs, toMs, hourOf }: PeopleReadings) {
  const byHour = hoursOfDay()
  let sum = 0
  for (const windows of devices)
    for (const { startMs, rise } of steps(windows)) {
      if (startMs < fromMs || startMs >= toMs) continue
      sum += rise
      add(byHour, hourOf(startMs), rise)
    }
  return { sum, byHour }
}

/** What counts of the people inside show; two counters of one station are of two rooms, and so are added up. */
function insideOf({ people, fromMs, toMs, hourOf }: PeopleReadings) {
  const risesOfHour = hoursOfDay()
  const msOfHour = hoursOfDay()
  const heldOfHour = hoursOfDay()
  let rises = 0
  let peak = 0
  let peopleMs = 0
  let heldMs = 0
  for (const points of people) {
    let ownPeak = 0
    for (const [index, [atMs = 0, value = 0]] of points.entries()) {
      const before = points[index - 1]?.[1]
      if (atMs >= fromMs && atMs < toMs) {
        const rise = before === undefined ? 0 : Math.max(0, value - before)
        rises += rise
        add(risesOfHour, hourOf(atMs), rise)
        ownPeak = Math.max(ownPeak, value)
      }
      const endMs = Math.min(points[index + 1]?.[0] ?? Infinity, atMs + HOLDS_MS, toMs)
      // Hours of the wall begin at whole quarters of an hour in every zone: a stretch is cut there.
      for (let startMs = Math.max(atMs, fromMs); startMs < endMs;) {
        const cutMs = Math.min(endMs, (Math.floor(startMs / WINDOW_MS) + 1) * WINDOW_MS)
        peopleMs += value * (cutMs - startMs)
        heldMs += cutMs - startMs
        add(msOfHour, hourOf(startMs), value * (cutMs - startMs))
        add(heldOfHour, hourOf(startMs), cutMs - startMs)
        startMs = cutMs
      }
    }
    peak += ownPeak
  }
  const counters = Math.max(1, people.filter(points => points.length > 0).length)
  return {
    rises,
    risesByHour: risesOfHour,
    peak,
    peopleHours: peopleMs / HOUR_MS,
    minutes: heldMs / MINUTE_MS / counters,
    peopleByHour: msOfHour.map((ms, hour) => (ms === null ? null : ms / ((heldOfHour[hour] ?? HOUR_MS) / counters))),
  }
}
