import { describe, expect, it } from 'vitest'
import { bytes, told } from './readings.test-support.ts'
import { zigbee2mqtt } from './zigbee2mqtt.ts'

const PLUG = 'zigbee2mqtt/plug'

describe('Zigbee2MQTT', () => {
  it.each<[string, string, unknown, string[]]>([
    [
      'a plug; energy is kWh',
      PLUG,
      {
        state: 'ON',
        power: 501,
        voltage: 229,
        current: 2.19,
        energy: 1.92,
        linkquality: 102,
        child_lock: 'UNLOCK',
        update: { state: null },
      },
      ['plug relay 1', 'plug power 501', 'plug voltage 229', 'plug current 2.19', 'plug energy 1920'],
    ],
    [
      'a plug of two sockets',
      PLUG,
      { state_l1: 'ON', state_l2: 'OFF', power_l2: 3, energy_l1: 0.5 },
      ['plug#1 relay 1', 'plug#2 relay 0', 'plug#2 power 3', 'plug#1 energy 500'],
    ],
    ['an endpoint under its own topic', 'zigbee2mqtt/strip/l2', { state: 'ON' }, ['strip#2 relay 1']],
    [
      'climate',
      PLUG,
      { temperature: -0.85, humidity: 44.72, pressure: 1004.1 },
      ['plug temperature -0.85', 'plug humidity 44.72', 'plug pressure 1004.1'],
    ],
    ['an open door: no contact', PLUG, { contact: false }, ['plug door 1']],
    [
      'a closed door: contact',
      PLUG,
      { contact: true, battery: 100, voltage: 3085 },
      ['plug door 0', 'plug battery 100'],
    ],
    ['a leak', PLUG, { water_leak: true, battery_low: false, battery: 91 }, ['plug leak 1', 'plug battery 91']],
    ['occupancy', PLUG, { occupancy: true, illuminance: 60 }, ['plug occupancy 1', 'plug illuminance 60']],
    [
      'mmWave presence, which goes before a motion flag',
      PLUG,
      { presence: true, occupancy: false },
      ['plug occupancy 1'],
    ],
    ['lux, not the raw figure beside it', PLUG, { illuminance: 18_000, illuminance_lux: 62 }, ['plug illuminance 62']],
    ['smoke and tamper', PLUG, { smoke: false, tamper: true }, ['plug smoke 0', 'plug tamper 1']],
    ['availability as JSON', `${PLUG}/availability`, { state: 'offline' }, ['plug online 0']],
    ['availability as text', `${PLUG}/availability`, 'online', ['plug online 1']],
    ["the bridge's state as text, of the bridge alone", 'zigbee2mqtt/bridge/state', 'offline', ['bridge online 0']],
    ["the bridge's state as JSON", 'zigbee2mqtt/bridge/state', { state: 'online' }, ['bridge online 1']],
    ['a friendly name of several levels', 'zigbee2mqtt/kitchen/fridge', { power: 1 }, ['kitchen/fridge power 1']],
    ['one attribute under its own topic', `${PLUG}/temperature`, '21.5', ['plug temperature 21.5']],
    ['another base topic', 'home/plug', { power: 1 }, ['plug power 1']],
  ])('reads %s', (...[, topic, payload, expected]) => {
    expect(told(zigbee2mqtt, topic, payload)).toEqual(expected)
  })

  it.each<[string, string, unknown, string[]]>([
    ['the millivolts of a cell', PLUG, { battery: null, voltage: 3045 }, ['ignored']],
    ['the millivolts of a cell without its charge', PLUG, { voltage: 3045 }, ['rejected out_of_range']],
    ['the volts of a cell', PLUG, { voltage: 3 }, ['ignored']],
    ['link quality, which is no dBm', PLUG, { linkquality: 99 }, ['ignored']],
    ['values not known yet', PLUG, { state: null, power: null, temperature: null }, ['ignored']],
    ["a cover's state", PLUG, { state: 'OPEN', position: 10 }, ['ignored']],
    ['named endpoints, whose numbers nobody says', PLUG, { state_left: 'ON' }, ['ignored']],
    ['a command', `${PLUG}/set`, { state: 'ON' }, ['ignored']],
    ["an endpoint's command", `${PLUG}/l1/set`, 'ON', ['ignored']],
    ['a query', `${PLUG}/get`, { state: '' }, ['ignored']],
    ["another bridge's state", 'zigbee2mqtt/bridge/state', 'maybe', ['rejected wrong_type']],
    ["the bridge's log", 'zigbee2mqtt/bridge/logging', { level: 'info' }, ['ignored']],
    ["the bridge's devices", 'zigbee2mqtt/bridge/devices', '[]', ['ignored']],
    ['an attribute without a metric', `${PLUG}/action`, 'single', ['ignored']],
    ['broken JSON', PLUG, '{"power":', ['rejected not_json']],
    ['broken JSON under a name of several levels', 'zigbee2mqtt/kitchen/fridge', '{"power":', ['rejected not_json']],
    ['a bare word', PLUG, 'ON', ['rejected not_json']],
    ['text for a number', PLUG, { power: 'high' }, ['rejected wrong_type']],
    ['text for a state', PLUG, { contact: 'open' }, ['rejected wrong_type']],
    ['an absurd temperature', PLUG, { temperature: 850 }, ['rejected out_of_range']],
    ['another availability', `${PLUG}/availability`, 'maybe', ['rejected wrong_type']],
  ])('makes no wrong value of %s', (...[, topic, payload, expected]) => {
    expect(told(zigbee2mqtt, topic, payload)).toEqual(expected)
  })

  it.each<[unknown, unknown]>([
    ['2026-07-30T12:00:05+08:00', { kind: 'utc', atMs: Date.UTC(2026, 6, 30, 4, 0, 5) }],
    ['2026-07-30T04:00:05.123Z', { kind: 'utc', atMs: Date.UTC(2026, 6, 30, 4, 0, 5, 123) }],
    [1_785_398_400_560, { kind: 'utc', atMs: 1_785_398_400_560 }],
    ['2026-07-30 12:00', undefined],
    [null, undefined],
    [undefined, undefined],
  ])('dates a message by last_seen %j', (last_seen, expected) => {
    const decoded = zigbee2mqtt.decode(PLUG, bytes({ last_seen, power: 1 }))
    expect(decoded.kind === 'readings' && decoded.readings[0]?.time).toEqual(expected)
  })
})
