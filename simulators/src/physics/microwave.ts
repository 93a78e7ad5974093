import { type Random, uniform } from '../random.ts'
import type { Step } from './step.ts'

export type MicrowaveFault = 'dead' | 'no-heat'

export interface MicrowaveParameters {
  /** 700 W into the food take 1,050 to 1,200 W (docs/domain.md 3.4). */
  heatingW: number
  /** 1.2 to 4.7 W (docs/domain.md 3.4). */
  standbyW: number
}

export interface MicrowaveState {
  readonly parameters: MicrowaveParameters
  /** Seconds left of the program that runs. */
  programS: number
  /** Seconds since the program began. */
  runS: number
  /** Seconds until the next meal is in and started. */
  changeS: number
  /** People waiting with a meal. */
  waiting: number
  powerW: number
}

export interface MicrowaveInput {
  powered: boolean
  /** People who come with a meal now. */
  meals: number
  fault: MicrowaveFault | undefined
}

/** Nobody queues longer than this. */
const LONGEST_QUEUE = 5
/** Lamp, fan and turntable while the magnetron's filament warms (docs/domain.md 3.4: 25 to 80 W). */
const LAMP_W = 55
const FILAMENT_S = 2
/** Typical programs: 1 to 4 minutes; one meal out and the next in takes at least 20 s (docs/domain.md 3.4). */
const SHORTEST_PROGRAM_S = 60
const LONGEST_PROGRAM_S = 240

export function createMicrowave(random: Random): MicrowaveState {
  const parameters = { heatingW: uniform(random, 1_050, 1_200), standbyW: uniform(random, 1.2, 3) }
  return { parameters, programS: 0, runS: 0, changeS: 0, waiting: 0, powerW: parameters.standbyW }
}

export function stepMicrowave(state: MicrowaveState, input: MicrowaveInput, { dtS, random }: Step): MicrowaveState {
  const { parameters } = state
  if (!input.powered || input.fault === 'dead') {
    // Whoever waits gives up: a dead oven has no queue.
    return { parameters, programS: 0, runS: 0, changeS: 0, waiting: 0, powerW: 0 }
  }
  const waiting = Math.min(LONGEST_QUEUE, state.waiting + input.meals)
  if (state.programS > dtS) {
    const runS = state.runS + dtS
    const powerW = runS < FILAMENT_S || input.fault === 'no-heat' ? LAMP_W : parameters.heatingW
    return { parameters, programS: state.programS - dtS, runS, changeS: 0, waiting, powerW }
  }
  const idle = { parameters, programS: 0, runS: 0, powerW: parameters.standbyW }
  if (state.programS > 0) return { ...idle, changeS: uniform(random, 20, 45), waiting }
  if (state.changeS > dtS || waiting === 0) return { ...idle, changeS: Math.max(0, state.changeS - dtS), waiting }
  const programS = uniform(random, SHORTEST_PROGRAM_S, LONGEST_PROGRAM_S)
  return { parameters, programS, runS: 0, changeS: 0, waiting: waiting - 1, powerW: LAMP_W }
}
