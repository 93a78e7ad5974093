import { APPLIANCE_KINDS } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StationFaults } from '../faults/faults.ts'
import { createRandom } from '../random.ts'
import { fridgeAirC } from './fridge.ts'
import { localTime } from './local-time.ts'
import { minutesUntilClosing, parseWeeklyHours } from './opening-hours.ts'
import { type StationPlan, type StationState, createLivedInStation, createStation, stepStation } from './station.ts'

const ALL_ON = { fridge: true, air_conditioner: true, microwave: true, water_dispenser: true }
const NO_COUNTS = { fridge: 0, air_conditioner: 0, microwave: 0, water_dispenser: 0 }
const JULY_MORNING = Date.parse('2026-07-28T06:00:00+08:00')
const JANUARY_MORNING = Date.parse('2026-01-13T06:00:00+08:00')

const plan = (id: string, changes: Partial<StationPlan> = {}): StationPlan => ({
  id,
  hours: parseWeeklyHours('06:00-22:00'),
  capacity: 8,
  timeScales: { fridge: 60, climate: 1, water: 1 },
  seed: 'test',
  ...changes,
})

interface Life {
  plan: StationPlan
  fromMs: number
  hours: number
  dtS?: number
  faults?: StationFaults
  relays?: typeof ALL_ON
  from?: StationState
}

function live(life: Life, see: (state: StationState, atMs: number) => void): StationState {
  const { plan, fromMs, hours, dtS = 5, faults = {}, relays = ALL_ON } = life
  const step = { dtS, random: createRandom(`${plan.seed} ${plan.id} life`) }
  let state = life.from ?? createStation(plan, fromMs, NO_COUNTS)
  for (let atS = dtS; atS <= hours * 3_600; atS += dtS) {
    const atMs = fromMs + atS * 1_000
    state = stepStation(plan, state, { atMs, faults, relays, step })
    see(state, atMs)
  }
  return state
}

/** Seconds of wall time above a limit, the longest stretch. */
function watchAbove(limitC: number, dtS: number) {
  let now = 0
  const watch = {
    longestS: 0,
    see: (temperatureC: number) => {
      now = temperatureC > limitC ? now + dtS : 0
      watch.longestS = Math.max(watch.longestS, now)
    },
  }
  return watch
}

/** Every third station of the demo: all of them take half a minute where the machine is busy. */
const EVERY = 3

test.each([
  ['in July', JULY_MORNING],
  ['in January', JANUARY_MORNING],
])('healthy demo fridges never come near the rule in 30 of their days %s', (_, fromMs) => {
  // The rule at 60 times the pace: above 8 Cel for 60 s, 10 Cel for 45 s, 12 Cel for 30 s of wall time.
  const worst = { above8S: 0, above10S: 0, above12S: 0 }
  for (let index = 0; index < 48; index += EVERY) {
    const watches = [8, 10, 12].map(limitC => watchAbove(limitC, 5)) as [
      ReturnType<typeof watchAbove>,
      ReturnType<typeof watchAbove>,
      ReturnType<typeof watchAbove>,
    ]
    const capacity = [4, 8, 12, 30][index % 4] ?? 8
    // 30 days of the fridge's clock are 12 hours of the wall's: with the morning, the noon and the afternoon.
    live({ plan: plan(`station-${index}`, { capacity }), fromMs, hours: 12 }, ({ fridge }) => {
      for (const watch of watches) watch.see(fridgeAirC(fridge))
    })
    worst.above8S = Math.max(worst.above8S, watches[0].longestS)
    worst.above10S = Math.max(worst.above10S, watches[1].longestS)
    worst.above12S = Math.max(worst.above12S, watches[2].longestS)
  }
  expect(worst.above8S).toBeLessThanOrEqual(30)
  expect(worst.above10S).toBeLessThanOrEqual(15)
  expect(worst.above12S).toBeLessThanOrEqual(5)
})

