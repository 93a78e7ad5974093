import type { ApplianceKind } from '@harbor/protocol'
import type { FaultInput } from '../../src/faults/transition.ts'
import {
  type Course,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  type Random,
  SECOND_MS,
  START_MS,
  between,
  createReporter,
  hourOfDay,
  noise,
  seededRandom,
} from './course.ts'

/** Things that stand in stations too, healthy, with nothing but their watts known: no room, no hours, no people. */
export type OtherAppliance =
  | 'inverter fridge'
  | 'fridge and freezer with a compressor each'
  | 'bottle cooler'
  | 'chest freezer'
  | 'fridge in a heat wave'
  | 'fridge over a holiday'
  | 'oven microwave'
  | 'window air conditioner'
  | 'heat pump in winter'
  | 'kettle'
  | 'boiler'

const KIND_OF: Record<OtherAppliance, ApplianceKind> = {
  'inverter fridge': 'fridge',
  'fridge and freezer with a compressor each': 'fridge',
  'bottle cooler': 'fridge',
  'chest freezer': 'fridge',
  'fridge in a heat wave': 'fridge',
  'fridge over a holiday': 'fridge',
  'oven microwave': 'microwave',
  'window air conditioner': 'air_conditioner',
  'heat pump in winter': 'air_conditioner',
  kettle: 'water_dispenser',
  boiler: 'water_dispenser',
}

export const OTHER_APPLIANCES = Object.keys(KIND_OF) as OtherAppliance[]

const STEP_MS = 10 * SECOND_MS
const DAYS = 28

/** How a plug may report: every second or two would be as every ten; each minute, five, ten; on change with a slow beat. */
const REPORTS: readonly { everyMs: number; onChange: number }[] = [
  { everyMs: 10 * SECOND_MS, onChange: 0 },
  { everyMs: MINUTE_MS, onChange: 5 },
  { everyMs: 5 * MINUTE_MS, onChange: 0 },
  { everyMs: 10 * MINUTE_MS, onChange: 0 },
  { everyMs: 5 * MINUTE_MS, onChange: 5 },
  { everyMs: 30 * MINUTE_MS, onChange: 5 },
]

/** Four weeks of one. */
export function otherApplianceCourse(thing: OtherAppliance, seed: number): Course {
  const random = seededRandom(seed + 811)
  const wattsAt = makerOf(thing)(random)
  const report = REPORTS[seed % REPORTS.length] as (typeof REPORTS)[number]
  const inputs: FaultInput[] = []
  const plug = createReporter(inputs, {
    kind: KIND_OF[thing],
    appliance: 'thing',
    device: 'thing-plug',
    ...report,
    hidesHours: true,
  })
  const resolution = random() < 0.3 ? 1 : 0.1
  for (let timeMs = START_MS; timeMs < START_MS + DAYS * DAY_MS; timeMs += STEP_MS) {
    const w = wattsAt(timeMs)
    plug('power', timeMs, Math.max(0, Math.round((w + noise(random) * 0.01 * w) / resolution) * resolution))
  }
  // Nothing is known of the room either.
  for (const input of inputs) input.station = undefined
  return { inputs, applianceDays: DAYS }
}

type Watts = (timeMs: number) => number

function makerOf(thing: OtherAppliance): (random: Random) => Watts {
  switch (thing) {
    case 'inverter fridge':
      return inverterFridge
    case 'fridge and freezer with a compressor each':
      return random => {
        const [fridge, freezer] = [compressor(random, {}), compressor(random, {})]
        return timeMs => fridge(timeMs) + freezer(timeMs)
      }
    case 'bottle cooler':
      // A fan and a lamp are on for ever; crates are put in warm.
      return random => {
        const [cooler, alwaysW] = [compressor(random, { runW: [150, 450], loads: 0.7 }), between(random, 15, 45)]
        return timeMs => cooler(timeMs) + alwaysW
      }
    case 'chest freezer':
      return random => compressor(random, { runW: [60, 160], cycleH: [0.6, 3], duty: [0.12, 0.5] })
    case 'fridge in a heat wave':
      return random => compressor(random, { wave: true })
    case 'fridge over a holiday':
      return random => compressor(random, { holiday: true })
    case 'oven microwave':
      return ovenMicrowave
    case 'window air conditioner':
      return random => compressor(random, { runW: [600, 1_500], cycleH: [0.1, 0.6], duty: [0.2, 0.8], hours: [8, 23] })
    case 'heat pump in winter':
      return heatPump
    case 'kettle':
      return random => sessions(random, { w: [1_200, 2_200], perDay: [2, 25], minutes: [1.5, 6] })
    case 'boiler':
      return boiler
  }
}

interface CompressorOptions {
  runW?: [number, number]
  /** Length of a run and a rest together, hours. */
  cycleH?: [number, number]
  duty?: [number, number]
  /** Chance a day of a load that makes it run on for an hour or two. */
  loads?: number
  /** From the second week on half as much again is needed. */
  wave?: boolean
  /** For two weeks nobody opens it: a quarter less. */
  holiday?: boolean
  hours?: [number, number]
}

