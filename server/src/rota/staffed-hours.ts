import type { HoursPlan } from '@harbor/protocol'
import { dateOfWall, plannedDay, wallOfDate } from '@harbor/protocol/opening-at'
import type { Stretch } from './gaps.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS

/** The instant at which a wall clock shows minutes since a day's midnight; a time that a zone jumps over is the one after it. */
export function instantOf({ day, minute }: { day: string; minute: number }, timeZone: string): number {
  return Temporal.PlainDate.from(day)
    .toPlainDateTime()
    .add({ minutes: minute })
    .toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
}

/**
 * The posted hours of some days in which somebody has to be there, holidays and changes included; hours that are posted as unstaffed are
 * none of them. Beyond the plan's end nothing is known and nothing is said.
 */
export function staffedHours(
  plan: HoursPlan,
  { firstDay, days, timeZone }: { firstDay: string; days: number; timeZone: string },
): Stretch[] {
  const all: Stretch[] = []
  // The day before: its night may reach into the first.
  for (let index = -1; index < days; index += 1) {
    const day = dateOfWall(wallOfDate(firstDay) + index * DAY_MS)
    if (day < plan.validFrom || day > plan.validUntil) continue
    for (const { from, to, unstaffed } of plannedDay(plan, day).stretches) {
      if (unstaffed === true) continue
      all.push({
        fromMs: instantOf({ day, minute: from }, timeZone),
        toMs: instantOf({ day, minute: to }, timeZone),
      })
    }
  }
  return all
}
