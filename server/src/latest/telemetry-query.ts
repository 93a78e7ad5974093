import { METRIC_NAMES, type Metric } from '@harbor/protocol'
import { z } from 'zod'
import { ApiProblem } from '../errors.ts'

/** One answer carries at most so many points, over all its series (protocol, telemetrySchema). */
export const MAX_POINTS = 20_000
/** The longest span that one question may cover: a year and a day, so that "the same day last year" fits. */
const MAX_SPAN_MS = 366 * 24 * 3_600_000
const DEFAULT_SPAN_MS = 24 * 3_600_000

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
}

/** Numbers below this are seconds, from it on milliseconds: 10^11 s is the year 5138, 10^11 ms the year 1973. */
const FIRST_MILLISECOND_NUMBER = 1e11

const TIME_FORMS = 'expected ISO 8601 (2026-07-30T04:00:00Z), seconds or milliseconds since 1970, now, or -24h'

/** The query parameters of a series, as they are written in an address. */
export const telemetryQuerySchema = z.object({
  metric: z.enum(METRIC_NAMES as [Metric, ...Metric[]]),
  from: z
    .string()
    .max(40)
    .optional()
    .meta({ description: `Start; ${TIME_FORMS}. Default -24h.`, example: '-24h' }),
  to: z
    .string()
    .max(40)
    .optional()
    .meta({ description: `End, not part of it; ${TIME_FORMS}. Default now.` }),
  every: z.string().max(40).optional().meta({
    description: 'Width of windows, such as 30s, 5m, 1h, 1d or PT5M; without it raw readings.',
    example: '5m',
  }),
})

/** What is asked for, in milliseconds. */
export interface TelemetrySpan {
  fromMs: number
  toMs: number
  everyMs: number | undefined
}

/**
 * The span of a series and the width of its windows.
 *
 * @param series how many series the answer will have: together they may not need more points than MAX_POINTS
 * @throws ApiProblem `invalid_request` naming the field.
 */
export function parseTelemetrySpan(
  query: { from?: string | undefined; to?: string | undefined; every?: string | undefined },
  nowMs: number,
  series: number,
): TelemetrySpan {
  const toMs = query.to === undefined ? nowMs : parseTime('to', query.to, nowMs)
  const fromMs = query.from === undefined ? toMs - DEFAULT_SPAN_MS : parseTime('from', query.from, nowMs)
  if (fromMs >= toMs) throw wrong('from', 'expected a time before `to`')
  if (toMs - fromMs > MAX_SPAN_MS) throw wrong('from', 'the span is longer than 366 days; ask for less')
  if (query.every === undefined) return { fromMs, toMs, everyMs: undefined }
  const everyMs = tryParseDuration(query.every)
  if (everyMs === undefined || everyMs < 1_000)
    throw wrong('every', 'expected at least 1s, such as 30s, 5m, 1h, 1d or PT5M')
  // One more than fits evenly: windows stand on the clock, so the first and last may be cut.
  const points = (Math.ceil((toMs - fromMs) / everyMs) + 1) * Math.max(1, series)
  if (points > MAX_POINTS) {
    const needed = Math.ceil(((toMs - fromMs) * Math.max(1, series)) / (MAX_POINTS - 2 * series) / 1_000)
    throw wrong(
      'every',
      `${points} points, at most ${MAX_POINTS} are answered; ask for ${needed}s or more, or a shorter span`,
    )
  }
  return { fromMs, toMs, everyMs }
}

/** @throws ApiProblem `invalid_request` naming `field`. */
function parseTime(field: string, text: string, nowMs: number): number {
  if (text === 'now') return nowMs
  // A plus sign of a time zone arrives as a space when it was not escaped.
  const trimmed = text.trim().replace(/ (?=\d\d:\d\d$)/, '+')
  const relative = /^-(.+)$/.exec(trimmed)?.[1]
  const agoMs = relative === undefined ? undefined : tryParseDuration(relative)
  if (agoMs !== undefined) return nowMs - agoMs
  if (/^\d{1,16}(\.\d+)?$/.test(trimmed)) {
    const number = Number(trimmed)
    return Math.round(number < FIRST_MILLISECOND_NUMBER ? number * 1000 : number)
  }
  const parsed = z.iso.datetime({ offset: true }).safeParse(trimmed)
  if (!parsed.success) throw wrong(field, TIME_FORMS)
  return Date.parse(parsed.data)
}

/** `30s`, `1.5h`, `PT5M`, `P1DT12H` in milliseconds; undefined when it is none or not above 0. Months and years have no fixed length. */
export function tryParseDuration(text: string): number | undefined {
  const short = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d|w)$/.exec(text)
  if (short !== null) return positive(Number(short[1]) * (UNIT_MS[short[2] as string] as number))
  const iso = /^P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,3})?)S)?)?$/.exec(
    text,
  )
  if (iso === null) return undefined
  const [weeks, days, hours, minutes, seconds] = iso.slice(1).map(part => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return positive((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1_000)
}

function positive(ms: number): number | undefined {
  const whole = Math.round(ms)
  return whole > 0 ? whole : undefined
}

function wrong(field: string, problem: string): ApiProblem {
  return new ApiProblem('invalid_request', `query: ${field}: ${problem}`)
}
