import type { Weather } from './weather.ts'
import { type Step, clamp, inPieces } from './step.ts'

export interface RoomState {
  readonly floorM2: number
  airC: number
  /** Relative, 0 to 100. */
  humidityPercent: number
}

export interface RoomInput {
  weather: Weather
  people: number
  /** From all appliances; the air conditioner's is `conditionerW`. */
  appliancesW: number
  conditionerW: number
}

/**
 * Per m2 of floor (chosen so that 25 m2 with 10 people, 26 Cel inside and 40 Cel outside need about 3 kW, docs/domain.md 3.3): loss
 * through the outer wall, exchange with the building that the room is part of, heat stored, the noon's sun.
 */
const OUTER_W_PER_K_M2 = 3.4
const BUILDING_W_PER_K_M2 = 2.6
const STORED_J_PER_K_M2 = 28_000
const SUN_W_PER_M2 = 14
/** Sensible heat of a resting person. */
const PERSON_W = 75
/** The building behind the room follows the day's mean only within these. */
const BUILDING_MIN_C = 18
const BUILDING_MAX_C = 28
const OUTDOOR_HUMIDITY_PERCENT = 80
const HUMIDITY_TIME_S = 1_800
const LONGEST_PIECE_S = 60

/** A room that has had the weather for long and nobody in it. */
export function createRoom(floorM2: number, weather: Weather): RoomState {
  const weights = OUTER_W_PER_K_M2 + BUILDING_W_PER_K_M2
  const airC = (OUTER_W_PER_K_M2 * weather.dayMeanC + BUILDING_W_PER_K_M2 * buildingC(weather)) / weights
  return { floorM2, airC, humidityPercent: 65 }
}

export function stepRoom(state: RoomState, input: RoomInput, { dtS }: Step): RoomState {
  return inPieces(state, { dtS, longestS: LONGEST_PIECE_S }, (piece, pieceS) => advance(piece, input, pieceS))
}

function advance({ floorM2, airC, humidityPercent }: RoomState, input: RoomInput, dtS: number): RoomState {
  const { weather, people, appliancesW, conditionerW } = input
  const throughW =
    OUTER_W_PER_K_M2 * (weather.outdoorC - airC) +
    BUILDING_W_PER_K_M2 * (buildingC(weather) - airC) +
    SUN_W_PER_M2 * weather.sun
  const gainedW = throughW * floorM2 + people * PERSON_W + appliancesW + conditionerW
  const nextC = airC + (gainedW * dtS) / (STORED_J_PER_K_M2 * floorM2)
  // The air outside, brought to the room's temperature; a cooling coil takes water out of it.
  const carriedIn = (OUTDOOR_HUMIDITY_PERCENT * saturation(weather.outdoorC)) / saturation(airC)
  const target = clamp(carriedIn + people - (conditionerW < 0 ? 18 : 0), 30, 92)
  const share = 1 - Math.exp(-dtS / HUMIDITY_TIME_S)
  return { floorM2, airC: nextC, humidityPercent: humidityPercent + (target - humidityPercent) * share }
}

function buildingC({ dayMeanC }: Weather): number {
  return clamp(dayMeanC, BUILDING_MIN_C, BUILDING_MAX_C)
}

/** Saturation vapour pressure in hPa (Magnus formula over water, WMO No. 8). */
function saturation(temperatureC: number): number {
  return 6.112 * Math.exp((17.62 * temperatureC) / (243.12 + temperatureC))
}
