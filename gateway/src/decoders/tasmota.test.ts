import { describe, expect, it } from 'vitest'
import { bytes, told } from './readings.test-support.ts'
import { tasmota } from './tasmota.ts'

const SENSOR = 'tele/plug/SENSOR'

describe('Tasmota', () => {
  it.each<[string, string, unknown, string[]]>([
    [
      'a plug with one meter; Total is kWh',
      SENSOR,
      {
        Time: '2026-07-30T12:00:00',
        ENERGY: {
          TotalStartTime: '2026-01-01T00:00:00',
          Total: 12.345,
          Yesterday: 1.2,
          Today: 0.4,
          Period: 1,
          Power: 93,
          ApparentPower: 110,
          ReactivePower: 58,
          Factor: 0.85,
          Voltage: 223,
          Current: 0.493,
        },
      },
      [
        'plug energy 12345',
        'plug power 93',
        'plug apparent_power 110',
        'plug reactive_power 58',
        'plug power_factor 0.85',
        'plug voltage 223',
        'plug current 0.493',
      ],
    ],
    [
      'several channels as lists, with one voltage for all',
      SENSOR,
      { ENERGY: { Total: [0.017, 2], Power: [10, null], Voltage: 231, Frequency: 50 } },
      ['plug#1 energy 17', 'plug#2 energy 2000', 'plug#1 power 10', 'plug voltage 231', 'plug frequency 50'],
    ],
    [
      'several channels as an object',
      SENSOR,
      { ENERGY: { Power: { L1: 10, L2: 20, sum: 30 } } },
      ['plug#1 power 10', 'plug#2 power 20'],
    ],
    ['energy fed back', SENSOR, { ENERGY: { ExportActive: 0.5 } }, ['plug energy_returned 500']],
    [
      'climate in Celsius, with the sensor as part',
      SENSOR,
      { 'SHT3X-0x44': { Temperature: 26.1, Humidity: 58.5, DewPoint: 17 }, TempUnit: 'C' },
      ['plug/SHT3X-0x44 temperature 26.1', 'plug/SHT3X-0x44 humidity 58.5'],
    ],
    // (39.2 - 32) * 5 / 9 = 4
    [
      'climate in Fahrenheit',
      SENSOR,
      { DS18B20: { Id: '01', Temperature: 39.2 }, TempUnit: 'F' },
      ['plug/DS18B20 temperature 4'],
    ],
    [
      'two probes, told apart',
      SENSOR,
      { 'DS18B20-1': { Temperature: 4.1 }, 'DS18B20-2': { Temperature: -18.5 }, TempUnit: 'C' },
      ['plug/DS18B20-1 temperature 4.1', 'plug/DS18B20-2 temperature -18.5'],
    ],
    [
      'the analog inputs',
      SENSOR,
      { ANALOG: { Temperature1: 21.5, Illuminance2: 300, A0: 8 }, TempUnit: 'C' },
      ['plug/ANALOG-1 temperature 21.5', 'plug/ANALOG-2 illuminance 300'],
    ],
    [
      'the chip inside, which is not the room: of two, the one that meters',
      SENSOR,
      { ESP32: { Temperature: 52.8 }, BL0940: { Temperature: 40.5 }, TempUnit: 'C' },
      ['plug device_temperature 40.5'],
    ],
    ['the ESP itself', SENSOR, { ESP32: { Temperature: 127 }, TempUnit: 'F' }, ['plug device_temperature 52.777778']],
    // 1.5 = 1 + 0.5: the meter, then what of it fell into each tariff.
    [
      'a meter of one phase with two tariffs',
      SENSOR,
      { ENERGY: { Total: [1.5, 1, 0.5], Power: 12 } },
      ['plug energy 1500', 'plug power 12'],
    ],
    [
      "a Zigbee bridge's devices, each as its own",
      SENSOR,
      {
        ZbReceived: {
          '0x3A2B': {
            Device: '0x3A2B',
            Name: 'Room',
            Voltage: 2.9,
            Battery: 74,
            Temperature: 19.4,
            Humidity: 61,
          },
          '0x4C11': { Device: '0x4C11', Power: 1, ActivePower: 12, RMSVoltage: 229, EnergyTotal: '0x000000000001' },
        },
      },
      [
        'plug/Room temperature 19.4',
        'plug/Room humidity 61',
        'plug/Room battery 74',
        'plug/0x4C11 power 12',
        'plug/0x4C11 voltage 229',
      ],
    ],
    [
      'pressure in millimetres of mercury: 760 mmHg = 1013.25 hPa',
      SENSOR,
      { BME280: { Pressure: 760, PressureUnit: 'mmHg' } },
      ['plug/BME280 pressure 1013.25024'],
    ],
    ['carbon dioxide', SENSOR, { SCD40: { CarbonDioxide: 618, eCO2: 623 } }, ['plug/SCD40 co2 618']],
    [
      'STATE: relay and signal; Wifi.RSSI is a percentage',
      'tele/plug/STATE',
      { Time: '2026-07-30T12:00:00', POWER: 'ON', Wifi: { RSSI: 100, Signal: -47 } },
      ['plug relay 1', 'plug rssi -47'],
    ],
    ['RESULT with channels', 'stat/plug/RESULT', { POWER1: 'ON', POWER2: 'OFF' }, ['plug#1 relay 1', 'plug#2 relay 0']],
    ['POWER as text', 'stat/plug/POWER', 'OFF', ['plug relay 0']],
    ['POWER3 as text', 'stat/plug/POWER3', 'ON', ['plug#3 relay 1']],
    ['STATUS8', 'stat/plug/STATUS8', { StatusSNS: { ENERGY: { Power: 5 } } }, ['plug power 5']],
    ['STATUS11', 'stat/plug/STATUS11', { StatusSTS: { POWER: 'OFF' } }, ['plug relay 0']],
    ['the last will', 'tele/plug/LWT', 'Offline', ['plug online 0']],
    ['being online', 'tele/plug/LWT', 'Online', ['plug online 1']],
    ['the other FullTopic', 'plug/tele/SENSOR', { ENERGY: { Power: 1 } }, ['plug power 1']],
    ['a topic of several levels', 'tele/room/1/SENSOR', { ENERGY: { Power: 1 } }, ['room/1 power 1']],
    ['numbers as text', SENSOR, { ENERGY: { Power: '12.5' } }, ['plug power 12.5']],
  ])('reads %s', (...[, topic, payload, expected]) => {
    expect(told(tasmota, topic, payload)).toEqual(expected)
  })

  it.each<[string, string, unknown, string[]]>([
    ['a command', 'cmnd/plug/POWER', 'ON', ['ignored']],
    ['other results', 'stat/plug/RESULT', { Dimmer: 50 }, ['ignored']],
    ['information on start', 'tele/plug/INFO1', { Info1: {} }, ['ignored']],
    ['a switch input', SENSOR, { Switch1: 'ON' }, ['ignored']],
    [
      'a Zigbee remote control, whose Power is a command',
      SENSOR,
      { ZbReceived: { r: { Device: '0xF72F', '0006!02': '', Power: 2, Group: 100 } } },
      ['ignored'],
    ],
    [
      'tariffs without their sum',
      SENSOR,
      { ENERGY: { Total: [0.4, 2], TotalTariff: [0.4, 2], Power: 3 } },
      ['plug power 3', 'rejected wrong_shape'],
    ],
    [
      'a bare nan beside a good value',
      SENSOR,
      '{"DS18B20":{"Id":"nan","Temperature":nan},"ENERGY":{"Power":5}}',
      ['plug power 5', 'rejected not_finite'],
    ],
    ['a radar that has "Energy" of its own', SENSOR, { LD2410S: { People: 2, Energy: [0, 9] } }, ['ignored']],
    ['null, as of a probe that is gone', SENSOR, { AM2301: { Temperature: null, Humidity: null } }, ['ignored']],
    ['a list where an object belongs', SENSOR, { ENERGY: [1] }, ['rejected wrong_shape']],
    ['a word where a number belongs', SENSOR, { ENERGY: { Power: 'unavailable' } }, ['rejected wrong_type']],
    ['nan', SENSOR, { ENERGY: { Power: 'nan' } }, ['rejected not_finite']],
    [
      'an absurd value beside a good one',
      SENSOR,
      { ENERGY: { Power: 1e9, Voltage: 220 } },
      ['plug voltage 220', 'rejected out_of_range'],
    ],
    ['a probe that is cut off', SENSOR, { DS18B20: { Temperature: -127 } }, ['rejected out_of_range']],
    ['an unknown unit', SENSOR, { DS18B20: { Temperature: 300 }, TempUnit: 'K' }, ['rejected wrong_unit']],
    ['a state that is none', 'tele/plug/STATE', { POWER: 'POWER' }, ['rejected wrong_type']],
    ['broken JSON', SENSOR, '{"ENERGY":{', ['rejected not_json']],
    ['no object', SENSOR, '[]', ['rejected wrong_shape']],
    ['another last will', 'tele/plug/LWT', 'gone', ['rejected wrong_type']],
  ])('makes no wrong value of %s', (...[, topic, payload, expected]) => {
    expect(told(tasmota, topic, payload)).toEqual(expected)
  })

  it.each([
    ['2026-07-30T12:00:05', { kind: 'local', wallMs: Date.UTC(2026, 6, 30, 12, 0, 5) }],
    ['2026-07-30T12:00:05+08:00', { kind: 'utc', atMs: Date.UTC(2026, 6, 30, 4, 0, 5) }],
    ['2026-13-30T12:00:05', undefined],
    ['soon', undefined],
  ])('reads the time %s', (Time, expected) => {
    const decoded = tasmota.decode(SENSOR, bytes({ Time, ENERGY: { Power: 1 } }))
    expect(decoded).toMatchObject({ kind: 'readings' })
    expect(decoded.kind === 'readings' && decoded.readings[0]?.time).toEqual(expected)
  })

  it.each(['tele/SENSOR', 'tele//SENSOR', 'plug/SENSOR', ''])('does not take %j for its own topic', topic => {
    expect(tasmota.addressOf(topic)).toBeUndefined()
  })
})
