import { expect, test } from 'vitest'
import { DAY_MS, countedIn, measureDays, runHoursIn, startsIn } from './meter.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const SPAN = { kind: 'microwave', fromMs: DAY_MS, toMs: 2 * DAY_MS } as const
/** A window of a minute with the same watts all through. */
const watts = (minute: number, powerW: number) => [DAY_MS + minute * MINUTE_MS, powerW, powerW, powerW, 6]

test('a start is heating that follows rest: its lamp is none, and neither is heating on', () => {
  const windows = [
    watts(0, 3),
    watts(1, 40),
    watts(2, 1_100),
    watts(3, 1_200),
    watts(4, 3),
    watts(5, 1_000),
    watts(9, 2),
  ]
  expect(startsIn(windows, SPAN)).toBe(2)
})

test('what runs when the readings begin, or began the day before, is no start of this day', () => {
  expect(startsIn([watts(0, 1_100), watts(1, 3)], SPAN)).toBe(0)
  expect(startsIn([watts(-2, 3), watts(-1, 1_100), watts(0, 1_100)], SPAN)).toBe(0)
  expect(startsIn([watts(-1, 3), watts(0, 1_100)], SPAN)).toBe(1)
})

test('the days together have as many starts as all of it at once', () => {
  const windows = Array.from({ length: 3 * 1_440 }, (_, minute) => watts(minute - 1_440, minute % 7 === 0 ? 1_000 : 3))
  const day = (index: number) =>
    startsIn(
      windows.filter(([startMs = 0]) => startMs >= index * DAY_MS - HOUR_MS && startMs < (index + 1) * DAY_MS),
      { ...SPAN, fromMs: index * DAY_MS, toMs: (index + 1) * DAY_MS },
    )
  expect(day(1) + day(2)).toBe(startsIn(windows, { ...SPAN, toMs: 3 * DAY_MS }))
})

test('a compressor runs from report to report, and through no gap longer than a report can be late', () => {
  const fridge = { ...SPAN, kind: 'fridge' } as const
  // 30 minutes by the minute, then one report in five minutes, then silence: 29 min + 5 min + 5.5 min.
  const windows = [...Array.from({ length: 30 }, (_, minute) => watts(minute, 85)), watts(34, 85), watts(120, 1)]
  expect(runHoursIn(windows, fridge)).toBeCloseTo((29 + 5 + 5.5) / 60, 5)
  expect(runHoursIn([watts(0, 2), watts(1, 2)], fridge)).toBe(0)
})

test('energy, or water, is what the counter rose in the span, a meter that begins again included', () => {
  const reading = (hour: number, smallestWh: number, largestWh: number) => [
    DAY_MS + hour * HOUR_MS,
    0,
    smallestWh,
    largestWh,
    60,
  ]
  // Before the day 100 Wh; then to 1,100; then a new meter to 500: 1,000 + 500 Wh.
  expect(
    countedIn([reading(-1, 90, 100), reading(0, 100, 600), reading(5, 900, 1_100), reading(6, 0, 500)], SPAN),
  ).toBeCloseTo(1_500)
})

test('litres are counted by the water meter alone, kWh by the plug alone, whatever else is on the appliance', async () => {
  const asked: string[] = []
  const store = {
    series: ({ devices, metric }: { devices: readonly string[]; metric: string }) => {
      asked.push(`${devices.join()} ${metric}`)
      // In two windows of one day from 1.2 m3 to 1.25 m3: 50 l.
      const points = [
        [DAY_MS, 0, 1.2, 1.21, 4],
        [DAY_MS + HOUR_MS, 0, 1.21, 1.25, 4],
      ]
      return Promise.resolve({ series: metric === 'volume' && devices[0] === 'meter' ? [{ points }] : [] })
    },
  } as unknown as Parameters<typeof measureDays>[0]
  const days = await measureDays(store, { ...SPAN, devices: ['plug', 'meter'], meter: 'volume_l' })
  expect(days.map(({ amount }) => Math.round(amount * 1_000) / 1_000)).toEqual([50])
  expect(asked).toEqual(['plug volume', 'meter volume'])
})
