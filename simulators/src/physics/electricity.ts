import { type Random, normal } from '../random.ts'
import { type Step, clamp } from './step.ts'

/** What a plug measures. */
export interface PlugState {
  /** Its relay. */
  on: boolean
  powerW: number
  voltageV: number
  powerFactor: number
  currentA: number
  /** Since the plug was made. */
  energyWh: number
}

/** 220 V, +7 / -10 % (docs/domain.md 3.6): a healthy city's supply stays well within. */
const NOMINAL_V = 224
const SPREAD_V = 2.5
const DRIFT_TIME_S = 900
/** Wiring of the room: about 0.25 ohm to the meter (chosen). */
const LOOP_OHM = 0.25
/** Electronics in standby draw short peaks. */
const STANDBY_FACTOR = 0.45
const STANDBY_BELOW_W = 10

export function createMains(random: Random): number {
  return NOMINAL_V + SPREAD_V * normal(random)
}

/** The supply's voltage before the room's load: wanders slowly around its nominal value. */
export function stepMains(supplyV: number, { dtS, random }: Step): number {
  const share = Math.min(1, dtS / DRIFT_TIME_S)
  const next = supplyV + (NOMINAL_V - supplyV) * share + SPREAD_V * Math.sqrt(2 * share) * normal(random)
  return clamp(next, 212, 233)
}

/** The voltage left under `loadW` of the whole room. */
export function loadedV(supplyV: number, loadW: number): number {
  return supplyV - (loadW / supplyV) * LOOP_OHM
}

/** A plug after `dtS` of wall time with an appliance that draws `powerW` and has `runningFactor` under load. */
export function stepPlug(
  { energyWh }: PlugState,
  load: { on: boolean; powerW: number; voltageV: number; runningFactor: number },
  dtS: number,
): PlugState {
  const powerFactor = load.powerW < STANDBY_BELOW_W ? STANDBY_FACTOR : load.runningFactor
  return {
    on: load.on,
    powerW: load.powerW,
    voltageV: load.voltageV,
    powerFactor,
    currentA: load.powerW / (load.voltageV * powerFactor),
    energyWh: energyWh + (load.powerW * dtS) / 3_600,
  }
}

/** A plug that has not measured yet, at its stored count. */
export function plugAt(energyWh: number): PlugState {
  return { on: true, powerW: 0, voltageV: NOMINAL_V, powerFactor: 1, currentA: 0, energyWh }
}
