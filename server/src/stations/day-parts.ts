import { type WallMs, dateOfWall } from '@harbor/protocol/opening-at'
import type { Calendar } from '../calendar/calendar.ts'
import { type HoursLibrary, type OpeningHours, loadHoursLibrary } from './opening-hours-library.ts'

export const DAY_MS = 24 * 3_600_000
const MINUTE_MS = 60_000

/** Distinct hours kept parsed, about 30 KB each; stations share most of theirs. */
const MAX_PARSED = 1_000
/** Days kept of one text: a year's search and the plan's days are within it. */
const MAX_DAYS = 500
/** A rule with a comment of its own for every interval changes often without opening or closing. */
const MAX_CHANGES_A_DAY = 200

/** What a comment says when nobody is there: `22:00-08:00 open "unstaffed"`. */
const UNSTAFFED = /unstaffed|unattended|self.?service|无人|自助/i

/** A part of one day, in minutes since its midnight, `[from, to)`. What is in no part is closed. */
export interface DayPart {
  from: number
  to: number
  state: 'open' | 'unknown'
  unstaffed: boolean
}

/** Reads hours day by day. */
export interface DayParts {
  /** The parts of the day that begins at `midnightMs`, in order; undefined: the text is not opening hours. */
  of: (hours: string, midnightMs: WallMs) => readonly DayPart[] | undefined
}

interface Parsed {
  library: OpeningHours
  /** Every week is like every other, but for make-up workdays. */
  isWeekly: boolean
  /** By day, or by weekday where all weeks are alike. */
  days: Map<number, readonly DayPart[]>
}

/**
 * Day by day, because a make-up workday has another weekday than its neighbours say: the library's own look ahead would step
 * over it. What was read is remembered; that changes no answer.
 */
export function createDayParts(calendar: Calendar): DayParts {
  /** By their text, least recently used first; undefined for what cannot be read. */
  const parsedHours = new Map<string, Parsed | undefined>()
  let loaded: HoursLibrary | undefined

  const parsedAs = (hours: string): Parsed | undefined => {
    const known = parsedHours.get(hours)
    const parsed = known !== undefined || parsedHours.has(hours) ? known : tryParse(hours)
    parsedHours.delete(hours)
    parsedHours.set(hours, parsed)
    if (parsedHours.size > MAX_PARSED) parsedHours.delete(parsedHours.keys().next().value ?? '')
    return parsed
  }
  const tryParse = (hours: string): Parsed | undefined => {
    loaded ??= loadHoursLibrary(calendar)
    try {
      const library = loaded.parse(hours)
      return { library, isWeekly: library.isWeekStable(), days: new Map() }
    } catch {
      return undefined // not opening hours: what is wrong with them is told where they are entered
    }
  }
  const isMadeUp = (midnightMs: WallMs) => calendar.dayOf(dateOfWall(midnightMs))?.kind === 'make_up_workday'

  return {
    of: (hours, midnightMs) => {
      const parsed = parsedAs(hours)
      if (parsed === undefined || loaded === undefined) return undefined
      const day = Math.round(midnightMs / DAY_MS)
      // The night of the day before reaches into this one.
      const isLikeOthers = parsed.isWeekly && !isMadeUp(midnightMs) && !isMadeUp(midnightMs - DAY_MS)
      // A weekday's place is never a day's: 1970 is not asked for.
      const key = isLikeOthers ? ((day % 7) + 7) % 7 : day
      const known = parsed.days.get(key)
      if (known !== undefined) return known
      const parts = readDay(loaded, parsed.library, midnightMs)
      if (parsed.days.size >= MAX_DAYS) parsed.days.clear()
      parsed.days.set(key, parts)
      return parts
    },
  }
}

/** A day that the library cannot evaluate, such as one of school holidays that it lacks, is unknown as a whole. */
function readDay(loaded: HoursLibrary, library: OpeningHours, midnightMs: WallMs): readonly DayPart[] {
  const parts: DayPart[] = []
  try {
    const iterator = library.getIterator(loaded.date(midnightMs))
    const limit = loaded.date(midnightMs + DAY_MS)
    let fromMs = midnightMs
    for (let changes = 0; fromMs < midnightMs + DAY_MS && changes < MAX_CHANGES_A_DAY; changes++) {
      const state = iterator.getUnknown() ? 'unknown' : iterator.getState() ? 'open' : 'closed'
      const unstaffed = state === 'open' && UNSTAFFED.test(iterator.getComment() ?? '')
      const more = iterator.advance(limit)
      const toMs = more ? Math.min(iterator.getDate().getTime(), midnightMs + DAY_MS) : midnightMs + DAY_MS
      if (state !== 'closed') addPart(parts, { ...minutes(fromMs, toMs, midnightMs), state, unstaffed })
      fromMs = toMs
    }
    return parts
  } catch {
    return [{ from: 0, to: 1_440, state: 'unknown', unstaffed: false }]
  }
}

function minutes(fromMs: WallMs, toMs: WallMs, midnightMs: WallMs): { from: number; to: number } {
  return { from: Math.floor((fromMs - midnightMs) / MINUTE_MS), to: Math.floor((toMs - midnightMs) / MINUTE_MS) }
}

/** Another rule or comment is no change for whoever stands before the door. */
function addPart(parts: DayPart[], part: DayPart): void {
  const last = parts.at(-1)
  if (last?.to === part.from && last.state === part.state && last.unstaffed === part.unstaffed) last.to = part.to
  else if (part.to > part.from) parts.push(part)
}
