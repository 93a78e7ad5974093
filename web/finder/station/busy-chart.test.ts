import type { BusyHours } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { busyDay } from './busy-chart.ts'

const emptyWeek = () => Array.from({ length: 7 }, () => Array.from({ length: 24 }, (): number | null => null))
const busy = (fill: (week: (number | null)[][]) => void, capacity?: number): BusyHours => {
  const week = emptyWeek()
  fill(week)
  return { station: 'a', days: 40, week, ...(capacity !== undefined && { capacity }) }
}

describe('busyDay', () => {
  it('knows nothing without a week, nor from a week in which nobody counted', () => {
    expect(busyDay({ station: 'a', days: 3 }, 0)).toBeUndefined()
    expect(busyDay({ station: 'a', days: 30, week: emptyWeek() }, 0)).toBeUndefined()
  })

  it('shows every day from the first to the last hour of any day', () => {
    const hours = busy(week => {
      ;(week[0] as (number | null)[])[8] = 2
      ;(week[6] as (number | null)[])[21] = 1
    })
    const monday = busyDay(hours, 0)
    expect([monday?.bars[0]?.hour, monday?.bars.length]).toEqual([8, 14])
    expect(monday?.busiest).toMatchObject({ hour: 8, people: 2 })
    expect(busyDay(hours, 3)?.busiest).toBeUndefined()
  })

  it('names the first of equally busy hours', () => {
    const hours = busy(week => {
      week[2]?.fill(3, 10, 14)
    })
    expect(busyDay(hours, 2)?.busiest?.hour).toBe(10)
  })

  it('draws no bar higher than the chart, and the same number equally high on every day', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.option(fc.float({ min: 0, max: 80, noNaN: true })), { minLength: 24, maxLength: 24 }), {
          minLength: 7,
          maxLength: 7,
        }),
        fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
        (week, capacity) => {
          const hours: BusyHours = { station: 'a', days: 9, week, ...(capacity !== undefined && { capacity }) }
          const heights = new Map<number, number>()
          for (let weekday = 0; weekday < 7; weekday += 1) {
            for (const { people = 0, share } of busyDay(hours, weekday)?.bars ?? []) {
              expect(share).toBeGreaterThanOrEqual(0)
              expect(share).toBeLessThanOrEqual(1)
              expect(heights.get(people) ?? share).toBe(share)
              heights.set(people, share)
            }
          }
        },
      ),
    )
  })
})
