import { FAULT_CATALOGUE } from './catalogue.ts'
import { type FaultEngine, createFaultEngine } from './engine.ts'
import type { FaultRule } from './rule-schema.ts'
import type { FaultInput, FaultTransition } from './transition.ts'

/** What the tests of the fault rules share: inputs, and a small physical fridge after docs/domain.md 3.2. */

/** One rule by itself, for tests of how a rule is run. */
export const TOO_WARM: readonly FaultRule[] = FAULT_CATALOGUE.filter(({ id }) => id === 'fridge_too_warm')

export function tooWarmEngine(): FaultEngine {
  return createFaultEngine({ catalogue: TOO_WARM, overrides: [] })
}

export const START_MS = Date.UTC(2026, 6, 1)
export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS

/** A fridge's temperature at an instant. */
export function fridgeReading(timeMs: number, value: number, model?: string): FaultInput {
  return {
    device: 'fridge-temp',
    appliance: 'fridge-1',
    applianceKind: 'fridge',
    model,
    metric: 'temperature',
    timeMs,
    value,
  }
}

export function runAll(engine: FaultEngine, inputs: readonly FaultInput[]): FaultTransition[] {
  return inputs.flatMap(input => engine.step(input))
}

export function later(byMs: number): (input: FaultInput) => FaultInput {
  return input => ({ ...input, timeMs: input.timeMs + byMs })
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A value that stays for so many minutes. */
export interface Level {
  value: number
  minutes: number
}

/** Readings of a course of levels, one every `everyMs`, each off by at most `noise`. */
export function readingsOf(
  levels: readonly Level[],
  { everyMs = MINUTE_MS, noise = 0, seed = 1, model = '' } = {},
): FaultInput[] {
  const random = seededRandom(seed)
  const inputs: FaultInput[] = []
  let timeMs = START_MS
  for (const { value, minutes } of levels) {
    for (const endMs = timeMs + minutes * MINUTE_MS; timeMs < endMs; timeMs += everyMs)
      inputs.push(fridgeReading(timeMs, value + (random() * 2 - 1) * noise, model === '' ? undefined : model))
  }
  return inputs
}

export interface FridgeOptions {
  roomC: number
  /** Time constant against the room with the compressor off, hours: 5.4 (light load) to 19.8 (docs/domain.md 3.2: 4 to 8 C in 0.9 to 3.3 h at 30 C). */
  tauH: number
  hours: number
  reportMs: number
  /** Sensor noise, evenly spread within plus and minus this. */
  noiseC: number
  seed: number
  /** From here on the compressor never starts. */
  deadFromH?: number
  /** Chance of a lost report. */
  loss?: number
}

/** One report, with the temperature that the air really had. */
export interface FridgeSample {
  timeMs: number
  trueC: number
  readC: number
}

/** Strength of the compressor: how far below the room it could hold the cabinet, K. Enough for 4 C in a room of 38 C at half duty. */
const PULL_K = 75
/** Set point and swing (docs/domain.md 3.2: 3 to 5 C, plus and minus 1 C). */
const ON_ABOVE_C = 5
const OFF_BELOW_C = 3
const STEP_MS = 10_000
/** An opened door lets in this much of the room's air; the cold goods take it back within minutes. */
const DOOR_SHARE = 0.35
const DOOR_TAU_MS = 4 * MINUTE_MS
/** A defrost warms the air by up to 4 K in up to 30 min (docs/domain.md F7). */
const DEFROST_EVERY_H = 12
const DEFROST_MS = 25 * MINUTE_MS
const DEFROST_K = 4

/** A thermostat's cycles with door openings by the minute, defrosts, single wrong readings, noise and lost reports. */
export function fridgeSamples(options: FridgeOptions): FridgeSample[] {
  const { roomC, tauH, hours, reportMs, noiseC, seed, deadFromH = Infinity, loss = 0 } = options
  const random = seededRandom(seed)
  const samples: FridgeSample[] = []
  let goodsC = 4
  let airExtraC = 0
  let isOn = false
  for (let ms = 0; ms < hours * HOUR_MS; ms += STEP_MS) {
    const isDead = ms >= deadFromH * HOUR_MS
    if (goodsC > ON_ABOVE_C) isOn = true
    if (goodsC < OFF_BELOW_C || isDead) isOn = false
    goodsC += ((roomC - goodsC - (isOn ? PULL_K : 0)) * STEP_MS) / (tauH * HOUR_MS)
    // 120 openings a day, in a heavy summer (docs/domain.md 3.2).
    if (random() < (120 * STEP_MS) / (24 * HOUR_MS)) airExtraC += DOOR_SHARE * (roomC - goodsC - airExtraC)
    airExtraC -= (airExtraC * STEP_MS) / DOOR_TAU_MS
    const defrostMs = ms % (DEFROST_EVERY_H * HOUR_MS)
    const defrostC = !isDead && ms > HOUR_MS && defrostMs < DEFROST_MS ? (DEFROST_K * defrostMs) / DEFROST_MS : 0
    if (ms % reportMs !== 0 || random() < loss) continue
    const trueC = goodsC + airExtraC + defrostC
    const isGlitch = random() < 0.002
    const readC = isGlitch ? random() * 160 - 40 : trueC + (random() * 2 - 1) * noiseC
    samples.push({ timeMs: START_MS + ms, trueC, readC })
  }
  return samples
}
