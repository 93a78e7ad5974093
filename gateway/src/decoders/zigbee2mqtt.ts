import type { Metric } from '@harbor/protocol'
import { type Collector, createCollector } from './collector.ts'
import type { Decoded, Decoder, DeviceTime } from './decoder.ts'
import { type Fields, asFields, field, instantOf, readJson, readText } from './payload.ts'

/**
 * Zigbee2MQTT (https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html): `{base}/{friendly name}` with a
 * JSON object; the base topic is one level, and a friendly name may have several.
 */
export const zigbee2mqtt: Decoder = {
  vendor: 'zigbee2mqtt',
  addressOf: topic => parseTopic(topic)?.address,
  decode: (topic, payload) => {
    const parsed = parseTopic(topic)
    if (parsed === undefined) return { kind: 'ignored', why: 'not a Zigbee2MQTT topic' }
    switch (parsed.kind) {
      case 'bridge':
        return { kind: 'ignored', why: "the bridge's own message" }
      case 'command':
        return { kind: 'ignored', why: 'a command' }
      case 'availability':
        return decodeAvailability(parsed.address, payload)
      case 'attribute':
        return decodeAttribute(parsed, payload)
      case 'state':
        return decodeState(parsed, payload)
    }
  },
}

type Zigbee2mqttTopic = { address: string } & (
  | { kind: 'bridge' | 'command' | 'availability' }
  | { kind: 'attribute'; name: string }
  | { kind: 'state'; channel: number | undefined }
)

function parseTopic(topic: string): Zigbee2mqttTopic | undefined {
  const [base, ...levels] = topic.split('/')
  if (base === undefined || base === '' || levels.length === 0 || levels.includes('')) return undefined
  // Of the coordinator alone: a device of a bridge that is gone has said nothing, and is stale when its time is up.
  if (levels.join('/') === 'bridge/state') return { kind: 'availability', address: 'bridge' }
  if (levels[0] === 'bridge') return { kind: 'bridge', address: 'bridge' }
  const last = levels.at(-1) ?? ''
  const parent = levels.slice(0, -1).join('/')
  // `{name}/set`, `{name}/get`, and `{name}/set/{attribute}`, `{name}/{endpoint}/set`.
  const command = levels.findIndex((level, index) => index > 0 && (level === 'set' || level === 'get'))
  if (command > 0) return { kind: 'command', address: levels.slice(0, command).join('/') }
  if (parent === '') return { kind: 'state', address: last, channel: undefined }
  if (last === 'availability') return { kind: 'availability', address: parent }
  const endpoint = /^l(\d{1,2})$/.exec(last)?.[1]
  if (endpoint !== undefined) return { kind: 'state', address: parent, channel: Number(endpoint) }
  if (ATTRIBUTES.has(last)) return { kind: 'attribute', address: parent, name: last }
  return { kind: 'state', address: levels.join('/'), channel: undefined }
}

/** `online` as text in older installations, `{"state":"online"}` in newer. */
function decodeAvailability(address: string, payload: Uint8Array): Decoded {
  const text = readText(payload)
  if ('reason' in text) return { kind: 'rejected', ...text }
  const json = readJson(payload)
  const said = ('value' in json ? field(asFields(json.value) ?? {}, 'state') : undefined) ?? text.text
  const collector = createCollector(address)
  if (said === 'online') collector.state('online', true)
  else if (said === 'offline') collector.state('online', false)
  else if (said !== '') collector.reject({ reason: 'wrong_type', detail: 'availability: expected online or offline' })
  return collector.result('an emptied availability')
}

/** With `output: attribute` each value has a topic of its own and is not JSON of an object. */
function decodeAttribute({ address, name }: { address: string; name: string }, payload: Uint8Array): Decoded {
  const text = readText(payload)
  if ('reason' in text) return { kind: 'rejected', ...text }
  const collector = createCollector(address)
  collectFields(collector, { [name]: text.text === 'null' ? null : text.text }, undefined)
  return collector.result(`no reading in ${name}`)
}

function decodeState(parsed: { address: string; channel: number | undefined }, payload: Uint8Array): Decoded {
  // Below a name, what is no object is an attribute's own topic (`output: attribute`) that we have no metric for.
  if (parsed.address.includes('/') && payload[0] !== OPENING_BRACE) return { kind: 'ignored', why: 'an attribute' }
  const json = readJson(payload)
  if ('reason' in json) return { kind: 'rejected', ...json }
  const fields = asFields(json.value)
  if (fields === undefined)
    return { kind: 'rejected', reason: 'wrong_shape', detail: 'payload: expected a JSON object' }
  const collector = createCollector(parsed.address, lastSeen(field(fields, 'last_seen')))
  collectFields(collector, fields, parsed.channel)
  return collector.result('no readings in this message')
}

