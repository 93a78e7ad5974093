import { describe, expect, it } from 'vitest'
import { bytes, told } from './readings.test-support.ts'
import { shelly } from './shelly.ts'

const RPC = 'plug/events/rpc'
const notify = (params: unknown, method = 'NotifyStatus') => ({
  src: 'shellyplusplugs-a1',
  dst: 'plug/events',
  method,
  params,
})

describe('Shelly Gen2 and later', () => {
  it.each<[string, string, unknown, string[]]>([
    [
      'a switch; aenergy.total is Wh',
      'plug/status/switch:0',
      {
        id: 0,
        output: true,
        apower: 812.5,
        voltage: 229.1,
        current: 3.6,
        pf: 0.98,
        freq: 50,
        aenergy: { total: 7258.589, by_minute: [1, 2, 3], minute_ts: 1_785_398_400 },
        ret_aenergy: { total: 0 },
        temperature: { tC: 41.2, tF: 106.2 },
      },
      [
        'plug#0 relay 1',
        'plug#0 power 812.5',
        'plug#0 voltage 229.1',
        'plug#0 current 3.6',
        'plug#0 power_factor 0.98',
        'plug#0 frequency 50',
        'plug#0 device_temperature 41.2',
        'plug#0 energy 7258.589',
        'plug#0 energy_returned 0',
      ],
    ],
    [
      'NotifyStatus as what changed, not as the whole',
      RPC,
      notify({ ts: 1_785_398_400.5, 'switch:2': { id: 2, apower: 12 } }),
      ['plug#2 power 12'],
    ],
    [
      'NotifyFullStatus',
      RPC,
      notify(
        { ts: 1, ble: {}, 'switch:0': { output: false }, 'switch:1': { output: true }, wifi: { rssi: -58 } },
        'NotifyFullStatus',
      ),
      ['plug#0 relay 0', 'plug#1 relay 1', 'plug rssi -58'],
    ],
    ['pm1', 'plug/status/pm1:0', { apower: 5, aenergy: { total: 10 } }, ['plug#0 power 5', 'plug#0 energy 10']],
    ['em1', 'm/status/em1:1', { act_power: 5, voltage: 230 }, ['m#1 power 5', 'm#1 voltage 230']],
    ['em1data', 'm/status/em1data:1', { total_act_energy: 99.5 }, ['m#1 energy 99.5']],
    [
      'em: the sum is channel 0, the phases are 1 to 3',
      'm/status/em:0',
      {
        a_act_power: 375.5,
        b_act_power: 170.8,
        c_act_power: 12.7,
        c_voltage: 229.2,
        n_current: null,
        total_act_power: 559,
      },
      ['m#0 power 559', 'm#1 power 375.5', 'm#2 power 170.8', 'm#3 power 12.7', 'm#3 voltage 229.2'],
    ],
    ['emdata', 'm/status/emdata:0', { total_act: 5, a_total_act_energy: 2 }, ['m#0 energy 5', 'm#1 energy 2']],
    ['a room probe', 'ht/status/temperature:0', { id: 0, tC: 21.3, tF: 70.4 }, ['ht#0 temperature 21.3']],
    [
      'the probe inside a meter',
      'shellypro3em-a1/status/temperature:0',
      { tC: 46.6 },
      ['shellypro3em-a1 device_temperature 46.6'],
    ],
    [
      'the probe inside a meter under another name',
      'meter/events/rpc',
      { ...notify({ 'temperature:0': { tC: 46.6 } }), src: 'shellypro3em-a1' },
      ['meter device_temperature 46.6'],
    ],
    ['humidity', 'ht/status/humidity:0', { rh: 43.8 }, ['ht#0 humidity 43.8']],
    ['a flood sensor', 'f/status/flood:0', { id: 0, alarm: true, mute: false }, ['f#0 leak 1']],
    ['a smoke sensor', 's/status/smoke:0', { id: 0, alarm: false, mute: false }, ['s#0 smoke 0']],
    [
      'a battery',
      'ht/status/devicepower:0',
      { battery: { V: 5.6, percent: 81 }, external: { present: false } },
      ['ht battery 81'],
    ],
    ['being online', 'plug/online', 'true', ['plug online 1']],
    ['the last will', 'plug/online', 'false', ['plug online 0']],
    ['a prefix of several levels', 'shellies/closet/status/switch:3', { output: true }, ['shellies/closet#3 relay 1']],
  ])('reads %s', (...[, topic, payload, expected]) => {
    expect(told(shelly, topic, payload)).toEqual(expected)
  })

  it.each<[string, string, unknown, string[]]>([
    [
      'the battery of a device on mains',
      'ht/status/devicepower:0',
      { battery: { percent: 0 }, external: { present: true } },
      ['ignored'],
    ],
    ['an event', RPC, notify({ events: [] }, 'NotifyEvent'), ['ignored']],
    ['a request', 'plug/rpc', { method: 'Switch.Set', params: { id: 0, on: true } }, ['ignored']],
    ['a command', 'plug/command/switch:0', 'on', ['ignored']],
    ['components without readings', 'plug/status/sys', { unixtime: 1, uptime: 5 }, ['ignored']],
    ['a delta that says nothing', RPC, notify({ ts: 1, 'switch:0': { id: 0 } }), ['ignored']],
    ['a probe with an error', 'ht/status/temperature:0', { tC: null, tF: null, errors: ['read'] }, ['ignored']],
    ['params that are text', RPC, notify('nope'), ['rejected wrong_shape']],
    ['text instead of a status', 'plug/status/switch:0', 'on', ['rejected not_json']],
    ['a state that is a word', 'plug/status/switch:0', { output: 'maybe' }, ['rejected wrong_type']],
    ['an absurd value', 'plug/status/switch:0', { apower: 1e12 }, ['rejected out_of_range']],
    ['another last will', 'plug/online', 'yes', ['rejected wrong_type']],
  ])('makes no wrong value of %s', (...[, topic, payload, expected]) => {
    expect(told(shelly, topic, payload)).toEqual(expected)
  })

  it('dates a notification by ts, seconds in UTC', () => {
    const decoded = shelly.decode(RPC, bytes(notify({ ts: 1_785_398_400.56, 'switch:0': { apower: 1 } })))
    expect(decoded.kind === 'readings' && decoded.readings[0]?.time).toEqual({ kind: 'utc', atMs: 1_785_398_400_560 })
  })

  it('takes no time from a status that has none: minute_ts is not when it was measured', () => {
    const decoded = shelly.decode(
      'plug/status/switch:0',
      bytes({ apower: 1, aenergy: { total: 1, minute_ts: 1_785_398_400 } }),
    )
    expect(decoded.kind === 'readings' && decoded.readings.every(({ time }) => time === undefined)).toBe(true)
  })
})
