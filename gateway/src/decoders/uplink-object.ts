import type { Metric } from '@harbor/protocol'
import type { Collector } from './collector.ts'
import { type Fields, field } from './payload.ts'

interface Meaning {
  metric: Metric
  scale?: number
}

/**
 * What the fields mean that codecs of LoRaWAN sensors give, where the name alone tells, in every maker's codec: Celsius,
 * per cent, ppm, hPa, lux. Counts of people are those since the last reset; `people_in`, `period_in` and the like are only
 * since the last report and no counters.
 */
const NUMBERS: Readonly<Record<string, Meaning>> = {
  temperature: { metric: 'temperature' },
  humidity: { metric: 'humidity' },
  battery: { metric: 'battery' },
  battery_main: { metric: 'battery' },
  co2: { metric: 'co2' },
  pressure: { metric: 'pressure' },
  illuminance: { metric: 'illuminance' },
  people_count_all: { metric: 'people' },
  people_total_counts: { metric: 'people' },
  total_in: { metric: 'people_in' },
  total_out: { metric: 'people_out' },
  total_counter_in: { metric: 'people_in' },
  total_counter_out: { metric: 'people_out' },
  people_total_in: { metric: 'people_in' },
  people_total_out: { metric: 'people_out' },
  // Dragino.
  TempC_SHT: { metric: 'temperature' },
  Hum_SHT: { metric: 'humidity' },
}

/** The same for one of several lines, regions or inputs, which become channels. */
const NUMBERED: readonly { name: RegExp; metric: Metric }[] = [
  { name: /^line_(\d{1,2})_total_in$/, metric: 'people_in' },
  { name: /^line_(\d{1,2})_total_out$/, metric: 'people_out' },
  { name: /^region_(\d{1,2})_count$/, metric: 'people' },
  { name: /^temperature_chn(\d)$/, metric: 'temperature' },
]

interface States {
  metric: Metric
  on: readonly string[]
  off: readonly string[]
}

const STATES: readonly ({ name: RegExp } & States)[] = [
  { name: /^occupancy$/, metric: 'occupancy', on: ['occupied'], off: ['vacant'] },
  { name: /^magnet_(?:status|chn(\d))$/, metric: 'door', on: ['open', 'opened'], off: ['closed', 'close'] },
  { name: /^leakage_status$/, metric: 'leak', on: ['leak'], off: ['normal'] },
  { name: /^tamper_status$/, metric: 'tamper', on: ['uninstalled'], off: ['installed'] },
  { name: /^socket_status$/, metric: 'relay', on: ['on'], off: ['off'] },
  { name: /^switch_(\d)$/, metric: 'relay', on: ['on'], off: ['off'] },
]

/** Milesight's sockets (WS5xx): milliampere, per cent of a power factor, Wh. Elsewhere these names have other units. */
const SOCKET: Readonly<Record<string, Meaning>> = {
  voltage: { metric: 'voltage' },
  current: { metric: 'current', scale: 0.001 },
  active_power: { metric: 'power' },
  power_factor: { metric: 'power_factor', scale: 0.01 },
  power_consumption: { metric: 'energy' },
}

/** Milesight's current transformers (CT1xx): ampere. */
const TRANSFORMER: Readonly<Record<string, Meaning>> = { current: { metric: 'current' } }

/**
 * The readings of an uplink that a codec has decoded into an object.
 *
 * @param model what is known of the sensor's model, in any form; only it tells the unit of some fields.
 */
export function collectUplinkObject(collector: Collector, object: Fields, model: string): void {
  const meanings = { ...NUMBERS, ...electricityOf(object, model) }
  for (const [name, value] of Object.entries(object)) {
    const known = Object.hasOwn(meanings, name) ? meanings[name] : undefined
    if (known !== undefined) {
      // "dim" and "bright" instead of lux, "low" instead of per cent.
      if (typeof value !== 'string' || !/^[a-z ]+$/i.test(value) || /^(nan|inf)/i.test(value)) {
        collector.number(known.metric, value, known.scale === undefined ? {} : { scale: known.scale })
      }
      continue
    }
    for (const { name: shape, metric } of NUMBERED) {
      const channel = shape.exec(name)?.[1]
      if (channel !== undefined) collector.number(metric, value, { channel: Number(channel) })
    }
    for (const { name: shape, ...states } of STATES) {
      const match = shape.exec(name)
      if (match === null) continue
      const place = match[1] ? { channel: Number(match[1]) } : {}
      const state = stateOf(states, value)
      if (state !== UNKNOWN) collector.state(states.metric, state, place)
    }
  }
}

const UNKNOWN = Symbol('unknown')

/** Codecs say states in words, or as the 0 and 1 of the payload. `unknown` is a fault of the sensor and no state. */
function stateOf({ on, off }: States, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (on.includes(value)) return true
  if (off.includes(value)) return false
  return value.startsWith('unknown') ? UNKNOWN : value
}

function electricityOf(object: Fields, model: string): Readonly<Record<string, Meaning>> {
  if (field(object, 'socket_status') !== undefined || /(^|[^a-z0-9])ws[-_ ]?5\d\d/i.test(model)) return SOCKET
  return /(^|[^a-z0-9])ct[-_ ]?1\d\d/i.test(model) ? TRANSFORMER : {}
}
