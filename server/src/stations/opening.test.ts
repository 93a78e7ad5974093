import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCalendar } from '../calendar/read-calendar.ts'
import { type OpeningInput, createPostedHours } from './opening.ts'

const run = promisify(execFile)
const china = createPostedHours(await readCalendar('/no such folder'))
/** State and change alone: the rest has tests of its own. */
function openingState(input: OpeningInput) {
  const { state, changesAtMs } = china.openingState(input)
  return { state, ...(changesAtMs !== undefined && { changesAtMs }) }
}
const SHANGHAI = 'Asia/Shanghai'
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

/** Hours of real stations, after docs/domain.md 1.3, and what else the syntax offers. */
const CHANGING_HOURS = [
  'Mo-Fr 08:00-20:00',
  'Mo-Sa 09:00-17:00; Su off',
  '08:30-12:00,14:30-18:00',
  'Fr-Sa 20:00-04:00; Su-Th 20:00-24:00',
  'Mo-Fr 09:00-18:00; PH off',
  'Jun-Aug 07:00-22:00; Sep-May 08:00-20:00',
  'week 1-53/2 Fr 09:00-12:00; 13:00-17:00',
  'Mo[1],Fr[-1] 09:00-17:00; Su[-1] -1 day 10:00-12:00',
  '02:30-05:00',
]

const SAMPLE_HOURS = ['24/7', ...CHANGING_HOURS]

/** In China's only zone there is no summer time: the wall clock is 8 hours ahead. */
const shanghai = (text: string) => Date.parse(`${text}+08:00`)
const at = (hours: string | undefined, text: string) =>
  openingState({ hours, atMs: shanghai(text), timeZone: SHANGHAI })
const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

describe('at a station in Chongqing', () => {
  test.each<[string, string, [string, string | undefined]]>([
    // Wednesday, 29 July 2026
    ['08:30-12:00,14:30-18:00', '2026-07-29T08:29:59', ['closed', '2026-07-29T08:30:00']],
    ['08:30-12:00,14:30-18:00', '2026-07-29T08:30:00', ['open', '2026-07-29T12:00:00']],
    ['08:30-12:00,14:30-18:00', '2026-07-29T11:29:59', ['open', '2026-07-29T12:00:00']],
    ['08:30-12:00,14:30-18:00', '2026-07-29T11:30:00', ['closing_soon', '2026-07-29T12:00:00']],
    ['08:30-12:00,14:30-18:00', '2026-07-29T12:00:00', ['closed', '2026-07-29T14:30:00']],
    ['08:30-12:00,14:30-18:00', '2026-07-29T18:00:00', ['closed', '2026-07-30T08:30:00']],
    // Over midnight, and over the end of the week
    ['22:00-06:00', '2026-07-29T23:00:00', ['open', '2026-07-30T06:00:00']],
    ['22:00-06:00', '2026-07-30T05:45:00', ['closing_soon', '2026-07-30T06:00:00']],
    ['Sa 20:00-26:00', '2026-08-02T01:59:00', ['closing_soon', '2026-08-02T02:00:00']],
    ['Mo-Fr 08:00-20:00', '2026-07-31T20:00:00', ['closed', '2026-08-03T08:00:00']],
    // Hours that meet at midnight do not close there
    ['Mo-Su 00:00-24:00', '2026-07-29T23:59:00', ['open', undefined]],
    ['24/7', '2026-07-29T23:59:00', ['open', undefined]],
    ['24/7 off', '2026-07-29T12:00:00', ['closed', undefined]],
    // Seasons
    ['Jun-Aug 07:00-22:00; Sep-May 08:00-20:00', '2026-08-31T22:00:00', ['closed', '2026-09-01T08:00:00']],
    // National Day 2026 is kept from 1 to 7 October, Thursday to Wednesday
    ['Mo-Fr 08:00-20:00; PH off', '2026-09-30T21:00:00', ['closed', '2026-10-08T08:00:00']],
    ['Mo-Fr 08:00-20:00; PH off', '2026-10-01T10:00:00', ['closed', '2026-10-08T08:00:00']],
    // Without a position the sun rises at 06:00 and sets at 18:00
    ['sunrise-sunset', '2026-07-29T12:00:00', ['open', '2026-07-29T18:00:00']],
    // A change more than 366 days away is not told
    ['2030 Jan 01-2030 Dec 31', '2026-07-29T12:00:00', ['closed', undefined]],
  ])('%s is at %s %o', (hours, text, [state, changes]) => {
    expect(at(hours, text)).toEqual({
      state,
      ...(changes !== undefined && { changesAtMs: shanghai(changes) }),
    })
  })

  test.each([
    undefined,
    '',
    'xx',
    'ask the keeper',
    'SH off',
    'unknown',
    'Mo-Su 09:00-17:00 "by appointment"',
    '25:99-3',
    '08:00+',
  ])('hours that say nothing sure (%s) are unknown, without a time', hours => {
    expect(at(hours, '2026-07-29T12:00:00')).toEqual({ state: 'unknown' })
  })

  test('a change from closed to unknown is not told as an opening', () => {
    expect(at('Mo-Su 09:00-17:00 "by appointment"', '2026-07-29T08:00:00')).toEqual({ state: 'closed' })
  })

  test('how soon is soon can be set', () => {
    const input = { hours: '08:00-20:00', atMs: shanghai('2026-07-29T19:00:00'), timeZone: SHANGHAI }
    expect(openingState(input).state).toBe('open')
    expect(openingState({ ...input, closingSoonMs: 60 * MINUTE_MS }).state).toBe('closing_soon')
  })

  test('hours that never change again are answered at once: without a limit the library looks for ever', () => {
    expect(at('PH off', '2026-07-29T12:00:00')).toEqual({ state: 'closed' })
  })
})

