import { FEEDBACK_TOPICS, type FeedbackTopic, VOICE_WEEKS, type VoicesReport } from '@harbor/protocol'
import { weekdayOfWall, wallOfDate } from '@harbor/protocol/opening-at'
import { dayIn, daysLater } from '../assets/asset-row.ts'
import type { Calendar } from '../calendar/calendar.ts'
import type { FeedbackState } from '../registry/feedback-tables.ts'

/** Places in one report. */
const MAX_PLACES = 200
/** No calendar has so many days off in a row. */
const MAX_DAYS_OFF = 30

/** One report, as far as it is counted. */
export interface CountedReport {
  station: string
  nameZh: string
  nameEn: string
  district: string
  topic: FeedbackTopic
  state: FeedbackState
  receivedMs: number
  /** The first reply, or that a person closed it. */
  repliedMs: number | undefined
  /** Undefined: it rates nothing, or does not count beside another. */
  stars: number | undefined
}

/** The Monday of the week that a day is in. */
export function mondayOf(day: string): string {
  return daysLater(day, -weekdayOfWall(wallOfDate(day)))
}

/** The first working day after a day; holidays are none, and days worked for them are. */
export function nextWorkingDay(day: string, calendar: Pick<Calendar, 'dayOf'>): string {
  for (let after = 1; after <= MAX_DAYS_OFF; after += 1) {
    const next = daysLater(day, after)
    const kind = calendar.dayOf(next)?.kind
    if (kind === 'make_up_workday' || (kind === undefined && weekdayOfWall(wallOfDate(next)) < 5)) return next
  }
  return daysLater(day, MAX_DAYS_OFF)
}

/** The first day that a report of this moment counts reports of. */
export function firstDayOf(timeZone: string, atMs: number): string {
  return daysLater(mondayOf(dayIn(timeZone, atMs)), -7 * (VOICE_WEEKS - 1))
}

/** What visitors said, added up. Pure, so that page and file show the same. */
export function voicesReport(
  reports: readonly CountedReport[],
  { atMs, timeZone, calendar }: { atMs: number; timeZone: string; calendar: Pick<Calendar, 'dayOf'> },
): VoicesReport {
  const today = dayIn(timeZone, atMs)
  const from = firstDayOf(timeZone, atMs)
  const dated = reports
    .map(report => ({ ...report, day: dayIn(timeZone, report.receivedMs) }))
    .filter(({ day }) => day >= from && day <= today)
  const isOpen = ({ state }: CountedReport) => state !== 'closed' && state !== 'answered'
  const replies = { inTime: 0, late: 0, waiting: 0 }
  for (const { topic, day, repliedMs } of dated) {
    if (topic === 'thanks') continue
    const until = nextWorkingDay(day, calendar)
    const answeredOn = repliedMs === undefined ? today : dayIn(timeZone, repliedMs)
    if (answeredOn > until) replies.late += 1
    else if (repliedMs === undefined) replies.waiting += 1
    else replies.inTime += 1
  }
  const byWeek = Map.groupBy(dated, ({ day }) => mondayOf(day))
  const places = [...Map.groupBy(dated, ({ station }) => station).values()].flatMap(those => {
    const [first] = those
    if (first === undefined) return []
    const { station, nameZh, nameEn, district } = first
    return [{ station, nameZh, nameEn, district, ...sums(those), open: those.filter(isOpen).length }]
  })
  return {
    at: new Date(atMs).toISOString(),
    from,
    total: dated.length,
    open: dated.filter(isOpen).length,
    themes: FEEDBACK_TOPICS.map(topic => {
      const those = dated.filter(report => report.topic === topic)
      return { topic, count: those.length, open: those.filter(isOpen).length }
    }).sort((a, b) => b.count - a.count),
    replies,
    weeks: Array.from({ length: VOICE_WEEKS }, (_, index) => {
      const monday = daysLater(from, 7 * index)
      return { monday, ...sums(byWeek.get(monday) ?? []) }
    }),
    places: places.sort((a, b) => b.count - a.count || (a.station < b.station ? -1 : 1)).slice(0, MAX_PLACES),
  }
}

function sums(reports: readonly CountedReport[]): { count: number; rated: number; stars?: number } {
  const stars = reports.flatMap(report => report.stars ?? [])
  const mean = stars.reduce((sum, one) => sum + one, 0) / stars.length
  return {
    count: reports.length,
    rated: stars.length,
    ...(stars.length > 0 && { stars: Math.round(mean * 10) / 10 }),
  }
}
