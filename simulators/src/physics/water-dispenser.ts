import { type Random, uniform } from '../random.ts'
import { type Step, inPieces } from './step.ts'

export type WaterDispenserFault = 'stuck-heating' | 'not-heating'

export interface WaterDispenserParameters {
  /** 403 to 1,210 W, 500 to 550 W common (docs/domain.md 3.5). */
  heaterW: number
  /** 0.5 to 2 L (docs/domain.md 3.5). */
  tankL: number
  /** Loss of the tank: 10 K in about 40 minutes for 1 L, a re-heat every 17 to 67 minutes (docs/domain.md 3.5). */
  lossWPerK: number
  standbyW: number
}

export interface WaterDispenserState {
  readonly parameters: WaterDispenserParameters
  tankC: number
  heating: boolean
  powerW: number
}

export interface WaterDispenserInput {
  powered: boolean
  /** The heating switch at its back is off, as at night; what is broken heats all the same. */
  isHeatingOff?: boolean
  roomC: number
  /** Hot water drawn during the step. */
  drawnL: number
  fault: WaterDispenserFault | undefined
}

const WATER_J_PER_L_K = 4_186
/** The thermostat's pair: re-heats from 85 to 95 Cel (docs/domain.md 3.5). */
const HEAT_BELOW_C = 85
const HEAT_UNTIL_C = 95
const BOILING_C = 99
const LONGEST_PIECE_S = 5

/**
 * Where so many come in a day stands a public machine of 1.5 to 3 kW (docs/domain.md 3.5): a household's could not keep up. One that a
 * 10 A plug bears.
 */
const PUBLIC_FROM_VISITS = 80

export function createWaterDispenser(random: Random, visitsPerDay: number): WaterDispenserState {
  const isPublic = visitsPerDay >= PUBLIC_FROM_VISITS
  const tankL = isPublic ? uniform(random, 5, 8) : uniform(random, 0.8, 1.6)
  const parameters = {
    heaterW: isPublic ? uniform(random, 1_500, 1_850) : uniform(random, 500, 560),
    tankL,
    lossWPerK: uniform(random, 0.22, 0.32) * tankL ** (2 / 3),
    standbyW: uniform(random, 0.8, 1.8),
  }
  return {
    parameters,
    tankC: uniform(random, HEAT_BELOW_C, HEAT_UNTIL_C),
    heating: false,
    powerW: parameters.standbyW,
  }
}

export function stepWaterDispenser(
  state: WaterDispenserState,
  input: WaterDispenserInput,
  { dtS }: Step,
): WaterDispenserState {
  const { parameters } = state
  // Cold water follows what is drawn: mixed at once, as in a small tank.
  const drawn = Math.min(1, input.drawnL / parameters.tankL)
  const mixed = { ...state, tankC: state.tankC * (1 - drawn) + input.roomC * drawn }
  return inPieces(mixed, { dtS, longestS: LONGEST_PIECE_S }, (piece, pieceS) => advance(piece, input, pieceS))
}

function advance(state: WaterDispenserState, input: WaterDispenserInput, dtS: number): WaterDispenserState {
  const { parameters, tankC } = state
  const { heaterW, tankL, lossWPerK, standbyW } = parameters
  const wanted = input.isHeatingOff !== true && (state.heating ? tankC < HEAT_UNTIL_C : tankC < HEAT_BELOW_C)
  const able = input.powered && input.fault !== 'not-heating'
  const heating = able && (wanted || input.fault === 'stuck-heating')
  const gainedW = (heating ? heaterW : 0) - lossWPerK * (tankC - input.roomC)
  return {
    parameters,
    tankC: Math.min(BOILING_C, tankC + (gainedW * dtS) / (WATER_J_PER_L_K * tankL)),
    heating,
    powerW: input.powered ? standbyW + (heating ? heaterW : 0) : 0,
  }
}
