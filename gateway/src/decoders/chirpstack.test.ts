import { describe, expect, it } from 'vitest'
import { chirpstack } from './chirpstack.ts'
import { bytes, told } from './readings.test-support.ts'

const EUI = '24e124538b000001'
const UP = `application/52/device/${EUI}/event/up`

/** An uplink of a model, with what the test is about. */
const uplink = (model: string, more: object) => ({
  time: '2026-07-30T04:00:05.775023242+00:00',
  deviceInfo: { deviceProfileName: model, deviceName: 'door', devEui: EUI },
  fPort: 85,
  ...more,
})
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex').toString('base64')
const tells = (more: object, model = 'Milesight VS133') =>
  told(chirpstack, UP, uplink(model, more)).map(line => line.replace(EUI, ''))

describe('ChirpStack', () => {
  it.each<[string, string, string, object, string[]]>([
    [
      // Line 1 in: 0x0148 = 328, out: 0x012c = 300; region counts 2, 0, 0, 1.
      'the lines and regions of a counter on the ceiling',
      'Milesight VS133',
      '03d2 48010000 04d2 2c010000 05cc 0100 0200 0fe3 02000001',
      {
        line_1_total_in: 328,
        line_1_total_out: 300,
        region_1_count: 2,
        region_2_count: 0,
        region_3_count: 0,
        region_4_count: 1,
      },
      ['#1 people_in 328', '#1 people_out 300', '#1 people 2', '#2 people 0', '#3 people 0', '#4 people 1'],
    ],
    [
      'the totals of a counter over a door, and not what came since the last report',
      'VS350-868M',
      '0175 5c 0367 1a01 04cc 0c00 0b00 05cc 0200 0100',
      { battery: 92, temperature: 28.2, total_in: 12, total_out: 11, period_in: 2, period_out: 1 },
      [' battery 92', ' temperature 28.2', ' people_in 12', ' people_out 11'],
    ],
    [
      'the same with an alarm and a history before it',
      'vs351',
      '20ce 00e46a66 01 0100 0200 0300 0400 84cc 0c00 0b00 01',
      { total_in: 12, total_out: 11, total_count_alarm: 'threshold alarm' },
      [' people_in 12', ' people_out 11'],
    ],
    [
      'the heads that a camera sees, and those that passed since its reset',
      'VS121',
      'ff08 660000000001 04c9 05 02 0003 05cc 0100 ffff 0dcc 6400 6300',
      { people_count_all: 5, people_in: 1, people_out: -1, people_total_in: 100, people_total_out: 99 },
      [' people 5', ' people_in 100', ' people_out 99'],
    ],
    [
      'a sensor under a desk',
      'VS330',
      '0175 5a 0282 2800 038e 00',
      { battery: 90, distance: 40, occupancy: 'vacant' },
      [' battery 90', ' occupancy 0'],
    ],
    ['a leak', 'WS303', '0175 64 0300 01', { battery: 100, leakage_status: 'leak' }, [' battery 100', ' leak 1']],
    [
      'a cold store',
      'EM300-TH',
      '0367 38ff 0468 7d',
      { temperature: -20, humidity: 62.5 },
      [' temperature -20', ' humidity 62.5'],
    ],
  ])('tells %s, from bytes as from an object', (...[, model, data, object, expected]) => {
    expect(tells({ data: hex(data) }, model)).toEqual(expected)
    expect(tells({ data: hex(data), object }, model)).toEqual(expected)
    expect(tells({ data: hex(data), object: {} }, model)).toEqual(expected)
  })

  it.each<[string, string, object, string[]]>([
    [
      "a socket's milliampere and per cent",
      'WS523',
      {
        socket_status: 'on',
        voltage: 230.5,
        current: 500,
        active_power: 104,
        power_factor: 90,
        power_consumption: 4321,
      },
      [' relay 1', ' voltage 230.5', ' current 0.5', ' power 104', ' power_factor 0.9', ' energy 4321'],
    ],
    ["a transformer's ampere", 'CT101', { current: 12.5, total_current: 99 }, [' current 12.5']],
    [
      'inputs as channels',
      'TS302',
      { temperature_chn1: 4.5, magnet_chn2: 'opened' },
      ['#1 temperature 4.5', '#2 door 1'],
    ],
    ['states as numbers', 'WS301', { magnet_status: 0, tamper_status: 1 }, [' door 0', ' tamper 1']],
    [
      'a sensor of another maker',
      'Dragino LHT65',
      { TempC_SHT: '21.5', Hum_SHT: 55 },
      [' temperature 21.5', ' humidity 55'],
    ],
  ])('reads %s', (...[, model, object, expected]) => {
    expect(tells({ object }, model)).toEqual(expected)
  })

  it('knows a counter that nobody named by its payload', () => {
    expect(tells({ data: hex('04cc 0c00 0b00') }, 'counter')).toEqual([' people_in 12', ' people_out 11'])
    // A temperature alone may be any model's.
    expect(tells({ data: hex('0367 1a01') }, 'counter')).toEqual(['ignored'])
  })

  it.each<[string, string, object, string[]]>([
    ['a current whose unit nobody knows', 'some meter', { current: 168 }, ['ignored']],
    ['light in words', 'VS370', { illuminance: 'dim' }, ['ignored']],
    ['an unknown state', 'VS330', { occupancy: 'unknown' }, ['ignored']],
    ['another state', 'VS330', { occupancy: 'perhaps' }, ['rejected wrong_type']],
    ['nan', 'EM300', { temperature: 'nan' }, ['rejected not_finite']],
    ['an absurd value', 'EM300', { humidity: 127.5, temperature: 20 }, [' temperature 20', 'rejected out_of_range']],
    ['measurements of long ago', 'EM300', { history: [{ temperature: 20, timestamp: 1_665_561_758 }] }, ['ignored']],
    ['a list', 'EM300', { temperature: [20] }, ['rejected wrong_type']],
  ])('makes no wrong value of %s', (...[, model, object, expected]) => {
    expect(tells({ object }, model)).toEqual(expected)
  })

  it.each<[string, object, string[]]>([
    ['bytes that are cut off', { data: hex('04cc 0c00') }, ['rejected wrong_shape']],
    [
      'a field that is not known, and all after it',
      { data: hex('0367 1a01 eeee 04cc 0c00 0b00') },
      [' temperature 28.2', 'rejected wrong_shape'],
    ],
    ['what is no base64', { data: '!!!' }, ['rejected wrong_type']],
    ['another port', { data: hex('04cc 0c00 0b00'), fPort: 10 }, ['ignored']],
    ['no data', {}, ['ignored']],
  ])('makes no wrong value of %s', (...[, more, expected]) => {
    expect(tells(more, 'VS350')).toEqual(expected)
  })

  it('tells how the best of the gateways heard it, when, and what its battery has', () => {
    const heard = { ...uplink('x', { object: {} }), rxInfo: [{ rssi: -110 }, { rssi: -97 }, { rssi: 0 }, {}, 'x'] }
    const decoded = chirpstack.decode(UP, bytes(heard))
    expect(decoded).toMatchObject({
      kind: 'readings',
      readings: [{ metric: 'rssi', value: -97, time: { kind: 'utc', atMs: Date.UTC(2026, 6, 30, 4, 0, 5, 775) } }],
    })
    const status = (more: object) => told(chirpstack, UP.replace(/up$/, 'status'), { margin: 7, ...more })
    expect(status({ batteryLevel: 98.5 })).toEqual([`${EUI} battery 98.5`])
    expect(status({ batteryLevel: 0, externalPowerSource: true })).toEqual(['ignored'])
    expect(status({ batteryLevel: 0, batteryLevelUnavailable: true })).toEqual(['ignored'])
  })

  it('reads the older JSON, whose object is text', () => {
    const old = { fPort: 85, deviceName: 'VS350', objectJSON: '{"total_in":5,"total_out":4}' }
    expect(told(chirpstack, UP, old)).toEqual([`${EUI} people_in 5`, `${EUI} people_out 4`])
  })

  it.each(['join', 'ack', 'txack', 'log', 'location', 'integration'])('ignores the event %s', event => {
    expect(told(chirpstack, UP.replace(/up$/, event), { deviceInfo: {} })).toEqual(['ignored'])
  })

  it.each(['application/1/device/xyz/event/up', 'application/1/event/up', 'x'])(
    'does not take %j for its own',
    topic => {
      expect(chirpstack.addressOf(topic)).toBeUndefined()
    },
  )
})
