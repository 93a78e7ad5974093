import type { HoursPlan, OpenStretch } from '@harbor/protocol'
import { plannedDay, wallOfDate, weekdayOfWall } from '@harbor/protocol/opening-at'

export type SpecialKind = HoursPlan['special'][number]['kind']

/** One day of posted hours. */
export interface DayHours {
  /** As 2026-10-01. */
  date: string
  stretches: readonly OpenStretch[]
  /** Why they are not those of the week. */
  kind: SpecialKind | undefined
}

const DAY_MS = 86_400_000

/** Days shown one by one: whoever plans further looks at the special days below them. */
export const DAYS_SHOWN = 7
const LONGEST_LIST_OF_SPECIAL_DAYS = 12

/** The calendar's date at an instant. */
export function dateIn(timeZone: string, atMs: number): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(atMs)
}

/** Minutes since the day's midnight on the wall clock. */
export function minuteIn(timeZone: string, atMs: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
    .format(atMs)
    .split(':')
  return Number(parts[0]) * 60 + Number(parts[1])
}

/** 0 is Monday. */
export function weekdayOf(date: string): number {
  return weekdayOfWall(wallOfDate(date))
}

function addDays(date: string, days: number): string {
  return new Date(wallOfDate(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** A day by the plan; undefined outside of the days that the plan holds for. */
function dayHours(plan: HoursPlan, date: string): DayHours | undefined {
  if (date < plan.validFrom || date > plan.validUntil) return undefined
  const { stretches, special } = plannedDay(plan, date)
  return { date, stretches, kind: special }
}

/** Today and the six days after it, as far as the plan holds. */
export function weekAhead(plan: HoursPlan, today: string): DayHours[] {
  return Array.from({ length: DAYS_SHOWN }, (_, index) => dayHours(plan, addDays(today, index))).filter(
    day => day !== undefined,
  )
}

/** Special days one after another with the same hours. */
export interface SpecialRun extends DayHours {
  /** The last day of the run; the first is `date`. */
  until: string
}

/** Days beyond those of `weekAhead` that differ from the week. */
export function specialAhead(plan: HoursPlan, today: string): SpecialRun[] {
  const from = addDays(today, DAYS_SHOWN)
  const runs: SpecialRun[] = []
  for (const { date, stretches, kind } of plan.special) {
    if (date < from || date > plan.validUntil) continue
    const last = runs[runs.length - 1]
    const goesOn =
      last !== undefined &&
      last.kind === kind &&
      addDays(last.until, 1) === date &&
      JSON.stringify(last.stretches) === JSON.stringify(stretches)
    if (goesOn) last.until = date
    else if (runs.length < LONGEST_LIST_OF_SPECIAL_DAYS) runs.push({ date, until: date, stretches, kind })
    else break
  }
  return runs
}

/** `08:00–22:00`; past midnight the next day's clock: `20:00–02:00`. */
export function stretchText({ from, to }: OpenStretch): string {
  return `${clock(from)}–${to <= 1_440 ? clock(to) : clock(to - 1_440)}`
}

/** Open from midnight to midnight. */
export function isAllDay(stretches: readonly OpenStretch[]): boolean {
  return stretches.length === 1 && stretches[0]?.from === 0 && stretches[0].to === 1_440
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
