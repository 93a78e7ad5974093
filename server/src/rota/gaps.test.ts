import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Stretch, gapsIn } from './gaps.ts'
import { staffedHours } from './staffed-hours.ts'

/** The second computation: minute by minute. */
function slowly(openings: readonly Stretch[], shifts: readonly Stretch[], endMs: number): boolean[] {
  const isIn = (stretches: readonly Stretch[], ms: number) =>
    stretches.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
  return Array.from({ length: endMs }, (_, ms) => isIn(openings, ms) && !isIn(shifts, ms))
}

const END = 60
const stretches = fc.array(
  fc
    .tuple(fc.integer({ min: 0, max: END - 1 }), fc.integer({ min: 0, max: 20 }))
    .map(([fromMs, long]) => ({ fromMs, toMs: Math.min(END, fromMs + long) })),
  { maxLength: 8 },
)

test('gaps are exactly the moments that are posted and nobody covers', () => {
  fc.assert(
    fc.property(stretches, stretches, (...[openings, shifts]) => {
      const gaps = gapsIn(openings, shifts)
      const found = Array.from({ length: END }, (_, ms) => gaps.some(gap => gap.fromMs <= ms && ms < gap.toMs))
      expect(found).toEqual(slowly(openings, shifts, END))
    }),
  )
})

test('gaps come in order, are never empty, and never touch', () => {
  fc.assert(
    fc.property(stretches, stretches, (...[openings, shifts]) => {
      const gaps = gapsIn(openings, shifts)
      for (const [index, gap] of gaps.entries()) {
        expect(gap.fromMs).toBeLessThan(gap.toMs)
        expect(gap.openingMs).toBeLessThanOrEqual(gap.fromMs)
        expect((gaps[index - 1]?.toMs ?? -1) < gap.fromMs).toBe(true)
      }
    }),
  )
})

test('a gap keeps the beginning of its hours when a part of it is covered', () => {
  expect(gapsIn([{ fromMs: 10, toMs: 30 }], [{ fromMs: 5, toMs: 15 }])).toEqual([
    { fromMs: 15, toMs: 30, openingMs: 10 },
  ])
})

test('hours in which nobody has to be there are none to cover, and a night belongs to the day that it begins on', () => {
  const day = [{ from: 480, to: 720 }]
  const plan = {
    validFrom: '2026-11-22',
    validUntil: '2026-11-25',
    week: [day, [{ from: 0, to: 1_440, unstaffed: true }], day, day, day, day, [{ from: 1_320, to: 1_500 }]],
    special: [{ date: '2026-11-25', kind: 'closure' as const, stretches: [] }],
  }
  // 23 November 2026 is a Monday; Sunday's night reaches to one o'clock, Tuesday is unstaffed, Wednesday closed.
  const hours = staffedHours(plan, { firstDay: '2026-11-23', days: 14, timeZone: 'Asia/Shanghai' })
  expect(hours.map(({ fromMs, toMs }) => [new Date(fromMs).toISOString(), new Date(toMs).toISOString()])).toEqual([
    ['2026-11-22T14:00:00.000Z', '2026-11-22T17:00:00.000Z'],
    ['2026-11-23T00:00:00.000Z', '2026-11-23T04:00:00.000Z'],
  ])
})
