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

export type AirConditionerFault =
  'off-in-heat' | 'fan-only' | 'no-cooling' | 'short-cycling' | 'left-on' | 'too-weak' | 'door-propped' | 'slowly-weak'

const RULES_OF: Record<AirConditionerFault, [rules: string[], alsoRight: string[]]> = {
  'off-in-heat': [['ac_off_in_heat'], ['room_too_hot', 'room_heat_danger']],
  'fan-only': [['ac_fan_only'], ['room_too_hot', 'room_heat_danger']],
  'no-cooling': [['ac_does_not_cool'], ['room_too_hot', 'room_heat_danger']],
  'short-cycling': [['ac_short_cycling'], ['room_too_hot', 'room_heat_danger', 'ac_room_stays_hot']],
  'left-on': [['ac_left_on'], []],
  'too-weak': [
    ['ac_room_stays_hot', 'ac_does_not_cool'],
    ['room_too_hot', 'room_heat_danger'],
  ],
  'door-propped': [
    ['ac_door_propped_open'],
    ['room_too_hot', 'ac_room_stays_hot', 'ac_does_not_cool', 'door_open_after_closing'],
  ],
  'slowly-weak': [
    ['ac_cooling_drift', 'ac_does_not_cool'],
    ['room_too_hot', 'room_heat_danger'],
  ],
}

/** A fault shows when the room is warmer than this while it is open. */
const SHOWN_ABOVE_C: Partial<Record<AirConditionerFault, number>> = {
  'off-in-heat': 30,
  'fan-only': 29,
  'no-cooling': 28,
  'short-cycling': 28,
  'too-weak': 29,
}

const STEP_MS = 10 * SECOND_MS
const LEAD_DAYS = 3

/** The posted opening itself. */
const isMoment = (timeMs: number) => isOpenAt(timeMs) && !isOpenAt(timeMs - STEP_MS)

/** An air conditioner in its room over some summer days (docs/domain.md 3.3): a station of 20 to 30 m². */
export function airConditionerCourse(seed: number, fault?: AirConditionerFault): Course {
  const random = seededRandom(seed + 307)
  const ratedW = between(random, 750, 1_200)
  const capacityW = ratedW * 3.1
  const fanW = between(random, 18, 38)
  const standbyW = between(random, 1, 5)
  const isInverter = random() < 0.7
  const setC = between(random, 25, 26.5)
  // Only a warm morning shows how fast it cools.
  const outsideC = between(random, fault === 'slowly-weak' ? 33 : 30, 36)
  const lossWPerK = between(random, 60, 110)
  const everyMs = (random() < 0.5 ? 10 : 60) * SECOND_MS
  const leadDays = fault === 'slowly-weak' ? 24 : LEAD_DAYS
  const faultFromMs =
    fault === undefined
      ? Infinity
      : START_MS + leadDays * DAY_MS + (fault === 'left-on' ? 22 : between(random, 10, 15)) * HOUR_MS
  const days = fault === undefined ? 30 : leadDays + (fault === 'slowly-weak' ? 22 : 2)
  const endMs = START_MS + days * DAY_MS
  const inputs: FaultInput[] = []
  const plug = createReporter(inputs, {
    kind: 'air_conditioner',
    appliance: 'ac',
    device: 'ac-plug',
    everyMs,
    onChange: 5,
  })
  const station = { kind: 'station' as const, appliance: STATION, everyMs: MINUTE_MS, onChange: 0 }
  const room = createReporter(inputs, { ...station, device: 'room' })
  const counter = createReporter(inputs, { ...station, device: 'people' })
  let roomC = setC + 1
  let demand = 0
  let switchedMs = 0
  const contact = createReporter(inputs, { ...station, device: 'door', everyMs: HOUR_MS, onChange: 0.5 })
  let people = 0
  let shownMs: number | undefined
  let [isDoorOpen, doorMs] = [false, START_MS]
  // The keeper comes a little before the posted hour, and once more with the water.
  const keeperMs = between(random, 2, 20) * MINUTE_MS
  const isKeeperDue = (timeMs: number) => [0, 9].some(laterMin => isMoment(timeMs + keeperMs - laterMin * MINUTE_MS))
  for (let timeMs = START_MS; timeMs < endMs; timeMs += STEP_MS) {
    const is = (kind: AirConditionerFault) => fault === kind && timeMs >= faultFromMs
    const hour = hourOfDay(timeMs)
    const outC = outsideC + 4 * Math.sin(((hour - 9) / 24) * 2 * Math.PI)
    if (timeMs % (10 * MINUTE_MS) === 0) people = crowdAt(timeMs, random)
    // It is switched on half an hour before people come, and off at closing.
    const isStaffed = isOpenAt(timeMs) || isOpenAt(timeMs + 30 * MINUTE_MS)
    const isSwitchedOn = (isStaffed || is('left-on')) && !is('off-in-heat')
    const sinceMs = timeMs - switchedMs
    let next = 0
    if (isSwitchedOn) {
      if (isInverter) next = Math.min(1, Math.max(roomC < setC - 1 ? 0 : 0.2, (roomC - setC + 0.5) / 1.5))
      else next = demand > 0 ? Number(roomC > setC - 0.8) : Number(roomC > setC + 0.8)
      if (is('fan-only')) next = 0
      if (is('no-cooling')) next = 1
      if (is('too-weak')) next = 0.55
      if (is('short-cycling')) next = demand > 0 ? Number(sinceMs < 2 * MINUTE_MS) : 1
    }
    // After a stop the compressor waits for three minutes.
    if (demand === 0 && next > 0 && sinceMs < 3 * MINUTE_MS) next = 0
    if (demand > 0 !== next > 0) switchedMs = timeMs
    demand = next
    const cooling =
      demand *
      capacityW *
      (is('no-cooling') ? 0.05 : is('short-cycling') ? 0.4 : is('slowly-weak') ? 0.45 : is('too-weak') ? 0.3 : 1)
    const gainsW = lossWPerK * (outC - roomC) + people * 75 + (hour > 9 && hour < 18 ? 200 : 0)
    // Walls and furniture: about 40 Wh a kelvin and m³ together.
    roomC += ((gainsW - cooling) * (STEP_MS / HOUR_MS)) / 900
    // Somebody comes or goes every few minutes; the door falls shut behind them.
    if (isDoorOpen && timeMs - doorMs > 20 * SECOND_MS) [isDoorOpen, doorMs] = [false, timeMs]
    else if (isKeeperDue(timeMs) || (isOpenAt(timeMs) && random() < STEP_MS / (12 * MINUTE_MS)))
      [isDoorOpen, doorMs] = [true, timeMs]
    if (is('door-propped') && isStaffed) [isDoorOpen, doorMs] = [true, timeMs]
    const limitC = SHOWN_ABOVE_C[fault ?? 'left-on']
    if (timeMs >= faultFromMs && isOpenAt(timeMs) && (limitC === undefined || roomC > limitC)) shownMs ??= timeMs
    const w = isSwitchedOn ? fanW + demand * ratedW * (1 + 0.01 * noise(random)) : standbyW
    plug('power', timeMs, w + noise(random) * 0.05)
    room('temperature', timeMs, roomC + noise(random) * 0.1)
    counter('people', timeMs, people)
    contact('door', timeMs, Number(isDoorOpen))
  }
  const applianceDays = days
  if (fault === undefined) return { inputs, applianceDays }
  const [rules, alsoRight] = RULES_OF[fault]
  return {
    inputs,
    applianceDays,
    fault: { fromMs: faultFromMs, shownMs: fault === 'left-on' ? undefined : shownMs, rules, alsoRight },
  }
}
