import type { HoursPlan } from '@harbor/protocol'
import { dateOfWall } from '@harbor/protocol/opening-at'
import type { Calendar } from '../calendar/calendar.ts'
import { DAY_MS, createDayParts } from './day-parts.ts'
import { type HoursLine, type HoursOverride, createHoursLines, midnightOf } from './hours-line.ts'
import { compilePlan } from './hours-plan.ts'
import { firstInstantAtWall, toWall } from './wall-clock.ts'

/** Open, but no longer than this more, is closing soon (protocol, openingSchema). */
export const CLOSING_SOON_MS = 30 * 60_000

/** A change further away than this is not told. */
const TOLD_WITHIN_MS = 366 * DAY_MS

/** Hours that differ on public holidays. */
const HOLIDAYS = /\bPH\b/

/** Whether a place is open by its posted hours, and when that changes. */
export interface Opening {
  state: 'open' | 'closing_soon' | 'closed' | 'unknown'
  /** When it closes (if open) or opens (if closed); absent when unknown, never, or more than 366 days away. */
  changesAtMs?: number
  /** Since when it is open without a break; no earlier than the midnight two days ago. */
  openSinceMs?: number
  /** Open, but nobody is there. */
  unstaffed?: boolean
  /** Why today's hours are not those of the week. */
  special?: HoursPlan['special'][number]['kind']
}

/** What is asked of posted hours. */
export interface OpeningInput {
  /** OpenStreetMap `opening_hours` syntax; undefined or unreadable text gives `unknown`. */
  hours: string | undefined
  /** The instant asked about, milliseconds since 1970. */
  atMs: number
  /** IANA zone of the place's clock. */
  timeZone: string
  /** Other hours for some days; of two that hold on a day the first is taken. Default none. */
  overrides?: readonly HoursOverride[]
  /** Open, but no longer than this more, is `closing_soon`. Default 30 minutes. */
  closingSoonMs?: number
}

/** Reads posted hours against a calendar of holidays and make-up workdays. */
export interface PostedHours {
  /**
   * Open or not at an instant, by the clock of `timeZone`, in whatever zone the process runs. Hours that the library cannot
   * read, or themselves call unknown ("by appointment", an open end), give `unknown`; it never throws for hours.
   *
   * `PH` are the calendar's holidays; in years that the calendar does not know there are none. `SH` gives `unknown`.
   *
   * @throws RangeError when there is no such zone: the settings have checked it.
   */
  openingState: (input: OpeningInput) => Opening
  /**
   * The hours day by day from the day of `atMs` on, for a phone without network; it says the same as `openingState` for its
   * days. Undefined when there are none or they are in part unknown. The same object for all places of the same hours.
   */
  plan: (input: Omit<OpeningInput, 'closingSoonMs'>) => HoursPlan | undefined
  /** Whether a text can be read as hours at all. */
  isReadable: (hours: string) => boolean
}

export function createPostedHours(calendar: Calendar): PostedHours {
  const parts = createDayParts(calendar)
  const lineOf = createHoursLines(parts)
  const plans = new WeakMap<HoursLine, { date: string; plan: HoursPlan | undefined }>()

  const planOf = (line: HoursLine, wallMs: number, texts: readonly (string | undefined)[]): HoursPlan | undefined => {
    const date = dateOfWall(wallMs)
    const known = plans.get(line)
    if (known?.date === date) return known.plan
    const dependsOnHolidays = texts.some(text => text !== undefined && HOLIDAYS.test(text))
    const plan = compilePlan(line, { calendar, wallMs, dependsOnHolidays })
    plans.set(line, { date, plan })
    return plan
  }
  const textsOf = (hours: string | undefined, overrides: readonly HoursOverride[]) => [
    hours,
    ...overrides.map(change => change.hours),
  ]

  return {
    openingState: ({ hours, atMs, timeZone, overrides = [], closingSoonMs = CLOSING_SOON_MS }) => {
      const wallMs = toWall(atMs, timeZone)
      const line = lineOf(hours, overrides)
      const { state, fromMs, untilMs, next } = line.stretchAt(wallMs)
      if (state === 'unknown') return { state }
      const plan = planOf(line, wallMs, textsOf(hours, overrides))
      const special = specialOf(line, plan, wallMs)
      const about: Opening = { state, ...(special !== undefined && { special }) }
      if (state === 'open') {
        about.openSinceMs = atMs - (wallMs - fromMs)
        if (isUnstaffed(line, wallMs)) about.unstaffed = true
      }
      if (next === undefined || next === 'unknown' || untilMs - wallMs > TOLD_WITHIN_MS) return about
      about.changesAtMs = firstInstantAtWall(untilMs, timeZone, atMs)
      if (state === 'open' && about.changesAtMs - atMs <= closingSoonMs) about.state = 'closing_soon'
      return about
    },
    plan: ({ hours, atMs, timeZone, overrides = [] }) =>
      hours === undefined && overrides.length === 0
        ? undefined
        : planOf(lineOf(hours, overrides), toWall(atMs, timeZone), textsOf(hours, overrides)),
    isReadable: hours => parts.of(hours, 0) !== undefined,
  }
}

function specialOf(line: HoursLine, plan: HoursPlan | undefined, wallMs: number): Opening['special'] {
  const date = dateOfWall(wallMs)
  return plan?.special.find(day => day.date === date)?.kind ?? line.changeOn(midnightOf(wallMs))?.kind
}

function isUnstaffed(line: HoursLine, wallMs: number): boolean {
  const midnightMs = midnightOf(wallMs)
  const minute = (wallMs - midnightMs) / 60_000
  return line.day(midnightMs)?.some(({ from, to, unstaffed }) => unstaffed && from <= minute && minute < to) === true
}
