import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  STATION_STATES,
  STATION_STEPS,
  type StationState,
  isPublicState,
  mayFollow,
  proposedCapacity,
} from './station-register.ts'

const stateArb = fc.constantFrom(...STATION_STATES)

test('whatever is tried, a station is public only after it was accepted since it was last planned or closed', () => {
  fc.assert(
    fc.property(fc.array(stateArb, { maxLength: 60 }), tried => {
      let state: StationState = 'planned'
      let isAccepted = false
      for (const to of tried) {
        if (!mayFollow(state, to)) continue
        state = to
        if (to === 'accepted') isAccepted = true
        if (to === 'planned' || to === 'built' || to === 'closed') isAccepted = false
        expect(isPublicState(state) && !isAccepted).toBe(false)
      }
    }),
  )
})

test('no step leads to where a station is, and from every state there is a way to open and a way to closed', () => {
  for (const from of STATION_STATES) {
    expect(mayFollow(from, from)).toBe(false)
    const reached = new Set<StationState>([from])
    for (const state of reached) for (const next of STATION_STEPS[state]) reached.add(next)
    expect([...reached]).toEqual(expect.arrayContaining(['open', 'closed']))
  }
})

test.each([
  [5, 3],
  [7.5, 3],
  [9.9, 3],
  [10, 4],
  [80, 32],
])('%d m² are proposed as %i seats', (floorAreaM2, seats) => {
  expect(proposedCapacity(floorAreaM2)).toBe(seats)
})
