import { HALF_HOUR_MS, type ShiftRequest } from '@harbor/protocol'
import { dayIn, daysLater } from '../assets/asset-row.ts'
import { dueDays, ruleProblem } from '../plans/due-days.ts'
import type { KeeperTables } from '../registry/keeper-tables.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { isFree, makeShift } from './shift-writes.ts'
import { instantOf } from './staffed-hours.ts'

/** Shifts of a pattern are made for so many days ahead (chosen: two weeks of gaps are told, and two more can be signed up for). */
export const AHEAD_DAYS = 28

export interface PatternDeps {
  db: RegistryDb
  /** IANA zone of the stations' clocks. */
  timeZone: string
  nowMs: () => number
  newId: () => string
}

/** When a shift of a day begins and ends, in ms since 1970. A night in which clocks move has an hour more or less of it. */
export function shiftOn(
  day: string,
  { fromMinute, halfHours }: { fromMinute: number; halfHours: number },
  timeZone: string,
): { fromMs: number; toMs: number } {
  const fromMs = instantOf({ day, minute: fromMinute }, timeZone)
  return { fromMs, toMs: fromMs + halfHours * HALF_HOUR_MS }
}

/** Minutes since midnight of a time such as 08:30. */
export function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

/** Why a rule cannot be used; undefined when it can. */
export function patternProblem({ rrule, day }: Pick<ShiftRequest, 'rrule' | 'day'>): string | undefined {
  return rrule === undefined ? undefined : ruleProblem({ by: 'calendar', rrule, from: day, leadDays: 0 })
}

/**
 * Makes the shifts of patterns that are not there yet, up to AHEAD_DAYS. A day that was made, changed or cancelled is left alone. Whoever is
 * busy elsewhere at that time leaves an open shift, which then shows as a gap.
 *
 * @returns how many were made.
 */
export async function makeAhead({ db, timeZone, nowMs, newId }: PatternDeps, only?: string): Promise<number> {
  const atMs = nowMs()
  const today = dayIn(timeZone, atMs)
  const last = daysLater(today, AHEAD_DAYS - 1)
  const patterns = await db
    .selectFrom('rota_pattern')
    .innerJoin('station', 'station.id', 'rota_pattern.station')
    .selectAll('rota_pattern')
    .select('station.district')
    .where('rota_pattern.ended_at_ms', 'is', null)
    .$if(only !== undefined, q => q.where('rota_pattern.id', '=', only as string))
    .execute()
  let made = 0
  for (const pattern of patterns) {
    const known = await db
      .selectFrom('shift')
      .select('day')
      .where('pattern', '=', pattern.id)
      .where('day', '>=', today)
      .execute()
    const there = new Set(known.map(({ day }) => day))
    for (const day of daysOf(pattern, today, last)) {
      const time = shiftOn(day, { fromMinute: pattern.from_minute, halfHours: pattern.half_hours }, timeZone)
      if (there.has(day) || time.toMs <= atMs) continue
      const isMade = await db.transaction().execute(async tx => {
        const person = pattern.person ?? undefined
        const canCome = person !== undefined && (await isFree(tx, { person, ...time }))
        const { id, station, district } = pattern
        return makeShift(
          tx,
          { id: newId(), station, district, ...time, pattern: { id, day }, person: canCome ? person : undefined },
          { actor: pattern.created_by, atMs },
        )
      })
      if (isMade) made += 1
    }
  }
  return made
}

function daysOf({ rrule, first_day: from }: KeeperTables['rota_pattern'], today: string, last: string): string[] {
  const schedule = { by: 'calendar', rrule, from, leadDays: 0 } as const
  const first = from > today ? from : today
  return dueDays(schedule, { fromDay: first, count: AHEAD_DAYS }).filter(day => day <= last)
}
