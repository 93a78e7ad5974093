import type { FaultInput } from '../../src/faults/transition.ts'
import {
  type Course,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  START_MS,
  STATION,
  between,
  createReporter,
  crowdAt,
  hourOfDay,
  isOpenAt,
  noise,
  seededRandom,
} from './course.ts'

export type RoomFault =
  | 'too-hot'
  | 'heat-danger'
  | 'fire-heat'
  | 'too-cold'
  | 'damp'
  | 'leak'
  | 'smoke'
  | 'flat-temperature'
  | 'flat-humidity'
  | 'leaps'
  | 'impossible'
  | 'battery-low'
  | 'count-never-zero'
  | 'count-after-closing'
  | 'count-drift'
  | 'count-dead'
  | 'not-opened'
  | 'door-after-closing'

const RULES_OF: Record<RoomFault, [rules: string[], alsoRight: string[]]> = {
  'too-hot': [['room_too_hot'], ['room_heat_danger']],
  'heat-danger': [['room_heat_danger'], ['room_too_hot']],
  'fire-heat': [['room_fire_heat'], ['room_too_hot', 'room_heat_danger']],
  'too-cold': [['room_too_cold'], []],
  damp: [['room_damp'], []],
  leak: [['leak'], []],
  smoke: [['smoke'], []],
  'flat-temperature': [['sensor_temperature_flat'], []],
  'flat-humidity': [['sensor_humidity_flat'], []],
  leaps: [['sensor_temperature_jumps'], ['room_too_hot']],
  impossible: [['sensor_temperature_too_low'], ['room_too_cold', 'sensor_temperature_jumps']],
  'battery-low': [['sensor_battery_low'], []],
  'count-never-zero': [['people_never_zero'], ['people_after_closing']],
  'count-after-closing': [['people_after_closing'], []],
  'count-drift': [['people_counter_drift'], []],
  'count-dead': [['people_counter_dead'], []],
  'not-opened': [['station_not_opened'], []],
  'door-after-closing': [['door_open_after_closing'], []],
}

const FAULT_HOURS: Partial<Record<RoomFault, number>> = {
  damp: 60,
  'flat-temperature': 30,
  'flat-humidity': 30,
  'count-never-zero': 90,
  'count-after-closing': 20,
  'count-drift': 30,
  'count-dead': 26,
  'too-hot': 20,
  'too-cold': 20,
  'heat-danger': 20,
  'not-opened': 36,
  'door-after-closing': 20,
}

const STEP_MS = 30 * SECOND_MS
const LEAD_DAYS = 2

