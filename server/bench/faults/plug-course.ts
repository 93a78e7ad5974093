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
  isOpenAt,
  noise,
  seededRandom,
} from './course.ts'

export type PlugFault =
  | 'over-current'
  | 'over-temperature'
  | 'power-while-off'
  | 'appliance-dead'
  | 'voltage-sag'
  | 'voltage-surge'
  | 'meter-wrong'
  | 'over-10-a'
  | 'clock-ahead'
  | 'clock-behind'

const RULE_OF: Record<PlugFault, string> = {
  'over-current': 'ac_plug_over_current',
  'over-temperature': 'plug_over_temperature',
  'power-while-off': 'plug_power_while_off',
  'appliance-dead': 'plug_on_appliance_dead',
  'voltage-sag': 'plug_voltage_sag',
  'voltage-surge': 'plug_voltage_surge',
  'meter-wrong': 'plug_meter_wrong',
  'over-10-a': 'plug_over_current',
  'clock-ahead': 'device_clock_wrong',
  'clock-behind': 'device_clock_wrong',
}

const STEP_MS = 10 * SECOND_MS
const LEAD_DAYS = 2

/** A metering plug with all it can say, under an air conditioner that goes on and off (docs/domain.md 3.6). */
export function plugCourse(seed: number, fault?: PlugFault): Course {
  const random = seededRandom(seed + 401)
  const isSmall = fault === 'over-10-a'
  const loadW = isSmall ? between(random, 60, 150) : between(random, 600, 1_600)
  const standbyW = between(random, 1.2, 5)
  const mainsV = between(random, 214, 230)
  const loopOhm = between(random, 0.2, 0.9)
  const everyMs = [10, 30, 60][Math.floor(random() * 3)]! * SECOND_MS
  const faultFromMs = fault === undefined ? Infinity : START_MS + LEAD_DAYS * DAY_MS + between(random, 8, 16) * HOUR_MS
  const endMs =
    fault === undefined ? START_MS + 7 * DAY_MS : faultFromMs + (fault === 'appliance-dead' ? 30 : 5) * HOUR_MS
  const inputs: FaultInput[] = []
  const plug = createReporter(inputs, {
    kind: isSmall ? 'fridge' : 'air_conditioner',
    appliance: 'ac',
    device: 'ac-plug',
    everyMs,
    onChange: 0,
  })
  let [isLoaded, switchedMs, plugC] = [false, START_MS, 30]
  for (let timeMs = START_MS; timeMs < endMs; timeMs += STEP_MS) {
    const is = (kind: PlugFault) => fault === kind && timeMs >= faultFromMs
    if (timeMs - switchedMs > (isLoaded ? 25 : 15) * MINUTE_MS * (0.5 + random())) {
      isLoaded = !isLoaded && (isSmall || isOpenAt(timeMs))
      switchedMs = timeMs
    }
    let w = isLoaded ? loadW * (1 + 0.01 * noise(random)) : standbyW
    if (is('over-current')) w = 3_300
    if (is('over-10-a')) w = 2_150
    if (is('power-while-off')) w = Math.max(w, 60)
    if (is('appliance-dead')) w = 0
    if (is('meter-wrong')) w = -Math.max(w, 60)
    // A sag of minutes when a lift starts is none; the mains itself moves by a few volts.
    let volts = mainsV + 2 * Math.sin(timeMs / HOUR_MS) - (Math.max(0, w) / 220) * loopOhm + noise(random) * 0.3
    if (is('voltage-sag')) volts -= mainsV - 188
    if (is('voltage-surge')) volts += 246 - mainsV
    const amps = Math.abs(w) / Math.max(volts, 1)
    const ownC = is('over-temperature') ? 95 : 30 + amps * amps * 0.12
    plugC += (ownC - plugC) * (STEP_MS / (10 * MINUTE_MS))
    plug('power', timeMs, w)
    plug('voltage', timeMs, Math.round(volts * 10) / 10)
    plug('current', timeMs, Math.round(amps * 1000) / 1000)
    plug('device_temperature', timeMs, Math.round(plugC * 10) / 10)
    plug('relay', timeMs, is('power-while-off') ? 0 : 1)
  }
  const wrongMs = Math.round((fault === 'clock-ahead' ? between(random, 2, 9) : -between(random, 4, 600)) * MINUTE_MS)
  if (fault === 'clock-ahead' || fault === 'clock-behind')
    for (const input of inputs) {
      if (input.timeMs < faultFromMs) continue
      input.receivedAtMs = input.timeMs
      input.timeMs += wrongMs
    }
  const applianceDays = (endMs - START_MS) / DAY_MS
  if (fault === undefined) return { inputs, applianceDays }
  return {
    inputs,
    applianceDays,
    fault: {
      fromMs: faultFromMs,
      rules: [RULE_OF[fault]],
      alsoRight: isSmall ? ['fridge_compressor_never_stops'] : [],
    },
  }
}
