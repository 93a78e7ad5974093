import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { DAY_MS, KEEPS_ALL, LEVEL_MS } from './levels.ts'
import { foldUsage, usageMapLevel, zoneStretches } from './usage-map.ts'

const QUARTER_MS = LEVEL_MS.quarter

it('finds the quarter of an hour at which clocks change, both ways and by half an hour', () => {
  const [fromMs, toMs] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)]
  // Directive 2000/84/EC: the last Sundays of March and October at 01:00 UTC.
  expect(zoneStretches('Europe/Berlin', fromMs, toMs)).toEqual([
    { fromMs, offsetMs: LEVEL_MS.hour },
    { fromMs: Date.UTC(2026, 2, 29, 1), offsetMs: 2 * LEVEL_MS.hour },
    { fromMs: Date.UTC(2026, 9, 25, 1), offsetMs: LEVEL_MS.hour },
  ])
  // Lord Howe: the first Sundays of April and October at 2 o'clock, by 30 minutes.
  expect(zoneStretches('Australia/Lord_Howe', fromMs, toMs)).toEqual([
    { fromMs, offsetMs: 11 * LEVEL_MS.hour },
    { fromMs: Date.UTC(2026, 3, 4, 15), offsetMs: 10.5 * LEVEL_MS.hour },
    { fromMs: Date.UTC(2026, 9, 3, 15, 30), offsetMs: 11 * LEVEL_MS.hour },
  ])
  expect(zoneStretches('Asia/Shanghai', fromMs, toMs)).toEqual([{ fromMs, offsetMs: 8 * LEVEL_MS.hour }])
})

it('takes hours only where the zone is whole hours off UTC all through', () => {
  const span = { fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 11, 31) }
  const levelIn = (timeZone: string) => usageMapLevel({ ...span, timeZone }, KEEPS_ALL)
  expect(
    ['Asia/Shanghai', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe'].map(levelIn),
  ).toEqual(['hour', 'hour', 'quarter', 'quarter', 'quarter'])
  const kept = { raw: span.toMs, quarter: span.toMs, hour: 0 }
  expect(usageMapLevel({ ...span, timeZone: 'Asia/Kolkata' }, kept)).toBe('hour')
})

it('puts every quarter of an hour where the zone’s own clock had it', () => {
  const zones = ['Asia/Shanghai', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns']
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.nat({ max: 365 * 96 }),
      fc.nat({ max: 400 * 96 }),
      (timeZone, at, before) => {
        const startMs = Date.UTC(2026, 0, 1) + at * QUARTER_MS
        const span = { fromMs: startMs - before * QUARTER_MS, toMs: startMs + DAY_MS, timeZone }
        const bucket = { startMs, sum: 6, count: 3, min: 1, max: 3, sumOfMeans: 2, devices: 1 }
        const format = new Intl.DateTimeFormat('en-GB', {
          timeZone,
          weekday: 'short',
          hour: '2-digit',
          hourCycle: 'h23',
        })
        const parts = new Map(format.formatToParts(startMs).map(({ type, value }) => [type, value]))
        const weekday = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].indexOf(parts.get('weekday') ?? '')
        expect(foldUsage([bucket], span)).toEqual([
          { weekday, hour: Number(parts.get('hour')), mean: 2, min: 1, max: 3, count: 3, sum: 6, timeMean: 2 },
        ])
      },
    ),
    { numRuns: 60 },
  )
})