/** On and off at one speed, more in the afternoon, some with a heater that thaws them. */
function compressor(random: Random, options: CompressorOptions): Watts {
  const { runW = [50, 200], cycleH = [0.4, 1.5], duty = [0.2, 0.5], loads = 0.3, hours } = options
  const [w, cycle, share] = [between(random, ...runW), between(random, ...cycleH), between(random, ...duty)]
  const standbyW = random() < 0.5 ? 0 : between(random, 0.5, 5)
  const [thawW, thawEveryMs] = [random() < 0.4 ? between(random, 100, 450) : 0, between(random, 8, 24) * HOUR_MS]
  let [isOn, untilMs, since] = [false, START_MS, START_MS]
  let nextThawMs = START_MS + thawEveryMs * random()
  return timeMs => {
    const hour = hourOfDay(timeMs)
    if (hours !== undefined && (hour < hours[0] || hour >= hours[1])) return standbyW
    const day = (timeMs - START_MS) / DAY_MS
    if (thawW > 0 && timeMs >= nextThawMs) {
      if (timeMs < nextThawMs + 25 * MINUTE_MS) return thawW
      nextThawMs += thawEveryMs
      isOn = false
      untilMs = timeMs + 5 * MINUTE_MS
    }
    if (timeMs >= untilMs) {
      const wave = options.wave === true && day > 7 ? Math.min(1.5, 1 + (day - 7) / 6) : 1
      const away = options.holiday === true && day > 7 && day < 21 ? 0.75 : 1
      const now = Math.min(0.93, share * wave * away * (1 + 0.15 * Math.sin(((hour - 9) / 24) * 2 * Math.PI)))
      isOn = !isOn
      since = timeMs
      const hoursLong = cycle * (isOn ? now : 1 - now) * between(random, 0.8, 1.25)
      const isLoaded = isOn && hour >= 7 && hour < 20 && random() < (loads * cycle) / 13
      untilMs =
        timeMs + Math.max(hoursLong * HOUR_MS + (isLoaded ? between(random, 0.5, 1.5) * HOUR_MS : 0), 4 * MINUTE_MS)
    }
    return isOn ? w * (1 + 0.25 * Math.exp(-(timeMs - since) / (3 * MINUTE_MS))) : standbyW
  }
}

/** Runs most of the time, slower or faster; stops at night; thaws. */
function inverterFridge(random: Random): Watts {
  const [lowW, highW] = [between(random, 15, 40), between(random, 70, 180)]
  const [thawW, thawEveryMs] = [between(random, 120, 250), between(random, 12, 48) * HOUR_MS]
  let speed = 0.3
  return timeMs => {
    if ((timeMs - START_MS) % thawEveryMs < 25 * MINUTE_MS && timeMs - START_MS > HOUR_MS) return thawW
    const hour = hourOfDay(timeMs)
    const target = hour >= 7 && hour < 22 ? between(random, 0.1, 1) : between(random, -0.3, 0.4)
    speed += (target - speed) * (STEP_MS / (25 * MINUTE_MS)) * 4
    return speed < 0 ? 1.5 : lowW + speed * (highW - lowW)
  }
}

/** Heats food, and bakes: half an hour at a time, by its thermostat. */
function ovenMicrowave(random: Random): Watts {
  const heat = sessions(random, { w: [1_000, 1_500], perDay: [2, 20], minutes: [1, 8] })
  const bake = sessions(random, { w: [1_200, 1_800], perDay: [0.1, 1], minutes: [20, 50] })
  const [lampW, standbyW] = [between(random, 30, 80), between(random, 0, 3)]
  return timeMs => {
    // The thermostat: warm after ten minutes, then half of the time.
    if (bake(timeMs) > 0) return (timeMs / (2 * MINUTE_MS)) % 1 < 0.7 ? bake(timeMs) : lampW
    return Math.max(heat(timeMs), standbyW)
  }
}

function heatPump(random: Random): Watts {
  const [w, thawEveryMs] = [between(random, 500, 1_400), between(random, 45, 120) * MINUTE_MS]
  let speed = 0.6
  return timeMs => {
    const hour = hourOfDay(timeMs)
    if (hour < 7 || hour > 22) return 3
    // It thaws its outdoor unit: no fan, little power.
    if ((timeMs - START_MS) % thawEveryMs < 8 * MINUTE_MS) return 60
    speed = Math.min(1, Math.max(0.2, speed + 0.02 * noise(random)))
    return 25 + w * speed
  }
}

/** Hot on demand, from a tank of tens of litres that is cold every morning. */
function boiler(random: Random): Watts {
  const [w, warmUpH] = [between(random, 1_500, 3_000), between(random, 0.25, 0.6)]
  const draw = sessions(random, { w: [w, w], perDay: [10, 40], minutes: [1, 9] })
  return timeMs => {
    const hour = hourOfDay(timeMs)
    if (hour < 6.5 || hour > 22) return 2
    return hour < 6.5 + warmUpH ? w : Math.max(2, draw(timeMs))
  }
}

interface SessionOptions {
  w: [number, number]
  perDay: [number, number]
  minutes: [number, number]
}

/** At a power for minutes, so often a day, by day. */
function sessions(random: Random, { w, perDay, minutes }: SessionOptions): Watts {
  const [power, often] = [between(random, ...w), between(random, ...perDay)]
  let untilMs = 0
  return timeMs => {
    const hour = hourOfDay(timeMs)
    if (timeMs >= untilMs && hour >= 7 && hour < 21 && random() < (often * STEP_MS) / (14 * HOUR_MS))
      untilMs = timeMs + between(random, ...minutes) * MINUTE_MS
    return timeMs < untilMs ? power : 0
  }
}