/** A room with its sensors over some days: temperature, humidity, people, leak, smoke. */
export function roomCourse(seed: number, fault?: RoomFault): Course {
  const random = seededRandom(seed + 503)
  const meanC = between(random, 17, 26)
  const meanPct = between(random, 45, 70)
  const everyMs = (random() < 0.5 ? 60 : 120) * SECOND_MS
  const faultFromMs = fault === undefined ? Infinity : START_MS + LEAD_DAYS * DAY_MS + between(random, 8, 16) * HOUR_MS
  const endMs = fault === undefined ? START_MS + 10 * DAY_MS : faultFromMs + (FAULT_HOURS[fault] ?? 6) * HOUR_MS
  const inputs: FaultInput[] = []
  // A station that never closes posts no closing: only there is a count that never falls to zero told of as such.
  const station = { kind: 'station' as const, appliance: STATION, hidesHours: fault === 'count-never-zero' }
  const climate = createReporter(inputs, { ...station, device: 'room', everyMs, onChange: 0 })
  const counter = createReporter(inputs, { ...station, device: 'people', everyMs: MINUTE_MS, onChange: 0 })
  const alarms = createReporter(inputs, { ...station, device: 'alarms', everyMs: 30 * MINUTE_MS, onChange: 0.5 })
  let [cameIn, wentOut, people] = [0, 0, 0]
  let counted: [number, number] = [0, 0]
  const contact = createReporter(inputs, { ...station, device: 'door', everyMs: HOUR_MS, onChange: 0.5 })
  let [isDoorOpen, doorMs] = [false, START_MS]
  // The keeper comes a little before or after the posted hour, and leaves a little after.
  let keeperMs = START_MS + 7 * HOUR_MS + between(random, -40, 8) * MINUTE_MS
  let shownMs: number | undefined
  let frozen: [number, number] | undefined
  for (let timeMs = START_MS; timeMs < endMs; timeMs += STEP_MS) {
    const is = (kind: RoomFault) => fault === kind && timeMs >= faultFromMs
    const wave = Math.sin(((hourOfDay(timeMs) - 9) / 24) * 2 * Math.PI)
    let roomC = meanC + 2 * wave + noise(random) * 0.05
    let pct = Math.min(80, meanPct - 4 * wave + noise(random) * 0.3)
    if (is('flat-temperature') || is('flat-humidity')) {
      frozen ??= [roomC, pct]
      if (is('flat-temperature')) [roomC] = frozen
      else [, pct] = frozen
    }
    if (is('too-hot')) roomC = 32 + wave
    if (is('heat-danger')) [roomC, pct] = [35 + wave, 70]
    if (is('fire-heat')) roomC = 58
    if (is('too-cold')) roomC = 9 + wave
    if (is('damp')) pct = 91 + noise(random) * 0.5
    if (is('leaps') && random() < 0.15) roomC += 12 * (random() < 0.5 ? 1 : -1)
    if (is('impossible')) roomC = -38 + noise(random) * 0.1
    climate('temperature', timeMs, Math.round(roomC * 100) / 100)
    climate('humidity', timeMs, Math.round(pct * 10) / 10)
    if (timeMs % (10 * MINUTE_MS) === 0) {
      const next = is('not-opened') ? 0 : crowdAt(timeMs, random)
      // As many pass through as change places; one in thirty is not seen.
      const through = isOpenAt(timeMs) && !is('not-opened') ? Math.round(between(random, 0, 2)) : 0
      cameIn += Math.max(0, next - people) + through
      const out = Math.max(0, people - next) + through
      wentOut += is('count-drift') ? Math.round(out * 0.4) : random() < 0.97 ? out : Math.max(0, out - 1)
      people = next
    }
    const isAbsent = is('not-opened')
    if (timeMs >= keeperMs) {
      keeperMs += DAY_MS + between(random, -15, 15) * MINUTE_MS
      if (hourOfDay(keeperMs) > 7.1 || hourOfDay(keeperMs) < 6.2)
        keeperMs = keeperMs - ((keeperMs - START_MS) % DAY_MS) + 6.8 * HOUR_MS
      if (!isAbsent) [isDoorOpen, doorMs] = [true, timeMs]
    } else if (isDoorOpen && timeMs - doorMs > 40 * SECOND_MS) [isDoorOpen, doorMs] = [false, timeMs]
    else if (!isAbsent && people > 0 && random() < STEP_MS / (15 * MINUTE_MS)) [isDoorOpen, doorMs] = [true, timeMs]
    if (is('door-after-closing') && !isOpenAt(timeMs)) [isDoorOpen, doorMs] = [true, timeMs]
    contact('door', timeMs, Number(isDoorOpen))
    if (isAbsent) people = 0
    if (timeMs >= faultFromMs && isShown(fault, timeMs)) shownMs ??= timeMs
    const isStuck = is('count-never-zero') || (is('count-after-closing') && !isOpenAt(timeMs))
    const isDead = is('count-dead')
    if (!isDead) counted = [cameIn, wentOut]
    counter('people', timeMs, isDead ? 0 : isStuck ? Math.max(1, people) : people)
    counter('people_in', timeMs, counted[0])
    counter('people_out', timeMs, counted[1])
    alarms('leak', timeMs, is('leak') ? 1 : 0)
    alarms('smoke', timeMs, is('smoke') ? 1 : 0)
    alarms('battery', timeMs, is('battery-low') ? 9 : 80)
  }
  const applianceDays = (endMs - START_MS) / DAY_MS
  if (fault === undefined) return { inputs, applianceDays }
  const [rules, alsoRight] = RULES_OF[fault]
  return { inputs, applianceDays, fault: { fromMs: faultFromMs, shownMs, rules, alsoRight } }
}

/** What is about closing shows when it closes, and what is about opening when it opens. */
function isShown(fault: RoomFault | undefined, timeMs: number): boolean {
  if (fault === 'not-opened') return isOpenAt(timeMs) && !isOpenAt(timeMs - STEP_MS)
  return (fault !== 'count-after-closing' && fault !== 'door-after-closing') || !isOpenAt(timeMs)
}
