import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { type AirConditionerFault, createAirConditioner, stepAirConditioner } from './air-conditioner.ts'
import { createMicrowave, stepMicrowave } from './microwave.ts'
import { createRoom, stepRoom } from './room.ts'
import { type WaterDispenserFault, createWaterDispenser, stepWaterDispenser } from './water-dispenser.ts'
import type { Weather } from './weather.ts'

/** A run-length view of a power trace: how long it stayed above `limitW`, and below. */
function pulses(powersW: readonly number[], limitW: number): { onS: number[]; offS: number[] } {
  const found = { onS: [] as number[], offS: [] as number[] }
  let since = 0
  for (let atS = 1; atS < powersW.length; atS++) {
    const was = (powersW[atS - 1] ?? 0) > limitW
    if (was === (powersW[atS] ?? 0) > limitW) continue
    if (since > 0) (was ? found.onS : found.offS).push(atS - since)
    since = atS
  }
  return found
}

describe('a microwave', () => {
  function live(meals: (atS: number) => number, fault?: 'dead') {
    const random = createRandom('microwave')
    let state = createMicrowave(random)
    return Array.from({ length: 3 * 3_600 }, (_, atS) => {
      state = stepMicrowave(state, { powered: true, meals: meals(atS), fault }, { dtS: 1, random })
      return state.powerW
    })
  }
  const everyTenMinutes = (atS: number) => (atS % 600 === 5 ? 1 : 0)

  test('heats a meal for 1 to 4 minutes with 1,050 to 1,200 W and rests with 1 to 5 W (docs/domain.md 3.4)', () => {
    const powersW = live(everyTenMinutes)
    const { onS } = pulses(powersW, 500)
    expect(onS).toHaveLength(18)
    expect(onS.every(seconds => seconds >= 56 && seconds <= 240)).toBe(true)
    for (const powerW of powersW) {
      expect((powerW > 1 && powerW < 5) || (powerW >= 25 && powerW <= 80) || (powerW >= 1_050 && powerW <= 1_200)).toBe(
        true,
      )
    }
  })

  test('takes at least 20 s between two meals, and lets no queue grow without end', () => {
    const { offS } = pulses(
      live(atS => (atS < 600 && atS % 20 === 5 ? 1 : 0)),
      10,
    )
    expect(offS.length).toBeGreaterThan(4)
    // What comes after the last meal is not a pause between two.
    expect(Math.min(...offS)).toBeGreaterThanOrEqual(20)
    expect(offS.length).toBeLessThan(20)
  })

  test('draws nothing when it is dead', () => {
    expect(Math.max(...live(everyTenMinutes, 'dead'))).toBe(0)
  })
})

describe('a water dispenser', () => {
  function live(seed: string, hours: number, fault?: WaterDispenserFault) {
    const random = createRandom(seed)
    let state = createWaterDispenser(random, 10)
    return Array.from({ length: hours * 3_600 }, () => {
      state = stepWaterDispenser(state, { powered: true, roomC: 25, drawnL: 0, fault }, { dtS: 1, random })
      return state.powerW
    })
  }

  test('re-heats in 0.9 to 2.8 minutes every 17 to 67 minutes when nobody draws (docs/domain.md 3.5)', () => {
    for (const seed of 'abcdefgh') {
      const { onS, offS } = pulses(live(seed, 24), 250)
      expect(onS.length).toBeGreaterThan(15)
      expect(onS.every(seconds => seconds >= 0.9 * 60 && seconds <= 2.8 * 60)).toBe(true)
      expect(offS.every(seconds => seconds >= 17 * 60 && seconds <= 67 * 60)).toBe(true)
    }
  })

  test('stands by on at most 0.87 kWh a day (docs/domain.md 3.5)', () => {
    for (const seed of 'abcd') expect(live(seed, 24).reduce((sum, powerW) => sum + powerW, 0) / 3_600).toBeLessThan(870)
  })

  test('never stops heating when its thermostat is stuck', () => {
    expect(Math.min(...live('stuck', 2, 'stuck-heating'))).toBeGreaterThan(250)
  })

  test('is cold in the morning when its heating was switched off, unless its thermostat is stuck', () => {
    const night = (fault?: WaterDispenserFault) => {
      const random = createRandom('night')
      const input = { powered: true, isHeatingOff: true, roomC: 25, drawnL: 0, fault }
      let state = createWaterDispenser(random, 10)
      for (let s = 0; s < 10 * 3_600; s += 5) state = stepWaterDispenser(state, input, { dtS: 5, random })
      return state
    }
    expect(night().tankC).toBeLessThan(50)
    expect(night().powerW).toBeLessThan(5)
    expect(night('stuck-heating').heating).toBe(true)
  })

  test('heats at once when hot water is drawn', () => {
    const random = createRandom('draw')
    const state = createWaterDispenser(random, 10)
    const after = stepWaterDispenser(
      state,
      { powered: true, roomC: 25, drawnL: 0.4, fault: undefined },
      { dtS: 1, random },
    )
    expect(after.heating).toBe(true)
    expect(after.tankC).toBeLessThan(state.tankC - 10)
  })
})

