import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PERIODS, addDays, dateIn, periodOf, readPeriod } from './period.ts'

const date = fc
  .integer({ min: Date.UTC(2020, 0, 1) / 86_400_000, max: Date.UTC(2035, 11, 31) / 86_400_000 })
  .map(day => new Date(day * 86_400_000).toISOString().slice(0, 10))

describe('a period', () => {
  it('of so many days has that many, and ends with yesterday', () => {
    fc.assert(
      fc.property(date, fc.constantFrom('7d', '30d', '90d', '365d'), (today, name) => {
        const { from, to } = periodOf(name, today)
        expect(addDays(to, 1)).toBe(today)
        expect(addDays(from, Number.parseInt(name, 10) - 1)).toBe(to)
      }),
    )
  })

  it('of the month before holds whole months, over the turn of a year too', () => {
    expect(periodOf('last_month', '2026-03-31')).toEqual({ from: '2026-02-01', to: '2026-02-28' })
    expect(periodOf('last_month', '2026-01-01')).toEqual({ from: '2025-12-01', to: '2025-12-31' })
  })

  it('never begins after it ends', () => {
    fc.assert(
      fc.property(date, fc.constantFrom(...PERIODS), (today, name) => {
        const period = readPeriod(new URLSearchParams({ period: name }), { today, usual: '30d' })
        expect(period.from <= period.to).toBe(true)
      }),
    )
  })

  it('takes the dates of an address, and not those that are none or the wrong way round', () => {
    const read = (from: string, to: string) =>
      readPeriod(new URLSearchParams({ period: 'custom', from, to }), { today: '2026-10-15', usual: '7d' })
    expect(read('2026-09-01', '2026-09-03')).toEqual({ name: 'custom', from: '2026-09-01', to: '2026-09-03' })
    expect(read('2026-09-03', '2026-09-01')).toMatchObject({ name: '7d', from: '2026-10-08' })
    expect(read('yesterday', '2026-09-01')).toMatchObject({ name: '7d' })
  })

  it('follows the calendar of the stations, not that of the reader', () => {
    // 18:00 UTC is two in the morning of the next day in Shanghai.
    expect(dateIn(Date.UTC(2026, 9, 1, 18), 'Asia/Shanghai')).toBe('2026-10-02')
  })
})