/** When the device itself was heard, if the option `last_seen` says it: as ISO 8601 or in milliseconds. */
function lastSeen(value: unknown): DeviceTime | undefined {
  const atMs = typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : instantOf(value)
  return atMs === undefined ? undefined : { kind: 'utc', atMs }
}

const OPENING_BRACE = 0x7b

type Kind = 'number' | 'state' | 'inverse' | 'switch' | 'voltage'

/** energy is kWh. Illuminance and mmWave presence have older names beside the present ones. `linkquality` is no dBm. */
const FIELDS: Readonly<Record<string, { metric: Metric; kind: Kind; scale?: number }>> = {
  state: { metric: 'relay', kind: 'switch' },
  power: { metric: 'power', kind: 'number' },
  voltage: { metric: 'voltage', kind: 'voltage' },
  current: { metric: 'current', kind: 'number' },
  energy: { metric: 'energy', kind: 'number', scale: 1000 },
  produced_energy: { metric: 'energy_returned', kind: 'number', scale: 1000 },
  ac_frequency: { metric: 'frequency', kind: 'number' },
  power_factor: { metric: 'power_factor', kind: 'number' },
  power_apparent: { metric: 'apparent_power', kind: 'number' },
  power_reactive: { metric: 'reactive_power', kind: 'number' },
  temperature: { metric: 'temperature', kind: 'number' },
  device_temperature: { metric: 'device_temperature', kind: 'number' },
  humidity: { metric: 'humidity', kind: 'number' },
  pressure: { metric: 'pressure', kind: 'number' },
  illuminance: { metric: 'illuminance', kind: 'number' },
  illuminance_lux: { metric: 'illuminance', kind: 'number' },
  co2: { metric: 'co2', kind: 'number' },
  contact: { metric: 'door', kind: 'inverse' },
  water_leak: { metric: 'leak', kind: 'state' },
  occupancy: { metric: 'occupancy', kind: 'state' },
  presence: { metric: 'occupancy', kind: 'state' },
  smoke: { metric: 'smoke', kind: 'state' },
  tamper: { metric: 'tamper', kind: 'state' },
  battery: { metric: 'battery', kind: 'number' },
}

const ATTRIBUTES = new Set(Object.keys(FIELDS))

/** A cell gives millivolts here, or at most a few volts; the mains give more. Chosen: below any mains, above any battery pack of a sensor. */
const LEAST_MAINS_V = 50

function collectFields(collector: Collector, fields: Fields, defaultChannel: number | undefined): void {
  for (const [key, raw] of Object.entries(fields)) {
    const [, name = key, endpoint] = /^(.+)_l(\d{1,2})$/.exec(key) ?? []
    const known = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
    if (known === undefined || isShadowed(fields, name)) continue
    const channel = endpoint === undefined ? defaultChannel : Number(endpoint)
    const place = channel === undefined ? {} : { channel }
    switch (known.kind) {
      case 'number':
        collector.number(known.metric, raw, known.scale === undefined ? place : { ...place, scale: known.scale })
        break
      case 'state':
        collector.state(known.metric, raw, place)
        break
      case 'inverse':
        collector.inverseState(known.metric, raw, place)
        break
      case 'switch':
        // Covers, locks and valves have a `state` too (OPEN, LOCK): that is no relay.
        if (raw === 'ON' || raw === 'OFF') collector.state(known.metric, raw, place)
        break
      case 'voltage':
        if (isMainsVoltage(fields, raw)) collector.number(known.metric, raw, place)
        break
    }
  }
}

/** Where two fields of a message mean the same metric, the one of them that counts. */
function isShadowed(fields: Fields, name: string): boolean {
  // Beside illuminance_lux, illuminance is the sensor's raw figure.
  if (name === 'illuminance') return Object.hasOwn(fields, 'illuminance_lux')
  return name === 'occupancy' && typeof field(fields, 'presence') === 'boolean'
}

function isMainsVoltage(fields: Fields, raw: unknown): boolean {
  if (Object.hasOwn(fields, 'battery') || Object.hasOwn(fields, 'battery_low')) return false
  return !(typeof raw === 'number' || typeof raw === 'string') || !(Number(raw) < LEAST_MAINS_V)
}
