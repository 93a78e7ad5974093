import { describe, expect, it } from 'vitest'
import { ownDaysOf, readPeriod, spanOf } from './period.ts'

// 04:00 in New York, 16:00 in Shanghai.
const NOW = Date.parse('2026-07-30T08:00:30.000Z')
const iso = (span: ReturnType<typeof spanOf>) =>
  span && [new Date(span.fromMs).toISOString(), new Date(span.toMs).toISOString()]

describe('the period of figures', () => {
  it('is thirty days up to this minute where the address says nothing that can be read', () => {
    for (const query of ['', 'days=31', 'from=2026-07-01', 'from=2026-07-01&to=2026-02-30'])
      expect(readPeriod(new URLSearchParams(query))).toEqual({ days: 30 })
    expect(iso(spanOf({ days: 30 }, { nowMs: NOW, timeZone: 'Asia/Shanghai' }))).toEqual([
      '2026-06-30T08:00:00.000Z',
      '2026-07-30T08:00:00.000Z',
    ])
  })

  it.each([
    ['Asia/Shanghai', '2026-06-30T16:00:00.000Z', '2026-07-02T16:00:00.000Z'],
    ['America/New_York', '2026-07-01T04:00:00.000Z', '2026-07-03T04:00:00.000Z'],
  ])('has whole days of the stations’ calendar in %s, the last one included', (timeZone, from, to) => {
    const period = readPeriod(new URLSearchParams('from=2026-07-01&to=2026-07-02'))
    expect(iso(spanOf(period, { nowMs: NOW, timeZone }))).toEqual([from, to])
  })

  it('is none when its days are the wrong way round, or more than ten years', () => {
    const at = { nowMs: NOW, timeZone: 'UTC' }
    expect(spanOf({ fromDay: '2026-07-02', toDay: '2026-07-01' }, at)).toBeUndefined()
    expect(spanOf({ fromDay: '2006-07-02', toDay: '2026-07-01' }, at)).toBeUndefined()
    expect(spanOf({ fromDay: '2026-07-02', toDay: '2026-07-02' }, at)).toBeDefined()
  })

  it('begins own days with those that are shown', () => {
    expect(ownDaysOf({ days: 7 }, NOW, 'Asia/Shanghai')).toEqual({ fromDay: '2026-07-23', toDay: '2026-07-30' })
  })
})
