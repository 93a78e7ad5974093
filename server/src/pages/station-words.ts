import type { StationDetail } from '@harbor/protocol'
import { dateOfWall, plannedDay } from '@harbor/protocol/opening-at'
import { toWall } from '../stations/wall-clock.ts'
import { PAGE_LOCALES, type PageLanguage } from './page-language.ts'
import { PAGE_TEXTS } from './page-texts.ts'

/** In which words, and whose clock. */
export interface PageWords {
  language: PageLanguage
  /** IANA zone of the stations' clocks. */
  timeZone: string
  nowMs: number
}

/** `zh` or `en`, whichever the reader reads; Chinese where the English one is missing. */
export function inLanguage(language: PageLanguage, zh: string | undefined, en: string | undefined): string | undefined {
  return language === 'en' && en !== undefined && en !== '' ? en : zh
}

/** Today's posted hours: `08:00–12:00, 14:00–18:00 (nobody there)`. */
export function hoursTodayText({ plan, hours }: StationDetail, { language, timeZone, nowMs }: PageWords): string {
  const texts = PAGE_TEXTS[language]
  const today = dateOfWall(toWall(nowMs, timeZone))
  // Beyond its days a plan says nothing; the text it was made of still does, in its own syntax.
  if (plan === undefined || today < plan.validFrom || today > plan.validUntil) return hours ?? texts.hoursUnknown
  const { stretches } = plannedDay(plan, today)
  if (stretches.length === 0) return texts.closedToday
  return stretches
    .map(({ from, to, unstaffed }) => {
      const text = from === 0 && to === 1_440 ? texts.allDay : `${clock(from)}–${clock(to <= 1_440 ? to : to - 1_440)}`
      return unstaffed === true ? `${text} (${texts.unstaffed})` : text
    })
    .join(texts.join)
}

/** Open or not, until when, and when that rests on nothing but the posted hours, that too. */
export function openingText({ opening }: StationDetail, words: PageWords): string {
  const texts = PAGE_TEXTS[words.language]
  const { state, reason, changesAt, sign } = opening
  if (state === 'unknown') return texts.now[reason ?? 'no_hours']
  const until =
    state === 'closed' || changesAt === undefined ? [] : [texts.until(timeText(Date.parse(changesAt), words))]
  const basis = state !== 'closed' && sign === undefined ? [texts.byHours] : []
  return [texts.now[state], ...until, ...basis].join(texts.join)
}

/** A time of day in the stations' zone. */
export function timeText(atMs: number, { language, timeZone }: Pick<PageWords, 'language' | 'timeZone'>): string {
  return new Intl.DateTimeFormat(PAGE_LOCALES[language], {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(atMs)
}

function clock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
}
