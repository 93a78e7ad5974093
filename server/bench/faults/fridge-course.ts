import {
  type Course,
  DAY_MS,
  type ExpectedFault,
  HOUR_MS,
  MINUTE_MS,
  type Random,
  SECOND_MS,
  START_MS,
  STATION,
  between,
  createReporter,
  hourOfDay,
  noise,
  seededRandom,
} from './course.ts'
import type { FaultInput } from '../../src/faults/transition.ts'

export type FridgeFault =
  | 'never-stops'
  | 'never-starts'
  | 'start-fails'
  | 'short-cycling'
  | 'door-ajar'
  | 'weak'
  | 'slowly-weak'
  | 'unplugged'
  | 'too-cold'
  | 'defrost-stuck'
  | 'too-warm'
  | 'door-contact'
  | 'probe-leaps'
  | 'probe-impossible'

const OVERWORK = ['fridge_runs_too_much', 'fridge_compressor_never_stops', 'fridge_door_open', 'fridge_duty_drift']

/** Which rules are to find it, and which others are right to speak as well. */
const RULES_OF: Record<FridgeFault, [rules: string[], alsoRight: string[]]> = {
  'never-stops': [['fridge_compressor_never_stops'], [...OVERWORK, 'fridge_too_cold']],
  'never-starts': [['fridge_compressor_never_starts'], ['fridge_too_warm']],
  'start-fails': [['fridge_start_fails'], ['fridge_compressor_never_starts', 'fridge_too_warm']],
  'short-cycling': [['fridge_short_cycling'], ['fridge_too_warm', ...OVERWORK]],
  'door-ajar': [
    ['fridge_door_open', 'fridge_runs_too_much', 'fridge_compressor_never_stops'],
    ['fridge_too_warm', ...OVERWORK],
  ],
  weak: [
    ['fridge_runs_too_much', 'fridge_compressor_never_stops', 'fridge_door_open', 'fridge_duty_drift'],
    ['fridge_too_warm', ...OVERWORK],
  ],
  'slowly-weak': [
    ['fridge_duty_drift', 'fridge_runs_too_much', 'fridge_door_open', 'fridge_compressor_never_stops'],
    ['fridge_too_warm', ...OVERWORK],
  ],
  unplugged: [['fridge_unplugged'], ['fridge_too_warm']],
  'too-cold': [['fridge_too_cold'], OVERWORK],
  'defrost-stuck': [['fridge_defrost_stuck'], ['fridge_too_warm', ...OVERWORK]],
  'too-warm': [['fridge_too_warm'], ['fridge_compressor_never_starts']],
  'door-contact': [['fridge_door_left_open'], []],
  'probe-leaps': [['fridge_probe_jumps'], ['fridge_too_warm', 'fridge_too_cold']],
  'probe-impossible': [['sensor_temperature_too_high'], ['fridge_too_warm']],
}

/** Faults that are told of by the inside temperature or the door's contact; the others by the watts alone. */
const NEEDS_PROBE: ReadonlySet<FridgeFault> = new Set([
  'too-cold',
  'defrost-stuck',
  'too-warm',
  'probe-leaps',
  'probe-impossible',
])
/** Days of a fault that shows slowly, and of the others. */
const FAULT_HOURS: Partial<Record<FridgeFault, number>> = {
  'slowly-weak': 96,
  'never-starts': 26,
  'door-ajar': 40,
  weak: 60,
  'too-cold': 30,
}

interface Fridge {
  runW: number
  standbyW: number
  /** Duty in a room of 25 °C. */
  dutyAt25: number
  /** Time constant against the room, hours. */
  tauH: number
  /** A heater of so many watts thaws it every so many hours; 0: it is thawed by hand. */
  defrostW: number
  defrostEveryH: number
  /** An inverter's compressor runs slower when there is little to do, and hardly stops. */
  isInverter: boolean
  /** The middle of the room's day and half its swing, °C. */
  roomC: number
  roomSwingC: number
  hasProbe: boolean
  hasRoom: boolean
  everyMs: number
}

