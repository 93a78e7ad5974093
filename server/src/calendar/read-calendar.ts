import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { dateSchema, errorText, issueText } from '@harbor/protocol'
import { weekdayOfWall, wallOfDate } from '@harbor/protocol/opening-at'
import { z } from 'zod'
import { CalendarError } from '../errors.ts'
import { type Calendar, type CalendarSpan, createCalendar } from './calendar.ts'

const BUILT_IN = new URL('china.json', import.meta.url)
/** No holiday is longer: a slip in a year or month would else close every station for months. */
const MAX_SPAN_DAYS = 15
const DAY_MS = 24 * 3_600_000
/**
 * The weekday that a make-up workday stands for when nobody says which: since 2021 the notices name none. Friday, the last
 * working day before it.
 */
const DEFAULT_WEEKDAY = 5
const WEEKDAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr'] as const

const daySchema = z.strictObject({
  from: dateSchema,
  /** The last day; absent: one day. */
  to: dateSchema.optional(),
  kind: z.enum(['holiday', 'make_up_workday']),
  nameZh: z.string().min(1).max(60),
  nameEn: z.string().min(1).max(60),
  /** Of a make-up workday: whose hours it has, when the notice or the city says so. */
  follows: z.enum(WEEKDAYS).optional(),
})

const yearSchema = z
  .strictObject({ year: z.int().min(2000).max(2100), days: z.array(daySchema).min(1).max(60) })
  .superRefine(({ year, days }, context) => {
    for (const [index, { from, to = from, kind, follows }] of days.entries()) {
      const wrong = (field: string, message: string) =>
        context.addIssue({ code: 'custom', path: ['days', index, field], message })
      if (!isDate(from)) wrong('from', `${from} is no day of the calendar`)
      else if (!isDate(to)) wrong('to', `${to} is no day of the calendar`)
      else if (to < from) wrong('to', `expected ${from} or later`)
      else if ((wallOfDate(to) - wallOfDate(from)) / DAY_MS >= MAX_SPAN_DAYS)
        wrong('to', `expected at most ${MAX_SPAN_DAYS} days`)
      else if (!touchesYear(from, to, year)) wrong('from', `expected a day of ${year}`)
      else if (kind === 'make_up_workday' && (to !== from || weekdayOfWall(wallOfDate(from)) < 5))
        wrong('from', `${from}: a make-up workday is one Saturday or Sunday`)
      if (kind === 'holiday' && follows !== undefined) wrong('follows', 'only a make-up workday follows a weekday')
    }
    for (const date of doubles(days)) {
      context.addIssue({ code: 'custom', path: ['days'], message: `${date} is named twice` })
    }
  })

/** A calendar's file, as `china.json` beside this module: what an administrator brings for a new year. */
export const calendarFileSchema = z.strictObject({
  /** Where it comes from. */
  note: z.string().max(1_000).optional(),
  years: z.array(yearSchema).min(1).max(50),
})

type CalendarYear = z.infer<typeof yearSchema>

/**
 * The calendar that comes with this version, and over it, year by year, every `*.json` in `folder`, in the order of their
 * names; a folder that does not exist is as good as an empty one.
 *
 * @throws CalendarError CALENDAR_INVALID naming file and field.
 */
export async function readCalendar(folder: string): Promise<Calendar> {
  const years = new Map<number, CalendarYear>()
  const files = [BUILT_IN.pathname, ...(await filesIn(folder))]
  for (const file of files) for (const year of await readYears(file)) years.set(year.year, year)
  return createCalendar([...years.values()].map(({ year, days }) => ({ year, spans: days.map(toSpan) })))
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder)
    return names
      .filter(name => name.endsWith('.json'))
      .sort()
      .map(name => join(folder, name))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new CalendarError('CALENDAR_INVALID', `calendar folder ${folder}: ${errorText(cause)}`, { cause })
  }
}

async function readYears(file: string): Promise<CalendarYear[]> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    throw new CalendarError('CALENDAR_INVALID', `calendar ${file}: ${errorText(cause)}`, { cause })
  }
  const parsed = calendarFileSchema.safeParse(content)
  if (parsed.success) return parsed.data.years
  throw new CalendarError('CALENDAR_INVALID', `calendar ${file}: ${issueText(parsed.error)}`)
}

function toSpan({ from, to = from, kind, nameZh, nameEn, follows }: z.infer<typeof daySchema>): CalendarSpan {
  const weekday = follows === undefined ? DEFAULT_WEEKDAY : WEEKDAYS.indexOf(follows) + 1
  return { from, to, kind, nameZh, nameEn, weekday }
}

/** A holiday may reach over a New Year; it is named in the year of its first day or of its last. */
function touchesYear(from: string, to: string, year: number): boolean {
  return from.startsWith(`${year}-`) || to.startsWith(`${year}-`)
}

function isDate(text: string): boolean {
  const wallMs = wallOfDate(text)
  return Number.isFinite(wallMs) && new Date(wallMs).toISOString().startsWith(text)
}

function doubles(days: CalendarYear['days']): string[] {
  const seen = new Set<string>()
  const twice = new Set<string>()
  for (const { from, to = from } of days) {
    if (!isDate(from) || !isDate(to) || wallOfDate(to) - wallOfDate(from) > MAX_SPAN_DAYS * DAY_MS) continue
    for (let wallMs = wallOfDate(from); wallMs <= wallOfDate(to); wallMs += DAY_MS) {
      const date = new Date(wallMs).toISOString().slice(0, 10)
      if (seen.has(date)) twice.add(date)
      seen.add(date)
    }
  }
  return [...twice].sort()
}
