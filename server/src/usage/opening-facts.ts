import type { OpeningTruth } from '@harbor/protocol'
import { OPENS_WITHIN_MS } from '../stations/opening-now.ts'
import { MICROWAVE_HEATS_W, noteCooler } from '../stations/signs.ts'
import type { Stretch } from './facts.ts'
import { MINUTE_MS } from './local-day.ts'
import type { Point } from './people-facts.ts'

const LATE_MIN = OPENS_WITHIN_MS / MINUTE_MS
/**
 * Where a door falls shut behind everybody, a quiet evening is no closed station: with the 12.4 visits a day of a usual place
 * (docs/domain.md 1.1) in 14 hours, four hours without any are one chance in thirty (e^-3.5).
 */
const QUIET_MIN = 240
/** A door that stood open for this share of the time between its first and last sign is held open while the station is (chosen). */
const HELD_OPEN_SHARE = 0.5
/** The keeper who comes early to open up is a sign of today (as stations/opening-now.ts has it). */
const EARLY_MIN = 60
/** Heard in fewer of the posted hours than this share, a station was not observed (chosen). */
const OBSERVED_SHARE = 0.5

/** Readings of a day that show whether somebody was there; raw, in order of time. */
export interface SignReadings {
  fromMs: number
  toMs: number
  doors: readonly (readonly Point[])[]
  people: readonly (readonly Point[])[]
  presence: readonly (readonly Point[])[]
  /** Windows of `people_in` and `people_out`. */
  passages: readonly (readonly Point[])[]
  /** Windows of the watts of microwaves. */
  microwaves: readonly (readonly Point[])[]
  /** The same of air conditioners. */
  coolers: readonly (readonly Point[])[]
  /** When the hours began in which somebody checked in. */
  checkInsMs: readonly number[]
}

export interface Signs {
  /** Minutes since the day's midnight, in order. */
  minutes: readonly number[]
  /** Minutes at which anything that watches was heard at all. */
  heard: readonly number[]
  hasDoor: boolean
  /** How long its door stood open, in minutes. */
  doorOpenMin: number
}

/** When somebody was seen on a day. */
export function signsOf(readings: SignReadings): Signs {
  const { fromMs, toMs, doors, people, presence, passages, microwaves, coolers, checkInsMs } = readings
  const minuteOf = (atMs: number) => (atMs - fromMs) / MINUTE_MS
  const isIn = (atMs: number) => atMs >= fromMs && atMs < toMs
  const found: number[] = []
  const heard: number[] = []
  let doorOpenMs = 0
  const look = (series: readonly (readonly Point[])[], shows: (point: Point, before: Point | undefined) => boolean) => {
    for (const points of series)
      for (const [index, point] of points.entries()) {
        const [atMs = 0] = point
        if (!isIn(atMs)) continue
        heard.push(minuteOf(atMs))
        if (shows(point, points[index - 1])) found.push(minuteOf(atMs))
      }
  }
  // A door that is shut was open until then.
  look(doors, ([, value], before) => value === 1 || (value === 0 && before?.[1] === 1))
  look(presence, ([, value]) => value === 1)
  look(people, ([, value = 0], before) => before !== undefined && value !== before[1])
  look(passages, ([, , smallest = 0, largest = 0], before) => largest > (before?.[3] ?? smallest))
  const quiet = heard.length
  look(microwaves, ([, , , largest = 0]) => largest >= MICROWAVE_HEATS_W)
  const hasDoor = doors.some(points => points.some(([atMs = 0]) => isIn(atMs)))
  // Where a door tells when somebody came first, these would only blur it: a check-in is known to the hour.
  if (!hasDoor) {
    for (const points of coolers) {
      const cooler = {}
      look([points], ([atMs = 0, , , largest = 0]) => noteCooler(cooler, atMs, largest))
    }
    found.push(...checkInsMs.filter(isIn).map(minuteOf))
  }
  heard.length = quiet // A microwave's plug is heard all night, and watches nobody.
  for (const points of doors)
    for (const [index, [atMs = 0, value]] of points.entries())
      if (value === 1)
        doorOpenMs += Math.max(0, Math.min(points[index + 1]?.[0] ?? atMs, toMs) - Math.max(atMs, fromMs))
  return {
    minutes: found.sort((a, b) => a - b),
    heard: heard.sort((a, b) => a - b),
    hasDoor,
    doorOpenMin: doorOpenMs / MINUTE_MS,
  }
}