/** A fridge as stations have them: old and new, small and big (docs/domain.md 3.2). */
function anyFridge(random: Random, fault: FridgeFault | undefined): Fridge {
  const defrosts = random() < 0.4 || fault === 'defrost-stuck'
  return {
    runW: between(random, 55, random() < 0.3 ? 200 : 120),
    standbyW: fault === 'unplugged' ? between(random, 1.2, 3) : random() < 0.4 ? 0 : between(random, 0.8, 4),
    dutyAt25: between(random, 0.18, 0.34),
    tauH: between(random, 5.4, 19.8),
    defrostW: defrosts ? between(random, 120, 250) : 0,
    defrostEveryH: between(random, 8, 24),
    isInverter: fault === undefined && random() < 0.2,
    roomC: between(random, 18, fault === undefined ? 32 : 27),
    roomSwingC: between(random, 0.5, 3),
    hasProbe: fault !== undefined && NEEDS_PROBE.has(fault),
    hasRoom: fault === 'slowly-weak' || (fault !== undefined && random() < 0.3),
    everyMs: [10, 30, 60][Math.floor(random() * 3)]! * SECOND_MS,
  }
}

const STEP_MS = 10 * SECOND_MS
const SET_C = 4
const SWING_K = 1
const LEAD_DAYS = 4

