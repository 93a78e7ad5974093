import type { FaultInput } from '../../src/faults/transition.ts'
import {
  type Course,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  START_MS,
  between,
  createReporter,
  hourOfDay,
  isOpenAt,
  noise,
  seededRandom,
} from './course.ts'

export type DispenserFault = 'not-heating' | 'heats-on' | 'fast-cycling' | 'night-heating' | 'filter-due'

const RULE_OF: Record<DispenserFault, string> = {
  'not-heating': 'water_not_heating',
  'heats-on': 'water_heats_without_end',
  'fast-cycling': 'water_fast_cycling',
  'night-heating': 'water_heats_at_night',
  'filter-due': 'water_filter_due',
}

const ALSO_RIGHT: Partial<Record<DispenserFault, string[]>> = {
  // Water that has boiled for hours stays hot for longer than any pause before.
  'heats-on': ['water_not_heating'],
  // What loses all its steam may not come to its end by a small heater.
  'fast-cycling': ['water_heats_without_end'],
}

const STEP_MS = 10 * SECOND_MS
const LEAD_DAYS = 4
const J_PER_L_K = 4_186
/** As the rule reckons (docs/domain.md 3.5): from 25 to 95 °C, and half as much again to stay hot. */
const WH_PER_LITRE = 120

/** One dispenser over some days: a hot tank, with or without a cold side, on through the night or not (docs/domain.md 3.5). */
export function dispenserCourse(seed: number, fault?: DispenserFault): Course {
  const random = seededRandom(seed + 211)
  const heaterW = between(random, 450, random() < 0.2 ? 1_900 : 800)
  const tankL = between(random, 0.6, heaterW > 1_000 ? 3 : 2)
  const cooling = random() < 0.5 ? 'none' : random() < 0.5 ? 'peltier' : 'compressor'
  const coolingW = cooling === 'peltier' ? between(random, 50, 80) : between(random, 80, 170)
  const standbyW = between(random, 0.5, 6)
  const hasTimer = fault === 'night-heating' ? false : random() < 0.6
  const lossWPerK = between(random, 0.35, fault === 'night-heating' ? 0.9 : 0.6)
  const everyMs = (random() < 0.5 ? 10 : 60) * SECOND_MS
  // A wasted night is one after another: that fault is there from the beginning, and the timer is what is missing.
  const faultFromMs =
    fault === undefined
      ? Infinity
      : fault === 'night-heating'
        ? START_MS
        : START_MS + LEAD_DAYS * DAY_MS + between(random, 8, 13) * HOUR_MS
  const days = fault === undefined ? 14 : fault === 'filter-due' ? 12 : LEAD_DAYS + 3
  const endMs = START_MS + days * DAY_MS
  const inputs: FaultInput[] = []
  const plug = createReporter(inputs, {
    kind: 'water_dispenser',
    appliance: 'water',
    device: 'water-plug',
    everyMs,
    onChange: 5,
    // Whoever runs a dispenser through the night is not told of waste where nothing is known of closing.
    hidesHours: fault !== 'night-heating' && !hasTimer,
  })
  let waterC = 80
  let isOn = false
  let hasTripped = false
  let [cupsL, drawnMs] = [0, 0]
  // A small filter, that a week may be enough.
  const filterL = between(random, 15, 30)
  let [heatedWh, usedUpMs] = [0, 0]
  for (let timeMs = START_MS; timeMs < endMs; timeMs += STEP_MS) {
    const is = (kind: DispenserFault) => fault === kind && timeMs >= faultFromMs
    const isPowered = !hasTimer || isOpenAt(timeMs)
    const hour = hourOfDay(timeMs)
    const perHour = isOpenAt(timeMs) ? (hour >= 11 && hour < 14 ? 10 : 4) : 0
    if (random() < (perHour * STEP_MS) / HOUR_MS) [cupsL, drawnMs] = [between(random, 0.15, 0.4), timeMs]
    if (cupsL > 0 && timeMs - drawnMs < MINUTE_MS) {
      const shareL = Math.min(cupsL, 0.05)
      waterC += ((25 - waterC) * shareL) / tankL
      cupsL -= shareL
    }
    const [offC, onC] = is('fast-cycling') ? [95, 93.5] : [95, 85]
    if (waterC <= onC) isOn = true
    if (waterC >= offC) isOn = false
    let isHeating = isOn && isPowered && !is('not-heating')
    if (is('heats-on') && !hasTripped) {
      isHeating = true
      if (timeMs > faultFromMs + 3 * HOUR_MS) hasTripped = true
    }
    // A thermostat that is fast by itself, and steam that leaves: more than twelve times an hour whatever the heater.
    const lossW = is('fast-cycling') ? (heaterW > 1_000 ? 7 : 3) * lossWPerK : lossWPerK
    waterC += (((isHeating ? heaterW : 0) - lossW * (waterC - 25)) * (STEP_MS / 1000)) / (tankL * J_PER_L_K)
    waterC = Math.min(waterC, 99)
    let w = standbyW + (isHeating ? heaterW * (1 + 0.005 * noise(random)) : 0)
    if (isPowered && cooling === 'peltier') w += coolingW
    if (isPowered && cooling === 'compressor' && (timeMs / MINUTE_MS) % 40 < 6) w += coolingW
    if (isHeating) heatedWh += (w * STEP_MS) / HOUR_MS
    if (usedUpMs === 0 && heatedWh >= filterL * WH_PER_LITRE) usedUpMs = timeMs
    plug('power', timeMs, Math.max(0, w + noise(random) * 0.05))
  }
  const applianceDays = days
  if (fault === undefined) return { inputs, applianceDays }
  if (fault === 'filter-due') {
    const overrides = [
      { rule: RULE_OF[fault], model: 'small-filter', appliance: 'water', timeScale: 1, numbers: { litres: filterL } },
    ]
    const fromMs = START_MS + (usedUpMs - START_MS) * 0.95
    return {
      inputs,
      applianceDays,
      overrides,
      fault: { fromMs, shownMs: usedUpMs, rules: [RULE_OF[fault]], alsoRight: [] },
    }
  }
  return {
    inputs,
    applianceDays,
    fault: { fromMs: faultFromMs, rules: [RULE_OF[fault]], alsoRight: ALSO_RIGHT[fault] ?? [] },
  }
}