export interface OpeningFacts {
  truth: OpeningTruth
  postedMinutes: number | null
  openMinutes: number | null
  firstSign: number | undefined
  lastSign: number | undefined
}

/**
 * A day's posted hours against what was seen. Late and early are told only where it can be known: by a door, and of a door that falls
 * shut by itself the closing only after four quiet hours. A day that is not over has not been closed early, and has not failed to open.
 *
 * @param endMin how much of the day has passed
 */
export function openingFacts(posted: readonly Stretch[] | undefined, signs: Signs, endMin: number): OpeningFacts {
  const first = posted?.[0]
  const last = posted?.at(-1)
  const seen = signs.minutes
  const about = {
    firstSign: seen[0] === undefined ? undefined : Math.floor(seen[0]),
    lastSign: seen.at(-1) === undefined ? undefined : Math.floor(seen.at(-1) ?? 0),
  }
  if (posted === undefined) return { truth: 'not_posted', postedMinutes: null, openMinutes: null, ...about }
  const passed = posted.map(([from, to]): Stretch => [from, Math.min(to, endMin)]).filter(([from, to]) => to > from)
  const postedMinutes = passed.reduce((sum, [from, to]) => sum + to - from, 0)
  if (first === undefined || last === undefined || postedMinutes === 0)
    return { truth: 'not_posted', postedMinutes, openMinutes: null, ...about }
  const watched = isWatched(passed, signs)
  if (!watched && !isSeen(passed, signs)) return { truth: 'not_observed', postedMinutes, openMinutes: null, ...about }
  const [opensMin] = first
  const [, closesMin] = last
  const ofToday = seen.filter(minute => minute >= opensMin - EARLY_MIN)
  const begin = ofToday[0]
  const end = ofToday.at(-1)
  if (begin === undefined || end === undefined || begin >= closesMin) {
    const isOver = endMin >= closesMin
    return { truth: isOver ? 'did_not_open' : 'not_observed', postedMinutes, openMinutes: isOver ? 0 : null, ...about }
  }
  const isHeldOpen = signs.doorOpenMin >= HELD_OPEN_SHARE * Math.max(1, end - begin)
  const isLate = signs.hasDoor && opensMin > 0 && begin > opensMin + LATE_MIN
  // Most visitors do not check in: that nobody did says nothing where nothing watches.
  const isEarly =
    watched && endMin >= closesMin && closesMin < 1_440 && end < closesMin - (isHeldOpen ? LATE_MIN : QUIET_MIN)
  return {
    truth: isLate ? (isEarly ? 'late_and_early' : 'opened_late') : isEarly ? 'closed_early' : 'as_posted',
    postedMinutes,
    openMinutes: openWithin(passed, { from: isLate ? begin : 0, to: isEarly ? end : 1_440 }),
    ...about,
  }
}

/** Somebody was seen about the posted hours. */
function isSeen(posted: readonly Stretch[], { minutes }: Signs): boolean {
  return minutes.some(minute => posted.some(([from, to]) => minute >= from - EARLY_MIN && minute < to))
}

/** Whoever came would have been seen, for half of the posted hours at least. */
function isWatched(posted: readonly Stretch[], { heard }: Signs): boolean {
  const hours = new Set<number>()
  for (const [from, to] of posted) for (let hour = Math.floor(from / 60); hour * 60 < to; hour++) hours.add(hour)
  const heardHours = new Set(heard.map(minute => Math.floor(minute / 60)))
  return hours.size > 0 && [...hours].filter(hour => heardHours.has(hour)).length >= OBSERVED_SHARE * hours.size
}

/** To the quarter of an hour, as its definition says. */
function openWithin(posted: readonly Stretch[], { from, to }: { from: number; to: number }): number {
  const begin = Math.floor(from / 15) * 15
  const end = Math.ceil(to / 15) * 15
  return posted.reduce((sum, stretch) => sum + Math.max(0, Math.min(stretch[1], end) - Math.max(stretch[0], begin)), 0)
}
