import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FilterFacts, isOpenAtNight, passesFilter, passesFilters, pinOf } from './finder-filter.ts'
import { FINDER_FILTERS, PIN_STATES, mapViewSchema } from './finder.ts'
import type { HoursPlan } from './opening-plan.ts'
import { APPLIANCE_KINDS, FACILITIES } from './registry.ts'

const BARE: FilterFacts = { opening: 'unknown', space: 'unknown', appliances: [], facilities: [], openAtNight: false }

describe('a filter', () => {
  test.each<[string, Partial<FilterFacts>, boolean]>([
    ['open', { opening: 'open' }, true],
    ['open', { opening: 'closing_soon' }, true],
    ['open', { opening: 'unknown' }, false],
    ['open', { opening: 'closed' }, false],
    ['space', { space: 'free' }, true],
    ['space', { space: 'unknown' }, true],
    ['space', { space: 'full' }, false],
    ['microwave', { appliances: [{ kind: 'microwave', state: 'working' }] }, true],
    ['microwave', { appliances: [{ kind: 'microwave', state: 'unknown' }] }, false],
    ['microwave', { appliances: [{ kind: 'fridge', state: 'working' }] }, false],
    [
      'microwave',
      {
        appliances: [
          { kind: 'microwave', state: 'faulty' },
          { kind: 'microwave', state: 'working' },
        ],
      },
      true,
    ],
    ['hot_water', { appliances: [{ kind: 'water_dispenser', state: 'working' }] }, true],
    ['fridge', { appliances: [{ kind: 'fridge', state: 'faulty' }] }, false],
    ['cooling', { appliances: [{ kind: 'air_conditioner', state: 'working', running: true }] }, true],
    ['cooling', { appliances: [{ kind: 'air_conditioner', state: 'working', running: false }] }, false],
    ['cooling', { appliances: [{ kind: 'air_conditioner', state: 'working' }] }, false],
    ['cooling', { appliances: [{ kind: 'air_conditioner', state: 'faulty', running: true }] }, false],
    ['nursing_room', { facilities: ['nursing_room'] }, true],
    ['nursing_room', { facilities: ['toilet'] }, false],
    ['night', { openAtNight: true }, true],
    ['night', { facilities: ['night'] }, false],
  ])('%s, of %o: %s', (filter, facts, expected) => {
    expect(passesFilter({ ...BARE, ...facts }, filter as (typeof FINDER_FILTERS)[number])).toBe(expected)
  })
})

const factsArb: fc.Arbitrary<FilterFacts> = fc.record({
  opening: fc.constantFrom('open', 'closing_soon', 'closed', 'unknown'),
  space: fc.constantFrom('free', 'limited', 'full', 'unknown'),
  appliances: fc.array(
    fc.record({
      kind: fc.constantFrom(...APPLIANCE_KINDS),
      state: fc.constantFrom('working', 'faulty', 'unknown'),
      running: fc.boolean(),
    }),
  ),
  facilities: fc.subarray([...FACILITIES]),
  openAtNight: fc.boolean(),
})

test('a station passes filters when it passes each of them; without any, every station does', () => {
  fc.assert(
    fc.property(factsArb, fc.subarray([...FINDER_FILTERS]), (facts, filters) => {
      expect(passesFilters(facts, filters)).toBe(filters.every(filter => passesFilter(facts, filter)))
      expect(passesFilters(facts, [])).toBe(true)
    }),
  )
})

test('a pin is one of the known ones, and says open exactly where the filter does', () => {
  fc.assert(
    fc.property(factsArb, facts => {
      const pin = pinOf(facts)
      expect(PIN_STATES).toContain(pin)
      expect(['room', 'limited', 'full', 'open'].includes(pin)).toBe(passesFilter(facts, 'open'))
      expect(pin === 'full').toBe(passesFilter(facts, 'open') && !passesFilter(facts, 'space'))
    }),
  )
  expect(mapViewSchema.shape.pins.element.shape.pin.options).toEqual(PIN_STATES)
})

describe('open at night', () => {
  const day = (...stretches: [number, number][]) => stretches.map(([from, to]) => ({ from, to }))
  const plan = (week: HoursPlan['week'], special: HoursPlan['special'] = []): HoursPlan => ({
    validFrom: '2026-07-27',
    validUntil: '2026-08-09',
    week,
    special,
  })
  const everyDay = (...stretches: [number, number][]) => Array.from({ length: 7 }, () => day(...stretches))
  const at = (text: string) => Date.parse(`${text}Z`)

  test.each<[string, { week: HoursPlan['week']; moment: string; expected: boolean }]>([
    ['round the clock', { week: everyDay([0, 1440]), moment: '2026-07-29T12:00', expected: true }],
    ['till ten', { week: everyDay([480, 1320]), moment: '2026-07-29T12:00', expected: false }],
    ['into the morning', { week: everyDay([1200, 1440 + 240]), moment: '2026-07-29T23:00', expected: true }],
    ['till two sharp', { week: everyDay([1200, 1440 + 120]), moment: '2026-07-29T23:00', expected: false }],
    ['from two on', { week: everyDay([120, 600]), moment: '2026-07-29T23:00', expected: true }],
  ])('%s', (_, { week, moment, expected }) => expect(isOpenAtNight(plan(week), [], at(moment))).toBe(expected))

  test('speaks of the night that comes: at two of this one, a minute later of the next', () => {
    // Open in the nights that Wednesday, 29 July, begins.
    const wednesdays = plan([[], [], day([1200, 1440 + 300]), [], [], [], []])
    const asked = ['29T02:00', '29T02:00:00.001', '29T23:59', '30T02:00', '30T02:00:00.001'].map(text =>
      isOpenAtNight(wednesdays, [], at(`2026-07-${text}`)),
    )
    expect(asked).toEqual([false, true, true, true, false])
  })

  test('a holiday’s hours count', () => {
    const holiday = plan(everyDay([0, 1440]), [{ date: '2026-07-30', kind: 'holiday', stretches: [] }])
    expect(isOpenAtNight(holiday, [], at('2026-07-29T12:00'))).toBe(false)
    expect(isOpenAtNight(holiday, [], at('2026-07-30T12:00'))).toBe(true)
  })

  test('without a plan that reaches so far the facility tells', () => {
    expect(isOpenAtNight(undefined, ['night'], at('2026-07-29T12:00'))).toBe(true)
    expect(isOpenAtNight(undefined, [], at('2026-07-29T12:00'))).toBe(false)
    expect(isOpenAtNight(plan(everyDay([480, 1320])), ['night'], at('2026-09-29T12:00'))).toBe(true)
    expect(isOpenAtNight(plan(everyDay([480, 1320])), ['night'], at('2026-07-29T12:00'))).toBe(false)
  })
})
