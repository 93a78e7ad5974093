/*
 * What a plan of hours says of a moment. No import but of types, so that a phone's page can take it along without a schema
 * library, by `@harbor/protocol/opening-at`.
 */
import type { HoursPlan, OpenStretch } from './opening-plan.ts'

/**
 * A clock on the wall of the stations as a number: the milliseconds at which a clock in UTC would show the same date and
 * time. In China's one zone it is the instant and eight hours.
 */
export type WallMs = number

/** What a plan says of a moment. */
export interface PlannedOpening {
  /** `unknown`: the plan does not reach to this day. */
  state: 'open' | 'closed' | 'unknown'
  /** When it changes between open and closed next; absent when the plan knows of no change. */
  changesAt?: WallMs
  /** Since when it is open without a break, as far back as the plan tells. */
  openSince?: WallMs
  /** Open, but nobody is there. */
  unstaffed?: boolean
  /** Why this day's hours are not those of the week. */
  special?: HoursPlan['special'][number]['kind']
}

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS

/** A day's date, as 2026-10-01. */
export function dateOfWall(wallMs: WallMs): string {
  return new Date(Math.floor(wallMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10)
}

/** The midnight that a day begins with. @param date as 2026-10-01 */
export function wallOfDate(date: string): WallMs {
  return Date.parse(`${date}T00:00:00Z`)
}

/** A weekday's place in `week`: Monday is 0. */
export function weekdayOfWall(wallMs: WallMs): number {
  // 1 January 1970 was a Thursday.
  return (((Math.floor(wallMs / DAY_MS) + 3) % 7) + 7) % 7
}

/** The stretches that begin on a day, and why they are not those of the week. */
export function plannedDay(
  plan: HoursPlan,
  date: string,
): { stretches: readonly OpenStretch[]; special?: HoursPlan['special'][number]['kind'] } {
  const special = plan.special.find(day => day.date === date)
  if (special !== undefined) return { stretches: special.stretches, special: special.kind }
  return { stretches: plan.week[weekdayOfWall(wallOfDate(date))] ?? [] }
}

/** Open or not at a moment, by the plan alone: `openingAt` without its search for the next change. Undefined: beyond the plan. */
export function isPlannedOpen(plan: HoursPlan, wallMs: WallMs): boolean | undefined {
  const date = dateOfWall(wallMs)
  return date < plan.validFrom || date > plan.validUntil ? undefined : stretchAt(plan, wallMs) !== undefined
}

/** Open or not at a moment, and until when, by the plan alone. Its cost is that of the days until the next change. */
export function openingAt(plan: HoursPlan, wallMs: WallMs): PlannedOpening {
  const date = dateOfWall(wallMs)
  if (date < plan.validFrom || date > plan.validUntil) return { state: 'unknown' }
  const { special } = plannedDay(plan, date)
  const said = special === undefined ? {} : { special }
  const endMs = wallOfDate(plan.validUntil) + DAY_MS
  const current = stretchAt(plan, wallMs)
  if (current === undefined) {
    const changesAt = nextOpening(plan, wallMs, endMs)
    return { state: 'closed', ...(changesAt !== undefined && { changesAt }), ...said }
  }
  const changesAt = joinedEnd(plan, current.toMs, endMs)
  return {
    state: 'open',
    ...(changesAt !== undefined && { changesAt }),
    openSince: joinedStart(plan, current.fromMs),
    ...(current.unstaffed && { unstaffed: true }),
    ...said,
  }
}

interface PlacedStretch {
  fromMs: WallMs
  toMs: WallMs
  unstaffed: boolean
}

/** The stretches of the day that `wallMs` is on and of the day before, whose nights may reach into it. */
function stretchesAround(plan: HoursPlan, wallMs: WallMs): PlacedStretch[] {
  const midnightMs = Math.floor(wallMs / DAY_MS) * DAY_MS
  return [midnightMs - DAY_MS, midnightMs].flatMap(dayMs =>
    plannedDay(plan, dateOfWall(dayMs)).stretches.map(({ from, to, unstaffed }) => ({
      fromMs: dayMs + from * MINUTE_MS,
      toMs: dayMs + to * MINUTE_MS,
      unstaffed: unstaffed === true,
    })),
  )
}

function stretchAt(plan: HoursPlan, wallMs: WallMs): PlacedStretch | undefined {
  return stretchesAround(plan, wallMs).find(({ fromMs, toMs }) => fromMs <= wallMs && wallMs < toMs)
}

/** The end of the stretches that follow each other without a gap; undefined: beyond the plan. */
function joinedEnd(plan: HoursPlan, toMs: WallMs, endMs: WallMs): WallMs | undefined {
  let atMs = toMs
  while (atMs < endMs) {
    const next = stretchAt(plan, atMs)
    if (next === undefined) return atMs
    atMs = next.toMs
  }
  return undefined
}

function joinedStart(plan: HoursPlan, fromMs: WallMs): WallMs {
  const firstMs = wallOfDate(plan.validFrom)
  let atMs = fromMs
  while (atMs > firstMs) {
    const before = stretchAt(plan, atMs - 1)
    if (before === undefined) break
    atMs = before.fromMs
  }
  return atMs
}

function nextOpening(plan: HoursPlan, wallMs: WallMs, endMs: WallMs): WallMs | undefined {
  for (let dayMs = Math.floor(wallMs / DAY_MS) * DAY_MS; dayMs < endMs; dayMs += DAY_MS) {
    const opens = plannedDay(plan, dateOfWall(dayMs))
      .stretches.map(({ from }) => dayMs + from * MINUTE_MS)
      .filter(fromMs => fromMs > wallMs)
    if (opens.length > 0) return Math.min(...opens)
  }
  return undefined
}
