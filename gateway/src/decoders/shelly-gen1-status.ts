import type { Metric } from '@harbor/protocol'
import type { Collector } from './collector.ts'
import { type Fields, asFields, field } from './payload.ts'

/** Wh in a watt-minute, which is what meters of relays count in, from the last start of the device on. */
export const WH_PER_WATT_MINUTE = 1 / 60

const EMETER: readonly (readonly [name: string, metric: Metric])[] = [
  ['power', 'power'],
  ['reactive', 'reactive_power'],
  ['pf', 'power_factor'],
  ['voltage', 'voltage'],
  ['current', 'current'],
  ['total', 'energy'],
  ['total_returned', 'energy_returned'],
]

/** The readings of a first-generation device's whole status, as its `/status` and the topic `info` give it. */
export function collectGen1Status(collector: Collector, status: Fields): void {
  for (const [channel, relay] of listed(status, 'relays')) collector.state('relay', field(relay, 'ison'), { channel })
  for (const [channel, meter] of listed(status, 'meters')) {
    // A Shelly 1 has no meter: it gives a power that somebody typed in, and no total.
    if (field(meter, 'total') === undefined) continue
    collector.number('power', field(meter, 'power'), { channel })
    collector.number('energy', field(meter, 'total'), { channel, scale: WH_PER_WATT_MINUTE })
  }
  for (const [channel, meter] of listed(status, 'emeters')) {
    for (const [name, metric] of EMETER) collector.number(metric, field(meter, name), { channel })
  }
  collector.number('voltage', field(status, 'voltage'))
  collectTemperature(collector, status)
  collectProbes(collector, status)
  collectSensors(collector, status)
}

/** A relay's `tmp` is inside it, a sensor's is of its surroundings. */
function collectTemperature(collector: Collector, status: Fields): void {
  const tmp = validAt(status, 'tmp')
  if (tmp === undefined) return
  const hasPowerPart = ['relays', 'rollers', 'lights', 'meters', 'emeters'].some(name => Object.hasOwn(status, name))
  const metric = hasPowerPart ? 'device_temperature' : 'temperature'
  const celsius = field(tmp, 'tC')
  const isFahrenheit = field(tmp, 'units') === 'F'
  if (celsius !== undefined) collector.number(metric, celsius)
  else collector.number(metric, field(tmp, 'value'), isFahrenheit ? { offset: -32, scale: 5 / 9 } : {})
}

/** Probes at the add-on, named as their topics are. */
function collectProbes(collector: Collector, status: Fields): void {
  for (const [name, metric, key] of [
    ['ext_temperature', 'temperature', 'tC'],
    ['ext_humidity', 'humidity', 'hum'],
  ] as const) {
    for (const [index, probe] of Object.entries(asFields(field(status, name)) ?? {})) {
      const fields = asFields(probe)
      if (fields !== undefined && /^\d$/.test(index)) {
        collector.number(metric, field(fields, key), { part: `${name}/${index}` })
      }
    }
  }
}

function collectSensors(collector: Collector, status: Fields): void {
  collector.number('humidity', valueAt(status, 'hum'))
  collector.number('illuminance', valueAt(status, 'lux'))
  collector.number('battery', valueAt(status, 'bat'))
  collector.state('leak', field(status, 'flood'))
  collector.state('smoke', field(status, 'smoke'))
  const sensor = validAt(status, 'sensor')
  const state = sensor === undefined ? undefined : field(sensor, 'state')
  // "unknown" until the magnet has been seen once.
  if (state === 'open' || state === 'close') collector.state('door', state === 'open')
  collector.state('occupancy', sensor === undefined ? field(status, 'motion') : field(sensor, 'motion'))
}

/** The objects of a list, each with its place in it. */
function listed(status: Fields, name: string): [index: number, fields: Fields][] {
  const list = field(status, name)
  if (!Array.isArray(list)) return []
  return list.slice(0, 16).flatMap((item: unknown, index): [number, Fields][] => {
    const fields = asFields(item)
    return fields === undefined || field(fields, 'is_valid') === false ? [] : [[index, fields]]
  })
}

function validAt(status: Fields, name: string): Fields | undefined {
  const fields = asFields(field(status, name))
  return fields === undefined || field(fields, 'is_valid') === false ? undefined : fields
}

/** A value that is plain in some devices and `{ value, is_valid }` in others. */
function valueAt(status: Fields, name: string): unknown {
  const fields = asFields(field(status, name))
  if (fields === undefined) return field(status, name)
  return field(fields, 'is_valid') === false ? undefined : field(fields, 'value')
}
