import { stationViewSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { spaceState } from './space.ts'

const AT_MS = Date.parse('2026-07-30T04:00:00Z')
const TEN_MINUTES_MS = 10 * 60_000

test.each([
  [0, 10, 'free'],
  [6, 10, 'free'], // 60 %
  [7, 10, 'limited'], // 70 %
  [9, 10, 'limited'],
  [10, 10, 'full'],
  [14, 10, 'full'],
  [-3, 10, 'free'], // a counter that missed three entries
  [0, 1, 'free'],
  [1, 1, 'full'],
])('%i people with %i seats is %s', (people, capacity, state) => {
  expect(spaceState({ people, countedAtMs: AT_MS, capacity, atMs: AT_MS })).toEqual({
    state,
    people: Math.max(0, people),
    capacity,
    countedAt: '2026-07-30T04:00:00.000Z',
  })
})

test('a count is believed for ten minutes and not a millisecond more, and its time is still told', () => {
  const input = { people: 3, capacity: 10, countedAtMs: AT_MS }
  expect(spaceState({ ...input, atMs: AT_MS + TEN_MINUTES_MS }).state).toBe('free')
  expect(spaceState({ ...input, atMs: AT_MS + TEN_MINUTES_MS + 1 })).toEqual({
    state: 'unknown',
    capacity: 10,
    countedAt: '2026-07-30T04:00:00.000Z',
  })
})

test('without a capacity the people are told, and the room left is unknown', () => {
  expect(spaceState({ people: 3, countedAtMs: AT_MS, capacity: undefined, atMs: AT_MS })).toEqual({
    state: 'unknown',
    people: 3,
    countedAt: '2026-07-30T04:00:00.000Z',
  })
})

test('where nobody ever counted, the room left is unknown', () => {
  const input = { people: undefined, countedAtMs: undefined, capacity: 10, atMs: AT_MS }
  expect(spaceState(input)).toEqual({ state: 'unknown', capacity: 10 })
})

test('it always has the shape of the contract, and more people never leave more room', () => {
  const rank = { free: 0, limited: 1, full: 2, unknown: 3 }
  fc.assert(
    fc.property(
      fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 0, max: 2 * TEN_MINUTES_MS }),
      (people, capacity, ageMs) => {
        const input = { countedAtMs: AT_MS - ageMs, capacity, atMs: AT_MS }
        const space = spaceState({ ...input, people })
        expect(stationViewSchema.shape.space.parse(space)).toEqual(space)
        expect(rank[spaceState({ ...input, people: people + 1 }).state]).toBeGreaterThanOrEqual(rank[space.state])
      },
    ),
  )
})
