import type { Metric } from '@harbor/protocol'
import { createCollector } from './collector.ts'
import type { Decoded } from './decoder.ts'
import { asFields, field, readObject, readText } from './payload.ts'
import { WH_PER_WATT_MINUTE, collectGen1Status } from './shelly-gen1-status.ts'
import { decodeTwoStates } from './two-states.ts'

/**
 * The first generation (https://shelly-api-docs.shelly.cloud/gen1/#mqtt-support): each value on a topic of its own as
 * text, below `shellies/{id}/`, and the whole status as JSON under `info` (battery sensors: `status`).
 *
 * @param tail the topic below the address.
 */
export function decodeGen1(address: string, tail: string, payload: Uint8Array): Decoded {
  if (tail === 'info' || tail === 'status') return decodeWhole(address, payload)
  const relay = /^relay\/(\d)$/.exec(tail)?.[1]
  if (relay !== undefined) return decodeRelay(address, Number(relay), payload)
  if (tail === 'sensor/state') return decodeTwoStates(address, payload, { metric: 'door', on: 'open', off: 'close' })
  for (const { shape, metric, ...rest } of VALUES) {
    const match = shape.exec(tail)
    if (match !== null) return decodeValue(address, { metric, tail, index: match[1], ...rest }, payload)
  }
  return { kind: 'ignored', why: `no readings in ${tail.slice(0, 40)}` }
}

/** The H&T measures up to 60 degrees by its data sheet; above, the app's setting sends Fahrenheit, and says so nowhere. */
const MAX_SENSOR_C = 60

/** What the number in the topic is: the metered channel, or a sensor's own name. */
type Place = 'channel' | 'part'

interface ValueShape {
  shape: RegExp
  metric: Metric
  kind?: 'state'
  place?: Place
  scale?: number
  max?: number
}

/**
 * `emeter/{n}/energy` is watt-minutes since the last report and gives nothing: `total` is the meter. `temperature` is
 * inside the device; `ext_temperature` is a probe at its add-on. The same in Fahrenheit (`…_f`) is not read twice.
 */
const VALUES: readonly ValueShape[] = [
  { shape: /^(?:relay|roller|light|white)\/(\d)\/power$/, metric: 'power', place: 'channel' },
  {
    shape: /^(?:relay|roller|light|white)\/(\d)\/energy$/,
    metric: 'energy',
    place: 'channel',
    scale: WH_PER_WATT_MINUTE,
  },
  // The Shelly 2 has one meter for both relays.
  { shape: /^(?:relay|roller)\/power$/, metric: 'power' },
  { shape: /^(?:relay|roller)\/energy$/, metric: 'energy', scale: WH_PER_WATT_MINUTE },
  { shape: /^emeter\/(\d)\/power$/, metric: 'power', place: 'channel' },
  { shape: /^emeter\/(\d)\/reactive(?:_power)?$/, metric: 'reactive_power', place: 'channel' },
  { shape: /^emeter\/(\d)\/pf$/, metric: 'power_factor', place: 'channel' },
  { shape: /^emeter\/(\d)\/voltage$/, metric: 'voltage', place: 'channel' },
  { shape: /^emeter\/(\d)\/current$/, metric: 'current', place: 'channel' },
  { shape: /^emeter\/(\d)\/total$/, metric: 'energy', place: 'channel' },
  { shape: /^emeter\/(\d)\/total_returned$/, metric: 'energy_returned', place: 'channel' },
  { shape: /^voltage$/, metric: 'voltage' },
  { shape: /^temperature$/, metric: 'device_temperature' },
  { shape: /^ext_temperature\/(\d)$/, metric: 'temperature', place: 'part' },
  { shape: /^ext_humidity\/(\d)$/, metric: 'humidity', place: 'part' },
  { shape: /^sensor\/temperature$/, metric: 'temperature', max: MAX_SENSOR_C },
  { shape: /^sensor\/humidity$/, metric: 'humidity' },
  { shape: /^sensor\/lux$/, metric: 'illuminance' },
  { shape: /^sensor\/battery$/, metric: 'battery' },
  { shape: /^sensor\/flood$/, metric: 'leak', kind: 'state' },
  { shape: /^sensor\/smoke$/, metric: 'smoke', kind: 'state' },
  { shape: /^sensor\/motion$/, metric: 'occupancy', kind: 'state' },
]

function decodeValue(
  address: string,
  {
    metric,
    kind,
    tail,
    index,
    place,
    scale,
    max,
  }: Omit<ValueShape, 'shape'> & { tail: string; index?: string | undefined },
  payload: Uint8Array,
): Decoded {
  const read = readText(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const collector = createCollector(address)
  const at = {
    ...(place === 'channel' ? { channel: Number(index) } : {}),
    ...(place === 'part' ? { part: tail } : {}),
    ...(scale === undefined ? {} : { scale }),
  }
  if (max !== undefined && Number(read.text) > max) {
    collector.reject({ reason: 'wrong_unit', detail: `${tail}: expected at most ${max} degrees Celsius` })
  } else if (kind === 'state') collector.state(metric, read.text === '' ? null : read.text, at)
  // A probe that is pulled out reads 999 or null.
  else collector.number(metric, read.text === 'null' ? null : read.text, at)
  return collector.result('an emptied topic')
}

/** `overpower`: the relay has switched itself off. */
function decodeRelay(address: string, channel: number, payload: Uint8Array): Decoded {
  const read = readText(payload)
  if ('text' in read && read.text === 'overpower') {
    const collector = createCollector(address)
    collector.state('relay', false, { channel })
    return collector.result('')
  }
  return decodeTwoStates(address, payload, { metric: 'relay', on: 'on', off: 'off', channel })
}

function decodeWhole(address: string, payload: Uint8Array): Decoded {
  const read = readObject(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const unixtime = field(read.fields, 'unixtime')
  // 0 until the device has heard from a time server.
  const isDated = typeof unixtime === 'number' && Number.isFinite(unixtime) && unixtime > 0
  const collector = createCollector(address, isDated ? { kind: 'utc', atMs: unixtime * 1000 } : undefined)
  collectGen1Status(collector, read.fields)
  const wifi = asFields(field(read.fields, 'wifi_sta'))
  if (wifi !== undefined && field(wifi, 'connected') === true) collector.number('rssi', field(wifi, 'rssi'))
  return collector.result('no readings in this status')
}