describe('an air conditioner and its room', () => {
  const summer: Weather = { outdoorC: 36, dayMeanC: 32, sun: 0.8 }
  const winter: Weather = { outdoorC: 5, dayMeanC: 6, sun: 0.1 }

  function live(
    weather: Weather,
    { hours, fault, people = 4 }: { hours: number; fault?: AirConditionerFault; people?: number },
  ) {
    const step = { dtS: 5, random: createRandom('room') }
    let room = createRoom(25, weather)
    let unit = createAirConditioner(25, step.random)
    const trace: { roomC: number; powerW: number; demand: number }[] = []
    for (let atS = 0; atS < hours * 3_600; atS += step.dtS) {
      const input = { powered: true, open: true, roomC: room.airC, outdoorC: weather.outdoorC, fault }
      unit = stepAirConditioner(unit, input, step)
      room = stepRoom(room, { weather, people, appliancesW: 120, conditionerW: unit.heatW }, step)
      trace.push({ roomC: room.airC, powerW: unit.powerW, demand: unit.demand })
    }
    return trace
  }

  test('holds 25 to 27.5 Cel at 36 Cel outside', () => {
    const settled = live(summer, { hours: 6 }).slice(-720)
    expect(Math.max(...settled.map(({ roomC }) => roomC))).toBeLessThan(27.5)
    expect(Math.min(...settled.map(({ roomC }) => roomC))).toBeGreaterThan(25)
  })

  test('warms the room to about 20 Cel in winter', () => {
    const { roomC } = live(winter, { hours: 6 }).at(-1) ?? { roomC: 0 }
    expect(roomC).toBeGreaterThan(18.5)
    expect(roomC).toBeLessThan(24)
  })

  test('draws at most 1.6 kW of 1.5 HP, and at least a fan’s 15 W while it is on (docs/domain.md 3.3)', () => {
    for (const weather of [summer, { ...summer, outdoorC: 43 }, winter]) {
      for (const { powerW } of live(weather, { hours: 4 }).slice(10)) expect(powerW > 15 && powerW < 1_600).toBe(true)
    }
  })

  test('rests its compressor 3 minutes before it starts again (docs/domain.md 3.3)', () => {
    const mild = { outdoorC: 29, dayMeanC: 28, sun: 0.2 }
    const { offS } = pulses(
      live(mild, { hours: 24, people: 0 }).map(({ demand }) => demand),
      0,
    )
    expect(offS.length).toBeGreaterThan(3)
    expect(Math.min(...offS) * 5).toBeGreaterThanOrEqual(180)
  })

  test('runs at full power without cooling once its refrigerant is gone', () => {
    const { roomC, demand } = live(summer, { hours: 6, fault: 'no-cooling' }).at(-1) ?? { roomC: 0, demand: 0 }
    expect(demand).toBe(1)
    expect(roomC).toBeGreaterThan(31)
  })

  test('a room stays within what can be lived in, whatever the weather and people', () => {
    fc.assert(
      fc.property(fc.double({ min: -2, max: 43, noNaN: true }), fc.integer({ min: 0, max: 10 }), (outdoorC, people) => {
        const weather = { outdoorC, dayMeanC: outdoorC - 2, sun: 0.5 }
        for (const { roomC } of live(weather, { hours: 3, people })) expect(roomC > 5 && roomC < 45).toBe(true)
      }),
      { numRuns: 25 },
    )
  })
})
