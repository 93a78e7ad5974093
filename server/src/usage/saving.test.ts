import { array, assert, double, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LONGEST_HOURS, savedBy, savingTold } from './saving.ts'

const HOUR_MS = 3_600_000
/** Off at 20:00 of day 100. */
const AT_HOUR = 100 * 24 + 20
const UNTIL_MS = (AT_HOUR + 48) * HOUR_MS
/** @param usualKWh of every hour up to the command; afterwards `afterKWh` */
const off = (usualKWh: number, afterKWh: number, nextMs?: number) => ({
  atMs: AT_HOUR * HOUR_MS,
  nextMs,
  kWhAt: (hourMs: number) => (hourMs < AT_HOUR * HOUR_MS ? usualKWh : afterKWh),
})

describe('what a switching off saved', () => {
  it('is what the same hours usually take less what they took, for twelve hours at most', () => {
    expect(savedBy(off(0.5, 0), UNTIL_MS)).toBeCloseTo(0.5 * LONGEST_HOURS)
    expect(savedBy(off(0.5, 0), (AT_HOUR + 3) * HOUR_MS)).toBeCloseTo(1.5)
    expect(savedBy(off(0.5, 0), AT_HOUR * HOUR_MS)).toBeUndefined()
  })

  it('ends when anybody switches it again, in whole hours', () => {
    expect(savedBy(off(0.5, 0, (AT_HOUR + 2.9) * HOUR_MS), UNTIL_MS)).toBeCloseTo(1)
  })

  it('is not told of what was off before, nor where fewer than three such days are known', () => {
    expect(savedBy(off(0.002, 0), UNTIL_MS)).toBeUndefined()
    const fewDays = {
      ...off(0.5, 0),
      kWhAt: (hourMs: number) =>
        hourMs >= (AT_HOUR - 48) * HOUR_MS ? (hourMs < AT_HOUR * HOUR_MS ? 0.5 : 0) : undefined,
    }
    expect(savedBy(fewDays, UNTIL_MS)).toBeUndefined()
  })

  it('is of days on which it was on alone, and by their median: one strange day changes nothing', () => {
    const mixed = {
      ...off(0.5, 0),
      kWhAt: (hourMs: number) => {
        const back = Math.ceil((AT_HOUR * HOUR_MS - hourMs) / (24 * HOUR_MS))
        if (hourMs >= AT_HOUR * HOUR_MS) return 0
        return back === 3 ? 90 : back % 2 === 0 ? 0 : 0.4
      },
    }
    expect(savedBy(mixed, (AT_HOUR + 1) * HOUR_MS)).toBeCloseTo(0.4)
  })

  it('is the same as a plain sum for any usual day, and negative when more was taken', () => {
    assert(
      property(
        array(double({ min: 0.02, max: 3, noNaN: true }), { minLength: 24, maxLength: 24 }),
        double({ min: 0, max: 3, noNaN: true }),
        integer({ min: 1, max: 20 }),
        (byHour, taken, hours) => {
          const kWhAt = (hourMs: number) =>
            hourMs < AT_HOUR * HOUR_MS ? byHour[Math.round(hourMs / HOUR_MS) % 24] : taken
          const saved = savedBy({ atMs: AT_HOUR * HOUR_MS, nextMs: undefined, kWhAt }, (AT_HOUR + hours) * HOUR_MS)
          let expected = 0
          for (let n = 0; n < Math.min(hours, LONGEST_HOURS); n++) expected += (byHour[(20 + n) % 24] ?? 0) - taken
          expect(saved).toBeCloseTo(expected, 6)
        },
      ),
    )
  })
})

it('says that nothing was automated when nothing was, and how many times could be reckoned when something was', () => {
  expect(savingTold(0, [])).toMatchObject({ commands: 0 })
  expect(savingTold(0, [])).not.toHaveProperty('savedKWh')
  expect(savingTold(2, [undefined, undefined])).not.toHaveProperty('savedKWh')
  const told = savingTold(3, [1.5, undefined, -0.25])
  expect(told.savedKWh).toBe(1.25)
  expect(told.methodEn).toContain('2 of 3 times')
})
