import { describe, expect, it } from 'vitest'
import { bytes, told } from './readings.test-support.ts'
import { shelly } from './shelly.ts'

const PLUG = 'shellies/plug-1'

describe('Shelly of the first generation', () => {
  it.each<[string, string, unknown, string[]]>([
    ['a relay', `${PLUG}/relay/1`, 'on', [`${PLUG}#1 relay 1`]],
    ['a relay that cut itself off', `${PLUG}/relay/0`, 'overpower', [`${PLUG}#0 relay 0`]],
    ['power', `${PLUG}/relay/0/power`, '93.25', [`${PLUG}#0 power 93.25`]],
    // 90 watt-minutes = 1.5 Wh
    ['energy, in watt-minutes', `${PLUG}/relay/0/energy`, '90', [`${PLUG}#0 energy 1.5`]],
    ['the one meter of two relays', `${PLUG}/relay/energy`, '600', [`${PLUG} energy 10`]],
    ['an energy meter, in Wh', `${PLUG}/emeter/2/total`, '1234.5', [`${PLUG}#2 energy 1234.5`]],
    ['energy fed back', `${PLUG}/emeter/0/total_returned`, '7.5', [`${PLUG}#0 energy_returned 7.5`]],
    ['a power factor', `${PLUG}/emeter/0/pf`, '-0.5', [`${PLUG}#0 power_factor -0.5`]],
    ['the voltage of all channels', `${PLUG}/voltage`, '229.5', [`${PLUG} voltage 229.5`]],
    ['the temperature inside', `${PLUG}/temperature`, '41.5', [`${PLUG} device_temperature 41.5`]],
    ['a probe', `${PLUG}/ext_temperature/1`, '4.5', [`${PLUG}/ext_temperature/1 temperature 4.5`]],
    ['a probe of humidity', `${PLUG}/ext_humidity/0`, '51', [`${PLUG}/ext_humidity/0 humidity 51`]],
    ['a room sensor', 'shellies/ht/sensor/temperature', '22.5', ['shellies/ht temperature 22.5']],
    ['its battery', 'shellies/ht/sensor/battery', '88', ['shellies/ht battery 88']],
    ['a flood', 'shellies/f/sensor/flood', 'true', ['shellies/f leak 1']],
    ['no smoke', 'shellies/s/sensor/smoke', 'false', ['shellies/s smoke 0']],
    ['an open door', 'shellies/dw/sensor/state', 'open', ['shellies/dw door 1']],
    ['a closed door', 'shellies/dw/sensor/state', 'close', ['shellies/dw door 0']],
    ['being online', `${PLUG}/online`, 'true', [`${PLUG} online 1`]],
    [
      'the whole status of a plug with a probe',
      `${PLUG}/info`,
      {
        wifi_sta: { connected: true, rssi: -61 },
        relays: [{ ison: true }, { ison: false }],
        meters: [
          { power: 12, is_valid: true, total: 120, counters: [1, 2, 3] },
          { power: 5, is_valid: false, total: 0 },
        ],
        tmp: { tC: 40.5, tF: 104.9, is_valid: true },
        ext_temperature: { '0': { hwID: '28', tC: 3.5, tF: 38.3 } },
      },
      [
        `${PLUG}#0 relay 1`,
        `${PLUG}#1 relay 0`,
        `${PLUG}#0 power 12`,
        `${PLUG}#0 energy 2`,
        `${PLUG} device_temperature 40.5`,
        `${PLUG}/ext_temperature/0 temperature 3.5`,
        `${PLUG} rssi -61`,
      ],
    ],
    [
      'the whole status of a three-phase meter, in Wh',
      `${PLUG}/info`,
      { emeters: [{ power: 5, pf: 0.9, current: 0.1, voltage: 230, is_valid: true, total: 60, total_returned: 0 }] },
      ['power 5', 'power_factor 0.9', 'voltage 230', 'current 0.1', 'energy 60', 'energy_returned 0'].map(
        line => `${PLUG}#0 ${line}`,
      ),
    ],
    [
      'the whole status of a room sensor set to Fahrenheit',
      'shellies/ht/info',
      {
        tmp: { value: 72.5, units: 'F', tC: 22.5, tF: 72.5, is_valid: true },
        hum: { value: 44, is_valid: true },
        bat: { value: 77, voltage: 2.9 },
      },
      ['shellies/ht temperature 22.5', 'shellies/ht humidity 44', 'shellies/ht battery 77'],
    ],
    [
      'a motion sensor',
      'shellies/m/status',
      { motion: true, lux: 120, bat: 60, tmp: { value: 68, units: 'F' } },
      ['shellies/m temperature 20', 'shellies/m illuminance 120', 'shellies/m battery 60', 'shellies/m occupancy 1'],
    ],
  ])('tells %s', (...[, topic, payload, expected]) => {
    expect(told(shelly, topic, payload)).toEqual(expected)
  })

  it.each<[string, string, unknown, string[]]>([
    ['what is said in Fahrenheit beside Celsius', `${PLUG}/temperature_f`, '106.7', ['ignored']],
    ['watt-minutes since the last report', `${PLUG}/emeter/0/energy`, '12', ['ignored']],
    ['a command', `${PLUG}/relay/0/command`, 'on', ['ignored']],
    ['an announcement', `${PLUG}/announce`, { id: 'plug-1' }, ['ignored']],
    ['an input', `${PLUG}/input/0`, '1', ['ignored']],
    ['Fahrenheit that nobody named', 'shellies/ht/sensor/temperature', '72.5', ['rejected wrong_unit']],
    ['a probe that is pulled out', `${PLUG}/ext_temperature/0`, '999', ['rejected out_of_range']],
    ['a word for a number', `${PLUG}/relay/0/power`, 'unavailable', ['rejected wrong_type']],
    ['nan', `${PLUG}/relay/0/power`, 'nan', ['rejected not_finite']],
    ['another relay state', `${PLUG}/relay/0`, 'dimmed', ['rejected wrong_type']],
    ['an emptied topic', `${PLUG}/relay/0`, '', ['ignored']],
    ["a door's state before the first move", 'shellies/dw/sensor/state', 'unknown', ['rejected wrong_type']],
    [
      'the typed-in power of a relay without a meter',
      `${PLUG}/info`,
      { meters: [{ power: 60, is_valid: true }] },
      ['ignored'],
    ],
    ['a sensor that failed', 'shellies/ht/info', { tmp: { tC: 999, is_valid: false } }, ['ignored']],
    ['a status that is none', `${PLUG}/info`, '[]', ['rejected wrong_shape']],
  ])('makes no wrong value of %s', (...[, topic, payload, expected]) => {
    expect(told(shelly, topic, payload)).toEqual(expected)
  })

  it('dates a status by unixtime once the device has the time', () => {
    const timeOf = (unixtime: number) => {
      const decoded = shelly.decode(`${PLUG}/info`, bytes({ unixtime, relays: [{ ison: true }] }))
      return decoded.kind === 'readings' ? decoded.readings[0]?.time : decoded
    }
    expect(timeOf(1_785_398_400)).toEqual({ kind: 'utc', atMs: 1_785_398_400_000 })
    expect(timeOf(0)).toBeUndefined()
  })
})

