import type { FinderTranslate } from '../texts/texts.ts'

/** 2024-01-01 was a Monday. */
const MONDAY_MS = Date.UTC(2024, 0, 1)
const DAYS = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const

/** What a rule may be made of for us to say it in words; anything else is shown as it was written. */
const RULE =
  /^(?<days>(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH|SH)(?:-(?:Mo|Tu|We|Th|Fr|Sa|Su))?,?\s*)*)(?<times>(?:\d{1,2}:\d{2}-\d{1,2}:\d{2}(?:,\s*)?)*)(?<off>off|closed)?$/

/**
 * Posted hours (OpenStreetMap `opening_hours` syntax) one rule a line, weekdays in the visitor's language. Hours beyond
 * days, holidays and times come back as they were written: shown raw is better than shown wrong.
 */
export function hoursLines(hours: string, t: FinderTranslate, locale: string): string[] {
  if (hours.trim() === '24/7') return [t('hours.allWeek')]
  const rules = hours
    .split(';')
    .map(rule => rule.trim())
    .filter(rule => rule !== '')
  const lines = rules.map(rule => ruleText(rule, t, locale))
  return lines.every(line => line !== undefined) ? lines : [hours]
}

function ruleText(rule: string, t: FinderTranslate, locale: string): string | undefined {
  const { days = '', times = '', off } = RULE.exec(rule)?.groups ?? {}
  if (times === '' && off === undefined) return undefined
  const when = days.trim().replace(/,$/, '')
  const dayText = when === '' || when === 'Mo-Su' ? t('hours.everyDay') : namedDays(when, t, locale)
  const timeText = off === undefined ? times.replaceAll('-', '–').replace(/,\s*/g, ', ') : t('hours.off')
  return `${dayText} ${timeText.trim()}`
}

function namedDays(days: string, t: FinderTranslate, locale: string): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  return days
    .replace(/,\s*/g, ', ')
    .replaceAll('-', '–')
    .replaceAll('PH', t('hours.holidays'))
    .replaceAll('SH', t('hours.schoolHolidays'))
    .replace(/\b(?:Mo|Tu|We|Th|Fr|Sa|Su)\b/g, day =>
      format.format(MONDAY_MS + DAYS.indexOf(day as (typeof DAYS)[number]) * 86_400_000),
    )
}