/** One fridge over some days; healthy ones are watched for two weeks. */
export function fridgeCourse(seed: number, fault?: FridgeFault): Course {
  const random = seededRandom(seed + 17)
  const fridge = anyFridge(random, fault)
  const { runW, standbyW, tauH, isInverter } = fridge
  const faultFromMs = fault === undefined ? Infinity : START_MS + LEAD_DAYS * DAY_MS + between(random, 0, 1) * DAY_MS
  const endMs = fault === undefined ? START_MS + 14 * DAY_MS : faultFromMs + (FAULT_HOURS[fault] ?? 12) * HOUR_MS
  const inputs: FaultInput[] = []
  const base = { kind: 'fridge' as const, appliance: 'fridge', everyMs: fridge.everyMs }
  const plug = createReporter(inputs, { ...base, device: 'fridge-plug', onChange: 5 })
  const probe = createReporter(inputs, { ...base, device: 'fridge-probe', everyMs: MINUTE_MS, onChange: 0 })
  const room = createReporter(inputs, {
    kind: 'station',
    appliance: STATION,
    device: 'room',
    everyMs: MINUTE_MS,
    onChange: 0,
  })

  // Strength of the compressor, K: in a room of 25 °C it holds SET_C for the given share of the time.
  const pullK = (25 - SET_C) / fridge.dutyAt25
  let insideC = SET_C
  let airC = 0
  let isOn = false
  let isCalling = false
  let switchedMs = START_MS - HOUR_MS
  let defrostMs = START_MS + fridge.defrostEveryH * HOUR_MS * random()
  let speed = 1
  let shownMs: number | undefined
  for (let timeMs = START_MS; timeMs < endMs; timeMs += STEP_MS) {
    const is = (kind: FridgeFault) => fault === kind && timeMs >= faultFromMs
    const roomC = fridge.roomC + fridge.roomSwingC * Math.sin(((hourOfDay(timeMs) - 9) / 24) * 2 * Math.PI)
    const sinceMs = timeMs - switchedMs
    const setC = is('too-cold') ? -4 : SET_C
    if (insideC > setC + SWING_K) isCalling = true
    if (insideC < setC - SWING_K) isCalling = false
    let wants = isCalling
    if (isInverter) {
      speed = Math.min(1, Math.max(0.3, 0.45 + (insideC - SET_C) * 0.6))
      wants = isOn ? insideC > SET_C - 2 * SWING_K : insideC > SET_C
    }
    if (is('never-stops')) wants = true
    if (is('never-starts') || is('start-fails') || is('too-warm') || is('unplugged') || is('defrost-stuck'))
      wants = false
    // The overload trips after two minutes and cools for four.
    if (is('short-cycling') && wants) wants = isOn ? sinceMs < 2.2 * MINUTE_MS : sinceMs >= 4 * MINUTE_MS
    const isDefrosting = fridge.defrostW > 0 && timeMs >= defrostMs && timeMs < defrostMs + 22 * MINUTE_MS
    if (fridge.defrostW > 0 && timeMs >= defrostMs + 22 * MINUTE_MS) defrostMs += fridge.defrostEveryH * HOUR_MS
    if (isDefrosting) wants = false
    if (wants !== isOn && (wants ? sinceMs >= 4 * MINUTE_MS || isDefrosting : true)) {
      isOn = wants
      switchedMs = timeMs
    }
    const strength = is('weak') ? 0.35 : is('slowly-weak') ? 0.52 : 1
    const leak = is('door-ajar') ? 2.6 : 1
    const coldK = isOn ? pullK * strength * (isInverter ? speed : 1) : 0
    const heatK = is('defrost-stuck') ? 40 : isDefrosting ? 8 : 0
    insideC += ((leak * (roomC - insideC) - coldK + heatK) * STEP_MS) / (tauH * HOUR_MS)
    insideC = Math.max(insideC, -18)
    // Doors: 80 openings a day by day, a few at night; loading at 11 and 18.
    const hour = hourOfDay(timeMs)
    const perDay = hour >= 7 && hour < 22 ? 80 : 4
    if (random() < (perDay * STEP_MS) / DAY_MS) {
      airC += 0.25 * (roomC - insideC - airC)
      insideC += 0.02
    }
    if (random() < (2 * STEP_MS) / DAY_MS && hour >= 10 && hour < 19) insideC += between(random, 0.3, 1.5)
    airC -= (airC * STEP_MS) / (4 * MINUTE_MS)

    const runS = (timeMs - switchedMs) / 1000
    const running = runW * (isInverter ? speed : 1) * (1 + 0.2 * Math.exp(-runS / 120))
    let w = isOn ? (runS < 10 && !isInverter ? running * 3.5 : running) : standbyW
    if (isDefrosting || is('defrost-stuck')) w = fridge.defrostW
    if (is('start-fails') && (timeMs - faultFromMs) % (150 * SECOND_MS) < STEP_MS && insideC > SET_C) w = runW * 5
    if (is('unplugged')) w = 0
    plug('power', timeMs, Math.max(0, w + (w > 5 ? noise(random) * 0.01 * w : noise(random) * 0.05)))
    if (isShown(fault, { insideC, w: w / runW }) && timeMs >= faultFromMs) shownMs ??= timeMs
    if (fridge.hasProbe) {
      const probeC = insideC + airC + (isDefrosting ? 2 : 0) + noise(random) * 0.2
      const leapC = is('probe-leaps') && random() < 0.3 ? 35 * (random() < 0.5 ? 1 : -1) : 0
      probe('temperature', timeMs, is('probe-impossible') ? 85 + noise(random) * 0.1 : probeC + leapC)
    }
    if (fridge.hasRoom) room('temperature', timeMs, roomC + noise(random) * 0.1)
    if (fault === 'door-contact') {
      if (timeMs % (30 * MINUTE_MS) === 0 || is('door-contact')) probe('door', timeMs, is('door-contact') ? 1 : 0)
    }
  }
  return courseOf(inputs, { fault, faultFromMs, shownMs, endMs })
}

interface CourseFacts {
  fault: FridgeFault | undefined
  faultFromMs: number
  shownMs: number | undefined
  endMs: number
}

/** Whether a fault that takes its time is there to be seen: `w` is in running powers. */
function isShown(fault: FridgeFault | undefined, { insideC, w }: { insideC: number; w: number }): boolean {
  if (fault === 'too-warm') return insideC > 8
  if (fault === 'too-cold') return insideC < 0
  if (fault === 'start-fails') return w > 2
  return fault !== 'short-cycling' || w > 0.5
}

function courseOf(inputs: FaultInput[], { fault, faultFromMs, shownMs, endMs }: CourseFacts): Course {
  const applianceDays = (endMs - START_MS) / DAY_MS
  if (fault === undefined) return { inputs, applianceDays }
  const [rules, alsoRight] = RULES_OF[fault]
  const expected: ExpectedFault = { fromMs: faultFromMs, shownMs, rules, alsoRight }
  return { inputs, applianceDays, fault: expected }
}
