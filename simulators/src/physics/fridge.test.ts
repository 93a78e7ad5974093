import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../random.ts'
import { type FridgeInput, type FridgeState, createFridge, fridgeAirC, stepFridge } from './fridge.ts'

const DT_S = 10
const DAY_S = 86_400

const usual = (roomC: number): FridgeInput => ({
  roomC,
  powered: true,
  openingsPerH: 2.5, // 60 a day
  boxesPerH: 0.33, // 8 a day
  fault: undefined,
})

interface Observed {
  duty: number
  cyclesMin: number[]
  runsS: number[]
  restsS: number[]
  airC: number[]
  powersW: number[]
  last: FridgeState
}

interface Life {
  seed: string
  seconds: number
  from?: FridgeState
}

function live({ seed, seconds, from }: Life, input: FridgeInput): Observed {
  const random = createRandom(seed)
  let state = from ?? createFridge(random)
  const observed: Observed = { duty: 0, cyclesMin: [], runsS: [], restsS: [], airC: [], powersW: [], last: state }
  let startedS: number | undefined
  let running = 0
  for (let atS = 0; atS < seconds; atS += DT_S) {
    const next = stepFridge(state, input, { dtS: DT_S, random })
    if (next.running !== state.running) {
      if (next.running) {
        if (startedS !== undefined) observed.cyclesMin.push((atS - startedS) / 60)
        startedS = atS
      }
      if (startedS !== undefined && atS > startedS)
        (next.running ? observed.restsS : observed.runsS).push(state.sinceSwitchS)
    }
    if (next.running) running += DT_S
    state = next
    observed.airC.push(fridgeAirC(state))
    observed.powersW.push(state.powerW)
  }
  return { ...observed, duty: running / seconds, last: state }
}

/** Longest time above `limitC`, in minutes of the fridge's clock. */
function longestAboveMin(airC: readonly number[], limitC: number): number {
  let longest = 0
  let above = 0
  for (const temperatureC of airC) {
    above = temperatureC > limitC ? above + DT_S : 0
    longest = Math.max(longest, above)
  }
  return longest / 60
}

describe('a healthy fridge', () => {
  test.each([24, 26, 28])('runs 23 to 40 percent of the time in a room of %d Cel (docs/domain.md 3.2)', roomC => {
    for (const seed of 'abcdef') {
      const { duty } = live({ seed, seconds: 5 * DAY_S }, usual(roomC))
      expect(duty).toBeGreaterThan(0.23)
      expect(duty).toBeLessThan(0.4)
    }
  })

  test('cycles every 30 to 60 minutes of its clock (docs/domain.md 3.2)', () => {
    for (const seed of 'abcdef') {
      const { cyclesMin } = live({ seed, seconds: 5 * DAY_S }, usual(25))
      const meanMin = cyclesMin.reduce((sum, minutes) => sum + minutes, 0) / cyclesMin.length
      expect(meanMin).toBeGreaterThan(30)
      expect(meanMin).toBeLessThan(60)
    }
  })

  test('works more in a warmer room: x2.3 from 20 to 38 Cel, to a fifth (docs/domain.md 3.2)', () => {
    const closed = (roomC: number) =>
      live({ seed: 'warm', seconds: 5 * DAY_S }, { ...usual(roomC), openingsPerH: 0, boxesPerH: 0 }).duty
    const ratio = closed(38) / closed(20)
    expect(ratio).toBeGreaterThan(2.3 * 0.8)
    expect(ratio).toBeLessThan(2.3 * 1.2)
  })

  test('spares its compressor: no run below 3 minutes, no rest below 5 (docs/domain.md 3.2)', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 10, max: 38 }), (seed, roomC) => {
        const { runsS, restsS } = live({ seed, seconds: DAY_S }, usual(roomC))
        expect(Math.min(...runsS)).toBeGreaterThanOrEqual(180 - DT_S)
        expect(Math.min(...restsS)).toBeGreaterThanOrEqual(300 - DT_S)
      }),
      { numRuns: 15 },
    )
  })

  test('is never above 8 Cel for more than 20 minutes at 28 Cel, where the rule asks for 60', () => {
    for (const seed of 'abcdef')
      expect(longestAboveMin(live({ seed, seconds: 10 * DAY_S }, usual(28)).airC, 8)).toBeLessThan(20)
  })

  test('starts with 3 to 5 times its running power, then draws 50 to 200 W, and 1 to 3 W at rest (docs/domain.md 3.2)', () => {
    const random = createRandom('spike')
    let state = createFridge(random)
    const { runningW } = state.parameters
    while (!state.running) state = stepFridge(state, usual(28), { dtS: 1, random })
    expect(state.powerW / runningW).toBeGreaterThan(3)
    expect(state.powerW / runningW).toBeLessThan(5)
    state = stepFridge(state, usual(28), { dtS: 5, random })
    const { powersW } = live({ seed: 'powers', seconds: DAY_S, from: state }, usual(28))
    const settled = powersW.filter(powerW => powerW < 3 * runningW)
    expect(settled.every(powerW => (powerW > 50 && powerW < 200) || (powerW > 1 && powerW < 3))).toBe(true)
  })
})

describe('a broken fridge', () => {
  test('with a dead compressor draws standby and passes 8 Cel in 0.5 to 2 hours in a room of 25 to 28 Cel', () => {
    for (const seed of 'abcdef') {
      for (const roomC of [25, 28]) {
        const before = live({ seed, seconds: DAY_S }, usual(roomC)).last
        const { airC, powersW } = live(
          { seed, seconds: DAY_S, from: before },
          { ...usual(roomC), openingsPerH: 0, boxesPerH: 0, fault: 'compressor-dead' },
        )
        const hours = (airC.findIndex(temperatureC => temperatureC > 8) * DT_S) / 3_600
        expect(hours).toBeGreaterThan(0.5)
        expect(hours).toBeLessThan(2)
        expect(Math.max(...powersW)).toBeLessThan(3)
        expect(airC.at(-1)).toBeGreaterThan(roomC - 2)
      }
    }
  })

  test('with its door ajar runs without end and is too warm for food in a warm room', () => {
    const { duty, airC } = live({ seed: 'ajar', seconds: DAY_S }, { ...usual(26), fault: 'door-ajar' })
    expect(duty).toBeGreaterThan(0.95)
    expect(longestAboveMin(airC, 12)).toBeGreaterThan(60)
  })

  test('with its plug off draws nothing and warms up', () => {
    const { powersW, airC } = live({ seed: 'off', seconds: DAY_S }, { ...usual(26), powered: false })
    expect(Math.max(...powersW)).toBe(0)
    expect(airC.at(-1)).toBeGreaterThan(23)
  })

  test('cools down again once it is repaired', () => {
    const warm = live({ seed: 'repair', seconds: DAY_S }, { ...usual(26), fault: 'compressor-dead' }).last
    const { airC } = live({ seed: 'repair', seconds: DAY_S / 2, from: warm }, usual(26))
    expect(airC.at(-1)).toBeLessThan(7)
  })
})
