import { type Random, happens, uniform } from '../random.ts'
import { type Step, clamp, inPieces } from './step.ts'

export type FridgeFault = 'compressor-dead' | 'stuck-on' | 'door-ajar'

/** A small direct-cool fridge. Numbers: docs/domain.md 3.2 where named so, else chosen to give its cycles and duties. */
export interface FridgeParameters {
  /** Middle of the thermostat's swing; 3 to 5 Cel (docs/domain.md 3.2). */
  setC: number
  /** From the thermostat's off to its on. */
  swingK: number
  /** Running power; 50 to 200 W, sizing default 85 W (docs/domain.md 3.2). */
  runningW: number
  /** Heat taken out of the cabinet while running in a room of 25 Cel. */
  coolingW: number
  /** Heat through the walls. */
  wallWPerK: number
  /** Cabinet and a light load, as about 5 kg of water: without power to 8 Cel in 0.6 to 1 h at 28 Cel (docs/domain.md 3.2: 0.7 to 1.1 h). */
  capacityJPerK: number
  /** Off, plugged in; 1 to 3 W (docs/domain.md 3.2). */
  standbyW: number
  /** A frost-free one thaws its evaporator with a heater: 120 to 250 W (docs/domain.md 3.2); 0: a direct-cool one, without. */
  defrostW: number
}

export interface FridgeState {
  readonly parameters: FridgeParameters
  /** Walls, food and air together: what the thermostat feels. */
  cabinetC: number
  /** What an opened door adds to the air at the probe; gone within minutes. */
  gustK: number
  running: boolean
  /** Seconds since the compressor last started or stopped. */
  sinceSwitchS: number
  /** Seconds of running since it was thawed, and seconds of thawing that are left. */
  frostS: number
  thawS: number
  powerW: number
}

export interface FridgeInput {
  roomC: number
  /** False: its plug is off. */
  powered: boolean
  openingsPerH: number
  /** Lunch boxes put in, warm as the room. */
  boxesPerH: number
  fault: FridgeFault | undefined
}

const LONGEST_PIECE_S = 10
/** Thawed after so much running, for so long, as docs/domain.md 3.2 has it: every 8 to 24 h of running, 10 to 30 min. */
const FROST_S = 9 * 3_600
const THAW_S = 20 * 60
/** Share of the heater's power that reaches what is kept in the cabinet (chosen: it warms by less than 4 K, docs/domain.md 3.2). */
const THAW_SHARE = 0.25
/** Compressor protection (docs/domain.md 3.2: 3 min and 5 min). */
const SHORTEST_RUN_S = 180
const SHORTEST_REST_S = 300
/** One door opening of about half a minute (chosen: the cabinet's air changed, and some warming of its walls). */
const OPENING_J_PER_K = 330
const GUST_K_PER_K = 0.08
const GUST_TIME_S = 150
/** 0.5 kg of rice and vegetables at about 3.6 kJ/kg/K. */
const BOX_J_PER_K = 1_800
/** A door ajar by a hand's breadth (chosen: more than the compressor can take out of a warm room). */
const AJAR_W_PER_K = 12
/** A compressor takes out less in a warm room (chosen: with the walls it gives docs/domain.md's duty x2.3 from 20 to 38 Cel). */
const COOLING_LOSS_PER_K = 0.006
/** 3 to 5 times the running power for the first seconds (docs/domain.md 3.2). */
const START_FACTOR = 3.5
const START_S = 3

export function createFridge(random: Random, isFrostFree = false): FridgeState {
  const parameters: FridgeParameters = {
    setC: uniform(random, 3.7, 4.1),
    swingK: uniform(random, 2.9, 3.3),
    runningW: uniform(random, 75, 95),
    coolingW: uniform(random, 132, 148),
    wallWPerK: uniform(random, 1.4, 1.6),
    capacityJPerK: uniform(random, 18_500, 20_500),
    standbyW: uniform(random, 1.2, 2.6),
    defrostW: isFrostFree ? uniform(random, 120, 220) : 0,
  }
  const { setC, swingK, standbyW } = parameters
  return {
    parameters,
    cabinetC: setC + swingK * uniform(random, -0.5, 0.5),
    gustK: 0,
    running: false,
    sinceSwitchS: SHORTEST_REST_S,
    frostS: isFrostFree ? uniform(random, 0, FROST_S) : 0,
    thawS: 0,
    powerW: standbyW,
  }
}

export function stepFridge(state: FridgeState, input: FridgeInput, { dtS, random }: Step): FridgeState {
  return inPieces(state, { dtS, longestS: LONGEST_PIECE_S }, (piece, pieceS) =>
    advance(piece, input, { dtS: pieceS, random }),
  )
}

/** What a probe in the cabinet's air shows. */
export function fridgeAirC(state: FridgeState): number {
  return state.cabinetC + state.gustK
}

function advance(state: FridgeState, input: FridgeInput, { dtS, random }: Step): FridgeState {
  const { parameters, cabinetC } = state
  const { setC, swingK, runningW, coolingW, wallWPerK, capacityJPerK, standbyW } = parameters
  const { roomC, powered, fault } = input
  const thaws = powered && state.thawS > 0
  const able = powered && fault !== 'compressor-dead' && !thaws
  const running = able && (fault === 'stuck-on' || wantsToRun(state, setC, swingK))
  const sinceSwitchS = running === state.running ? state.sinceSwitchS + dtS : 0

  const differenceK = roomC - cabinetC
  const opened = happens(random, input.openingsPerH / 3_600, dtS)
  const filled = happens(random, input.boxesPerH / 3_600, dtS)
  const leakW = (wallWPerK + (fault === 'door-ajar' ? AJAR_W_PER_K : 0)) * differenceK
  // The colder it is inside, the less is left to take out: none below -18 Cel.
  const left = cabinetC < 0 ? clamp(1 + cabinetC / 18, 0, 1) : 1
  const takenW = running ? left * coolingW * clamp(1 - COOLING_LOSS_PER_K * (roomC - 25), 0.5, 1.1) : 0
  const thawW = thaws ? parameters.defrostW : 0
  const isThawDue = parameters.defrostW > 0 && !running && state.frostS >= FROST_S
  const broughtJ = ((opened ? OPENING_J_PER_K : 0) + (filled ? BOX_J_PER_K : 0)) * differenceK
  return {
    parameters,
    cabinetC: cabinetC + ((leakW - takenW + THAW_SHARE * thawW) * dtS + broughtJ) / capacityJPerK,
    gustK: state.gustK * Math.exp(-dtS / GUST_TIME_S) + (opened ? GUST_K_PER_K * differenceK : 0),
    running,
    sinceSwitchS,
    frostS: isThawDue ? 0 : state.frostS + (running ? dtS : 0),
    thawS: isThawDue ? THAW_S : powered ? Math.max(0, state.thawS - dtS) : state.thawS,
    powerW: powered ? (running ? runningPowerW(runningW, sinceSwitchS) : standbyW + thawW) : 0,
  }
}

function wantsToRun({ running, sinceSwitchS, cabinetC }: FridgeState, setC: number, swingK: number): boolean {
  if (running) return cabinetC > setC - swingK / 2 || sinceSwitchS < SHORTEST_RUN_S
  return cabinetC >= setC + swingK / 2 && sinceSwitchS >= SHORTEST_REST_S
}

/** A start draws much for seconds, then settles over the first minutes. */
function runningPowerW(runningW: number, runS: number): number {
  return runS < START_S ? START_FACTOR * runningW : runningW * (1 + 0.2 * Math.exp(-runS / 120))
}