test.each([
  ['in July', JULY_MORNING, 150],
  ['in January', JANUARY_MORNING, 200],
  // Closed and unheated: the coldest room of the year, and the slowest to warm what is in it.
  ['in a January night', JANUARY_MORNING + 16 * 3_600_000, 300],
])('a dead compressor is above 8 Cel for 60 s within minutes of wall time %s', (_, fromMs, limitS) => {
  for (let index = 0; index < 12; index++) {
    const station = plan(`dead-${index}`)
    const from = live({ plan: station, fromMs, hours: 4 }, () => undefined)
    const watch = watchAbove(8, 1)
    let raisedS: number | undefined
    const brokenMs = fromMs + 4 * 3_600_000
    live(
      { plan: station, fromMs: brokenMs, hours: 0.2, dtS: 1, faults: { fridge: 'compressor-dead' }, from },
      ({ fridge }, atMs) => {
        watch.see(fridgeAirC(fridge))
        if (watch.longestS >= 60) raisedS ??= (atMs - brokenMs) / 1_000
      },
    )
    expect(raisedS).toBeGreaterThan(60)
    expect(raisedS).toBeLessThan(limitS)
  }
})

test('energy counts only grow, by just what is drawn, whatever is broken or switched', () => {
  fc.assert(
    fc.property(
      fc.record({
        fridge: fc.boolean(),
        air_conditioner: fc.boolean(),
        microwave: fc.boolean(),
        water_dispenser: fc.boolean(),
      }),
      fc.constantFrom<StationFaults>(
        {},
        { fridge: 'compressor-dead' },
        { microwave: 'dead', water_dispenser: 'stuck-heating' },
      ),
      (relays, faults) => {
        let told = { ...NO_COUNTS }
        live({ plan: plan('energy'), fromMs: JULY_MORNING, hours: 1, relays, faults }, ({ plugs }) => {
          for (const kind of APPLIANCE_KINDS) {
            const grownWh = plugs[kind].energyWh - told[kind]
            expect(grownWh).toBeCloseTo((plugs[kind].powerW * 5) / 3_600, 6)
            expect(grownWh >= 0).toBe(true)
            expect(plugs[kind].powerW === 0 || relays[kind]).toBe(true)
          }
          told = {
            fridge: plugs.fridge.energyWh,
            air_conditioner: plugs.air_conditioner.energyWh,
            microwave: plugs.microwave.energyWh,
            water_dispenser: plugs.water_dispenser.energyWh,
          }
        })
      },
    ),
    { numRuns: 12 },
  )
})

test('nobody is inside a closed station, and never more than it seats', () => {
  const split = plan('people', {
    hours: parseWeeklyHours('Mo-Fr 08:30-12:00,14:30-18:00; Sa-Su 09:00-17:00'),
    capacity: 30,
  })
  let most = 0
  let visits = 0
  live({ plan: split, fromMs: JULY_MORNING, hours: 48 }, ({ people }, atMs) => {
    most = Math.max(most, people.stays.length)
    visits += people.arrived
    const isClosed = minutesUntilClosing(split.hours, localTime(atMs)) === 0
    expect(isClosed && people.stays.length > 0).toBe(false)
  })
  expect(most).toBeLessThanOrEqual(30)
  // 30 seats is a hub: about 300 a day at most (docs/domain.md 7), short of those who come just before closing.
  expect(visits / 2).toBeGreaterThan(120)
  expect(visits / 2).toBeLessThan(400)
})

test('the mains stay within 198 to 235 V, where no plug complains (docs/domain.md 3.6)', () => {
  live({ plan: plan('mains', { capacity: 30 }), fromMs: JULY_MORNING, hours: 12 }, ({ plugs }) => {
    expect(plugs.fridge.voltageV > 198 && plugs.fridge.voltageV < 235).toBe(true)
  })
})

test('the same seed lives the same life', () => {
  const lives = [0, 1].map(() => live({ plan: plan('same'), fromMs: JULY_MORNING, hours: 2 }, () => undefined))
  expect(lives[0]).toEqual(lives[1])
})

test('a fleet that starts at noon has people inside from the first second, and meters that begin where they were kept', () => {
  const noonMs = Date.parse('2026-07-28T12:30:00+08:00')
  const fleet = Array.from({ length: 20 }, (_, n) => {
    const random = createRandom(`noon ${n}`)
    return createLivedInStation(plan(`s-${n}`), { atMs: noonMs, random }, { ...NO_COUNTS, fridge: 1_000 })
  })
  expect(fleet.filter(({ people }) => people.stays.length > 0).length).toBeGreaterThan(3)
  for (const { people, plugs } of fleet) {
    expect(people.stays.length).toBeLessThanOrEqual(8)
    expect(plugs.fridge.energyWh).toBe(1_000)
    expect(plugs.microwave.energyWh).toBe(0)
  }
})