test('holidays are those of the calendar, and in a year that it does not know there are none', () => {
  const closedIn = (year: number) =>
    Array.from({ length: 365 }, (_, day) => shanghai(`${year}-01-01T12:00:00`) + day * DAY_MS)
      .filter(
        atMs => at('08:00-20:00; PH off', new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 19)).state === 'closed',
      )
      .map(atMs => new Date(atMs).toISOString().slice(5, 10))
  // 2026 after the State Council's notice of 4 November 2025: 3 + 9 + 3 + 5 + 3 + 3 + 7 days
  expect(closedIn(2026)).toHaveLength(33)
  expect(closedIn(2026).slice(0, 4)).toEqual(['01-01', '01-02', '01-03', '02-15'])
  expect(closedIn(2025)).toHaveLength(28)
  expect(closedIn(2031)).toEqual([])
})

test('a make-up workday has a Friday’s hours, and a holiday’s weekday none', () => {
  // 10 October 2026 is a Saturday worked for National Day
  const hours = 'Mo-Th 08:00-20:00; Fr 08:00-17:00; PH off'
  expect(at(hours, '2026-10-10T12:00:00')).toEqual({ state: 'open', changesAtMs: shanghai('2026-10-10T17:00:00') })
  expect(at(hours, '2026-10-09T18:00:00')).toEqual({ state: 'closed', changesAtMs: shanghai('2026-10-10T08:00:00') })
  expect(at(hours, '2026-10-17T12:00:00')).toEqual({ state: 'closed', changesAtMs: shanghai('2026-10-19T08:00:00') })
  // The night before it, and the one after
  expect(at('Fr 20:00-04:00', '2026-10-11T03:00:00').state).toBe('open')
  expect(at('Sa 20:00-04:00', '2026-10-11T03:00:00').state).toBe('closed')
})

test('hours of every day are open within their intervals and closed outside of them', () => {
  // Two intervals in order, at least a minute apart, to the minute.
  const minutes = fc.uniqueArray(fc.integer({ min: 1, max: 1439 }), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(minutes, fc.integer({ min: 0, max: 1439 }), (picked, minute) => {
      const [a = 0, b = 0, c = 0, d = 0] = picked.sort((x, y) => x - y)
      const hours = `${clock(a)}-${clock(b)},${clock(c)}-${clock(d)}`
      const { state, changesAtMs } = openingState({
        hours,
        atMs: shanghai('2026-07-29T00:00:00') + minute * MINUTE_MS,
        timeZone: SHANGHAI,
      })
      const isOpen = (minute >= a && minute < b) || (minute >= c && minute < d)
      expect(state === 'closed').toBe(!isOpen)
      const nextMinute = [a, b, c, d, a + 1440].find(edge => edge > minute) ?? 0
      expect(changesAtMs).toBe(shanghai('2026-07-29T00:00:00') + nextMinute * MINUTE_MS)
    }),
  )
})

const momentArb = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) })

test('the told change is ahead, and the state is another one from it on', () => {
  const zoneArb = fc.constantFrom(SHANGHAI, 'Asia/Kathmandu', 'UTC')
  fc.assert(
    fc.property(fc.constantFrom(...CHANGING_HOURS), momentArb, zoneArb, (hours, atMs, timeZone) => {
      const isOpenAt = (ms: number) =>
        ['open', 'closing_soon'].includes(openingState({ hours, atMs: ms, timeZone }).state)
      const { changesAtMs = 0 } = openingState({ hours, atMs, timeZone })
      expect(changesAtMs).toBeGreaterThan(atMs)
      expect(isOpenAt(changesAtMs - 1)).toBe(isOpenAt(atMs))
      expect(isOpenAt(changesAtMs)).toBe(!isOpenAt(atMs))
    }),
  )
})

test('no text throws', () => {
  const wordArb = fc.constantFrom(
    'Mo',
    'Su',
    'PH',
    'SH',
    'off',
    '08:00',
    '26:00',
    '-',
    ',',
    ';',
    '||',
    '+',
    '"x"',
    '[1]',
  )
  const textArb = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(wordArb, { maxLength: 12 }).map(words => words.join(' ')),
  )
  fc.assert(
    fc.property(textArb, momentArb, (hours, atMs) => {
      expect(openingState({ hours, atMs, timeZone: SHANGHAI }).state).toMatch(/^(open|closing_soon|closed|unknown)$/)
    }),
  )
})

