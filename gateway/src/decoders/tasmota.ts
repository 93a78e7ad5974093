import { type Collector, createCollector } from './collector.ts'
import type { Decoded, Decoder, DeviceTime } from './decoder.ts'
import { type Fields, asFields, field, readObject, readText } from './payload.ts'
import { collectSensors } from './tasmota-sensors.ts'
import { collectZigbee } from './tasmota-zigbee.ts'
import { decodeTwoStates } from './two-states.ts'

/**
 * Tasmota (https://tasmota.github.io/docs/MQTT/). FullTopic is `%prefix%/%topic%/` by default; `%topic%/%prefix%/`, the
 * other order in use, is read as well.
 */
export const tasmota: Decoder = {
  vendor: 'tasmota',
  addressOf: topic => parseTopic(topic)?.address,
  decode: (topic, payload) => {
    const parsed = parseTopic(topic)
    if (parsed === undefined) return { kind: 'ignored', why: 'not a Tasmota topic' }
    const { prefix, address, suffix } = parsed
    if (prefix === 'cmnd') return { kind: 'ignored', why: 'a command' }
    if (suffix === 'LWT') return decodeTwoStates(address, payload, { metric: 'online', on: 'Online', off: 'Offline' })
    if (/^POWER\d{0,2}$/.test(suffix)) return decodePower(parsed, payload)
    if (suffix === 'SENSOR' || suffix === 'STATE' || suffix === 'RESULT' || /^STATUS\d{0,2}$/.test(suffix)) {
      return decodeObject(address, suffix, payload)
    }
    return { kind: 'ignored', why: `no readings in ${suffix.slice(0, 40)}` }
  },
}

interface TasmotaTopic {
  prefix: string
  address: string
  suffix: string
}

const PREFIXES = ['tele', 'stat', 'cmnd']

function parseTopic(topic: string): TasmotaTopic | undefined {
  const levels = topic.split('/')
  const suffix = levels.at(-1)
  if (levels.length < 3 || suffix === undefined || suffix === '') return undefined
  const first = levels[0] ?? ''
  const beforeLast = levels.at(-2) ?? ''
  if (PREFIXES.includes(first)) return named(first, levels.slice(1, -1), suffix)
  return PREFIXES.includes(beforeLast) ? named(beforeLast, levels.slice(0, -2), suffix) : undefined
}

function named(prefix: string, levels: string[], suffix: string): TasmotaTopic | undefined {
  const address = levels.join('/')
  return address === '' ? undefined : { prefix, address, suffix }
}

function decodePower({ address, suffix }: TasmotaTopic, payload: Uint8Array): Decoded {
  const read = readText(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  const collector = createCollector(address)
  collectRelays(collector, { [suffix]: read.text })
  return collector.result('no relay')
}

function decodeObject(address: string, suffix: string, payload: Uint8Array): Decoded {
  const read = readObject(payload)
  if ('reason' in read) return { kind: 'rejected', ...read }
  // STATUS8 and STATUS10 carry a SENSOR message, STATUS11 a STATE message, STATUS0 all of them.
  const sensors = suffix === 'SENSOR' ? read.fields : asFields(field(read.fields, 'StatusSNS'))
  const state = suffix === 'STATE' || suffix === 'RESULT' ? read.fields : asFields(field(read.fields, 'StatusSTS'))
  const collector = createCollector(address, timeOf(sensors ?? state ?? read.fields))
  if (sensors !== undefined) {
    collectSensors(collector, sensors)
    collectZigbee(collector, address, sensors)
  }
  if (state !== undefined) {
    collectRelays(collector, state)
    // Wifi.RSSI is a percentage, Wifi.Signal is dBm.
    const wifi = asFields(field(state, 'Wifi'))
    if (wifi !== undefined) collector.number('rssi', field(wifi, 'Signal'))
  }
  return collector.result(`no readings in this ${suffix}`)
}

function collectRelays(collector: Collector, fields: Fields): void {
  for (const [name, value] of Object.entries(fields)) {
    const match = /^POWER(\d{0,2})$/.exec(name)
    if (match !== null) collector.state('relay', value, match[1] ? { channel: Number(match[1]) } : {})
  }
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(Z|[+-]\d\d:\d\d)?$/

/** `Time` is the device's wall clock, to the second; a zone is added only on demand (SetOption52). */
function timeOf(fields: Fields): DeviceTime | undefined {
  const text = field(fields, 'Time')
  const match = typeof text === 'string' ? TIME.exec(text) : null
  if (match === null) return undefined
  const atMs = Date.parse(`${match[1]}${match[2] ?? 'Z'}`)
  if (Number.isNaN(atMs)) return undefined
  return match[2] === undefined ? { kind: 'local', wallMs: atMs } : { kind: 'utc', atMs }
}