describe('a BLU sensor', () => {
  const SENSOR = {
    encryption: false,
    BTHome_version: 2,
    pid: 3,
    battery: 90,
    temperature: 21.5,
    humidity: 40,
    rssi: -70,
  }
  const TELLS = ['temperature 21.5', 'humidity 40', 'battery 90', 'rssi -70'].map(line => `aa:bb:cc:00:11:22 ${line}`)

  it('is read from its topic, whatever gateway passes it on', () => {
    expect(told(shelly, 'any/prefix/events/AA:BB:CC:00:11:22', SENSOR)).toEqual(TELLS)
  })

  it("is read from a script's event", () => {
    const event = {
      component: 'script:1',
      event: 'shelly-blu',
      ts: 1_785_398_400,
      data: { ...SENSOR, address: 'aa:bb:cc:00:11:22' },
    }
    expect(
      told(shelly, 'gw/events/rpc', { method: 'NotifyEvent', params: { events: [{ event: 'other' }, event] } }),
    ).toEqual(TELLS)
  })

  it.each<[unknown, string[]]>([
    [{ window: 1, battery: 80 }, ['aa:bb:cc:00:11:22 battery 80', 'aa:bb:cc:00:11:22 door 1']],
    [{ motion: 0, illuminance: 12 }, ['aa:bb:cc:00:11:22 illuminance 12', 'aa:bb:cc:00:11:22 occupancy 0']],
    [{ encryption: true, pid: 1 }, ['ignored']],
    [{ button: 1 }, ['ignored']],
    [{ temperature: [20, 21] }, ['rejected wrong_type']],
  ])('tells of %j', (advertisement, expected) => {
    expect(told(shelly, 'gw/events/aa:bb:cc:00:11:22', advertisement)).toEqual(expected)
  })
})
