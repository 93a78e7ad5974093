import * as fc from 'fast-check'
import { METRICS, implausible } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { chirpstack } from './chirpstack.ts'
import type { Decoded } from './decoder.ts'
import { DECODERS } from './index.ts'

/** Topics of every shape that a decoder reads, so that any bytes reach its depths. */
const TOPICS = [
  'tele/x/SENSOR',
  'tele/x/STATE',
  'tele/x/LWT',
  'stat/x/POWER1',
  'stat/x/RESULT',
  'stat/x/STATUS8',
  'x/events/rpc',
  'x/online',
  'x/status/switch:0',
  'x/status/em:0',
  'x/status/devicepower:0',
  'shellies/x/relay/0',
  'shellies/x/relay/0/energy',
  'shellies/x/sensor/temperature',
  'shellies/x/info',
  'x/events/aa:bb:cc:00:11:22',
  'application/1/device/24e124538b000001/event/up',
  'application/1/device/24e124538b000001/event/status',
  'zigbee2mqtt/bridge/state',
  'zigbee2mqtt/x',
  'zigbee2mqtt/x/availability',
  'zigbee2mqtt/x/temperature',
  'x/sensor/temperature/state',
  'x/binary_sensor/door/state',
  'x/status',
]

/** Words of the vendors, so that random documents look like theirs. */
const KEYS = [
  'ENERGY', 'Total', 'Power', 'Voltage', 'DS18B20', 'Temperature', 'Temperature1', 'TempUnit', 'POWER', 'POWER1', 'Wifi', 'Signal',
  'Time', 'StatusSNS', 'method', 'params', 'ts', 'switch:0', 'em:0', 'temperature:0', 'aenergy', 'total', 'output', 'apower', 'tC',
  'battery', 'external', 'present', 'state', 'state_l1', 'power', 'energy', 'voltage', 'contact', 'occupancy', 'presence',
  'relays', 'meters', 'emeters', 'ison', 'is_valid', 'tmp', 'units', 'value', 'ext_temperature', 'hum', 'bat', 'sensor', 'flood',
  'ZbReceived', 'Device', 'Name', 'ActivePower', 'ENERGY', 'TotalTariff', 'events', 'event', 'data', 'address', 'encryption',
  'object', 'objectJSON', 'fPort', 'deviceInfo', 'deviceProfileName', 'rxInfo', 'rssi', 'time', 'total_in', 'line_1_total_in',
  'region_2_count', 'magnet_status', 'socket_status', 'current', 'batteryLevel', 'last_seen', 'unixtime',
  '__proto__', 'constructor', 'toString', '',
] // prettier-ignore

const document = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      false,
      'ON',
      'OFF',
      'nan',
      'unavailable',
      '12.5',
      'NotifyStatus',
      'NotifyFullStatus',
      'F',
      'shelly-blu',
      'aa:bb:cc:00:11:22',
      'Milesight VS350',
      'open',
      85,
    ),
    fc.double(),
    fc.string({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 8 }),
  ),
})).value

function expectSound(decoded: Decoded): void {
  if (decoded.kind !== 'readings') return
  expect(decoded.readings.length).toBeGreaterThan(0)
  for (const { metric, value, channel } of decoded.readings) {
    expect(METRICS).toHaveProperty(metric)
    expect(implausible(metric, value)).toBeUndefined()
    expect(channel === undefined || Number.isSafeInteger(channel)).toBe(true)
  }
}

describe('every decoder', () => {
  it('throws at no byte string, and gives only what can be measured', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TOPICS), fc.uint8Array({ maxLength: 200 }), (topic, payload) => {
        for (const decoder of DECODERS) expectSound(decoder.decode(topic, payload))
      }),
    )
  })

  it("throws at no document made of the vendors' words, and gives only what can be measured", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TOPICS), document, (topic, value) => {
        const payload = Buffer.from(JSON.stringify(value) ?? '')
        for (const decoder of DECODERS) expectSound(decoder.decode(topic, payload))
      }),
      { numRuns: 1_000 },
    )
  })

  it('throws at no bytes that a sensor may send, of whatever model', () => {
    const model = fc.constantFrom('VS121', 'VS133', 'VS321', 'VS330', 'VS350', 'VS360', 'EM300', 'WS303', 'none')
    const field = fc.constantFrom(
      '0175',
      '0367',
      '04cc',
      '20ce',
      '03d2',
      '0fe3',
      '04c9',
      'ff08',
      '07d5',
      '05fd',
      '038e',
      'ffff',
    )
    const payload = fc
      .array(fc.tuple(field, fc.uint8Array({ maxLength: 9 })), { maxLength: 6 })
      .map(fields => Buffer.concat(fields.flatMap(([key, value]) => [Buffer.from(key, 'hex'), value])))
    fc.assert(
      fc.property(model, payload, (deviceProfileName, data) => {
        const uplink = { fPort: 85, data: data.toString('base64'), deviceInfo: { deviceProfileName } }
        const topic = 'application/1/device/24e124538b000001/event/up'
        expectSound(chirpstack.decode(topic, Buffer.from(JSON.stringify(uplink))))
      }),
      { numRuns: 1_000 },
    )
  })

  it('throws at no topic', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.uint8Array({ maxLength: 20 }), (topic, payload) => {
        for (const decoder of DECODERS) {
          decoder.addressOf(topic)
          expectSound(decoder.decode(topic, payload))
        }
      }),
    )
  })

  it('reads a document of the largest size in bounded numbers', () => {
    const blocks = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`S${n}`, { Temperature: 20 }]))
    const [tasmota] = DECODERS
    const decoded = tasmota?.decode('tele/x/SENSOR', Buffer.from(JSON.stringify(blocks)))
    expect(decoded?.kind === 'readings' && decoded.readings.length).toBe(200)
    expect(decoded?.kind === 'readings' && decoded.rejected.length).toBe(20)
  })
})
