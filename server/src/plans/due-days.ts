import type { PlanSchedule } from '@harbor/protocol'
import { RRuleTemporal } from 'rrule-temporal'

type CalendarSchedule = Extract<PlanSchedule, { by: 'calendar' }>

/** Periods without a day after which a rule counts as one that never comes: 12 years of months. */
const MAX_EMPTY_PERIODS = 150

/** What a rule for days may say, and in which range (RFC 5545 3.3.10). The library passes over what it does not know. */
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,2}$/,
  COUNT: /^[1-9]\d{0,3}$/,
  BYDAY: /^([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*$/,
  BYMONTHDAY: /^-?([1-9]|[12]\d|3[01])(,-?([1-9]|[12]\d|3[01]))*$/,
  BYMONTH: /^([1-9]|1[0-2])(,([1-9]|1[0-2]))*$/,
  BYSETPOS: /^-?[1-9]\d?$/,
}

/** Why a rule cannot be used, or undefined when it can. */
export function ruleProblem(schedule: CalendarSchedule): string | undefined {
  const names = new Set<string>()
  for (const part of schedule.rrule.split(';')) {
    const [name = '', value = ''] = part.split('=')
    if (PARTS[name]?.test(value) !== true) return `${part} is not understood`
    if (names.has(name)) return `${name} is there twice`
    names.add(name)
  }
  return dueDays(schedule, { fromDay: schedule.from, count: 1 }).length === 0 ? 'no day is ever due' : undefined
}

/** The first days that are due from `fromDay` on, itself included. A day of the month that a month lacks is not due in it. */
export function dueDays(schedule: CalendarSchedule, { fromDay, count }: { fromDay: string; count: number }): string[] {
  const rule = ruleOf(schedule)
  const days: string[] = []
  try {
    for (let next = rule.next(midnight(fromDay), true); next !== null && days.length < count;) {
      days.push(next.toPlainDate().toString())
      next = rule.next(new Date(next.epochMilliseconds), false)
    }
  } catch {
    return days // Too many periods in a row without a day: none is left.
  }
  return days
}

/** The last day that was due up to `toDay`, itself included; undefined: none was. */
export function lastDueDay(schedule: CalendarSchedule, toDay: string): string | undefined {
  try {
    return ruleOf(schedule).previous(midnight(toDay), true)?.toPlainDate().toString()
  } catch {
    return undefined // As above.
  }
}

/** Days have no time and no zone: they are counted in UTC, where every day is as long as the other. */
function ruleOf({ rrule, from }: CalendarSchedule): RRuleTemporal {
  return new RRuleTemporal({
    rruleString: rrule,
    dtstart: Temporal.PlainDate.from(from).toZonedDateTime('UTC'),
    maxIterations: MAX_EMPTY_PERIODS,
  })
}

function midnight(day: string): Date {
  return new Date(`${day}T00:00:00Z`)
}

/** When a working day begins (chosen). */
const WORK_BEGINS = '09:00'

/** When the clock of work that is due on a day begins to run, in ms since 1970: that morning, on the stations' own clock. */
export function dueAtMs(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: WORK_BEGINS }).epochMilliseconds
}