describe('where clocks are moved', () => {
  const berlin = (hours: string, instant: string) => {
    const { state, changesAtMs } = openingState({ hours, atMs: Date.parse(instant), timeZone: 'Europe/Berlin' })
    return [state, changesAtMs === undefined ? undefined : new Date(changesAtMs).toISOString()]
  }

  test('an opening time that the clock jumps over comes with the jump', () => {
    // 29 March 2026: 01:59:59 CET (00:59:59Z) is followed by 03:00 CEST (01:00Z)
    for (const instant of ['2026-03-28T12:34:56.789Z', '2026-03-29T00:30:00Z', '2026-03-29T00:59:59.999Z'])
      expect(berlin('02:30-05:00', instant)).toEqual(['closed', '2026-03-29T01:00:00.000Z'])
    expect(berlin('02:30-05:00', '2026-03-29T01:00:00Z')).toEqual(['open', '2026-03-29T03:00:00.000Z'])
  })

  test('a closing time that the clock shows twice is the next of the two', () => {
    // 25 October 2026: 02:59:59 CEST (00:59:59Z) is followed by 02:00 CET (01:00Z)
    expect(berlin('01:00-02:30', '2026-10-25T00:10:00Z')).toEqual(['closing_soon', '2026-10-25T00:30:00.000Z'])
    expect(berlin('01:00-02:30', '2026-10-25T01:10:00Z')).toEqual(['closing_soon', '2026-10-25T01:30:00.000Z'])
  })
})

const QUESTIONS = SAMPLE_HOURS.flatMap(hours =>
  // Every 7 h 23 min through the nights on which New York, Berlin and Lord Howe move their clocks, and a week around them
  ['2026-03-05', '2026-03-26', '2026-04-02', '2026-10-22', '2026-10-30'].flatMap(day =>
    Array.from({ length: 24 }, (_, n) => ({ hours, atMs: Date.parse(`${day}T00:00:00Z`) + n * 443 * MINUTE_MS })),
  ),
)

test.each(['UTC', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Kiritimati'])(
  'a process in %s gives the same answers',
  async TZ => {
    const script = `
      import { createPostedHours } from ${JSON.stringify(new URL('opening.ts', import.meta.url).href)}
      import { readCalendar } from ${JSON.stringify(new URL('../calendar/read-calendar.ts', import.meta.url).href)}
      const { openingState } = createPostedHours(await readCalendar('/no such folder'))
      const questions = ${JSON.stringify(QUESTIONS)}
      const answers = questions.map(q => openingState({ ...q, timeZone: ${JSON.stringify(SHANGHAI)} }))
      console.log(JSON.stringify({ offset: new Date(1.77e12).getTimezoneOffset(), answers }))`
    const env = { ...process.env, TZ }
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env, maxBuffer: 1e8 })
    const { offset, answers } = JSON.parse(stdout) as { offset: number; answers: unknown }
    expect(answers).toEqual(QUESTIONS.map(q => china.openingState({ ...q, timeZone: SHANGHAI })))
    // The process did run in another zone than the stations.
    expect(offset).not.toBe(-480)
  },
)

test('what was asked before changes no answer', () => {
  const orderArb = fc.array(momentArb, { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLE_HOURS), orderArb, (hours, moments) => {
      const ask = (atMs: number) => openingState({ hours, atMs, timeZone: SHANGHAI })
      // The same hours with a space more are another entry of the memo, asked in the other order.
      const fresh = (atMs: number) => openingState({ hours: `${hours} `, atMs, timeZone: SHANGHAI })
      const answers = new Map(moments.map(ms => [ms, ask(ms)]))
      for (const ms of moments.toReversed()) expect(fresh(ms)).toEqual(answers.get(ms))
    }),
  )
})

test('that nothing changes for two years is not taken for an answer about the third', () => {
  const hours = '2029 Mar 01-2030 Dec 31'
  expect(at(hours, '2026-07-29T12:00:00')).toEqual({ state: 'closed' })
  expect(at(hours, '2028-09-29T12:00:00')).toEqual({ state: 'closed', changesAtMs: shanghai('2029-03-01T00:00:00') })
})

test('a thousand distinct hours push each other out of the memo and are still right', () => {
  for (let n = 0; n < 1_100; n++) {
    const opens = 60 + (n % 600)
    const hours = `${clock(opens)}-${clock(700 + Math.floor(n / 600))}`
    expect(at(hours, '2026-07-29T00:30:00').changesAtMs).toBe(shanghai('2026-07-29T00:00:00') + opens * MINUTE_MS)
  }
  expect(at('08:30-12:00', '2026-07-29T09:00:00').state).toBe('open')
})
