import { type Random, uniform } from '../random.ts'
import { type Step, clamp } from './step.ts'

export type AirConditionerFault = 'no-cooling' | 'fan-only'

export interface AirConditionerParameters {
  /** Heat moved at full power: 2.6 kW for 1 HP, 3.5 kW for 1.5 HP (docs/domain.md 3.3). */
  capacityW: number
  /** Input at full power: 700 to 850 W, 900 to 1,200 W (docs/domain.md 3.3). */
  ratedW: number
  /** 15 to 40 W (docs/domain.md 3.3). */
  fanW: number
  /** 1 to 5 W (docs/domain.md 3.3). */
  standbyW: number
}

export interface AirConditionerState {
  readonly parameters: AirConditionerParameters
  mode: 'off' | 'cool' | 'heat'
  /** The inverter's share of full power; 0: the compressor stands still. */
  demand: number
  /** Seconds since the compressor stopped. */
  restS: number
  powerW: number
  /** Into the room; negative while cooling. */
  heatW: number
}

export interface AirConditionerInput {
  powered: boolean
  /** Switched on at opening, off at closing. */
  open: boolean
  roomC: number
  outdoorC: number
  fault: AirConditionerFault | undefined
}

const COOL_SET_C = 26
const HEAT_SET_C = 20
/** The keeper takes the remote control when the room is this warm or this cold, and puts it away in between. */
const COOL_FROM_C = 27
const COOL_AWAY_C = 23
const HEAT_FROM_C = 17
const HEAT_AWAY_C = 23
/** docs/domain.md 3.3: down to about 20 % of its capacity. */
const LOWEST_DEMAND = 0.2
/** Share of full power for each K away from the set point, and how fast an inverter follows (chosen). */
const DEMAND_PER_K = 0.6
const DEMAND_PER_S = 0.01
const STOP_BEYOND_K = 0.8
const START_FROM_K = 0.4
/** docs/domain.md 3.3: restart delay. */
const SHORTEST_REST_S = 180
/** Hotter outside: more input for less cooling (chosen, around the rating point of 35 Cel). */
const INPUT_PER_K = 0.012
const CAPACITY_PER_K = 0.008

/** Sizes sold, by the floor they are bought for: 1, 1.5, 2 and 3 HP (docs/domain.md 3.3: 60 m2 need about 6.1 kW). */
const SIZES = [
  { upToM2: 18, capacityW: 2_600, ratedMinW: 720, ratedMaxW: 830 },
  { upToM2: 30, capacityW: 3_500, ratedMinW: 950, ratedMaxW: 1_150 },
  { upToM2: 45, capacityW: 5_000, ratedMinW: 1_400, ratedMaxW: 1_600 },
  { upToM2: Number.POSITIVE_INFINITY, capacityW: 7_200, ratedMinW: 2_000, ratedMaxW: 2_300 },
] as const

export function createAirConditioner(floorM2: number, random: Random): AirConditionerState {
  const { capacityW, ratedMinW, ratedMaxW } = SIZES.find(size => floorM2 <= size.upToM2) ?? SIZES[3]
  const parameters = {
    capacityW,
    ratedW: uniform(random, ratedMinW, ratedMaxW),
    fanW: uniform(random, 20, 35),
    standbyW: uniform(random, 1.5, 4),
  }
  return { parameters, mode: 'off', demand: 0, restS: SHORTEST_REST_S, powerW: parameters.standbyW, heatW: 0 }
}

export function stepAirConditioner(
  state: AirConditionerState,
  input: AirConditionerInput,
  { dtS }: Step,
): AirConditionerState {
  const { parameters } = state
  const { capacityW, ratedW, fanW, standbyW } = parameters
  const mode = input.powered && input.open ? modeFor(state.mode, input.roomC) : 'off'
  if (mode === 'off') {
    const powerW = input.powered ? standbyW : 0
    return { parameters, mode, demand: 0, restS: state.restS + dtS, powerW, heatW: 0 }
  }
  const awayK = mode === 'cool' ? input.roomC - COOL_SET_C : HEAT_SET_C - input.roomC
  const wants = state.demand > 0 ? awayK > -STOP_BEYOND_K : awayK > START_FROM_K && state.restS >= SHORTEST_REST_S
  const runs = wants && input.fault !== 'fan-only'
  const wanted = runs ? clamp(LOWEST_DEMAND + DEMAND_PER_K * awayK, LOWEST_DEMAND, 1) : 0
  const from = Math.max(state.demand, LOWEST_DEMAND)
  const demand = runs ? clamp(wanted, from - DEMAND_PER_S * dtS, from + DEMAND_PER_S * dtS) : 0
  const beyondK = mode === 'cool' ? input.outdoorC - 35 : 7 - input.outdoorC
  const movedW = demand * capacityW * clamp(1 - CAPACITY_PER_K * beyondK, 0.6, 1.2)
  const heatW = (mode === 'cool' ? -movedW : movedW) * (input.fault === 'no-cooling' ? 0.04 : 1)
  return {
    parameters,
    mode,
    demand,
    restS: demand > 0 ? 0 : state.restS + dtS,
    powerW: fanW + demand * ratedW * clamp(1 + INPUT_PER_K * beyondK, 0.6, 1.3),
    heatW,
  }
}

function modeFor(mode: AirConditionerState['mode'], roomC: number): AirConditionerState['mode'] {
  switch (mode) {
    case 'off':
      if (roomC > COOL_FROM_C) return 'cool'
      return roomC < HEAT_FROM_C ? 'heat' : 'off'
    case 'cool':
      return roomC < COOL_AWAY_C ? 'off' : 'cool'
    case 'heat':
      return roomC > HEAT_AWAY_C ? 'off' : 'heat'
  }
}
