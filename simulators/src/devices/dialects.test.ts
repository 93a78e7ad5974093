import { expect, test } from 'vitest'
import type { DeviceReading } from './device-reading.ts'
import { isNews } from './device-reading.ts'
import type { Message } from './dialect.ts'
import { esphomeNode } from './esphome-node.ts'
import { roleOf } from './roles.ts'
import { shellyPlug } from './shelly-plug.ts'
import { tasmotaPlug } from './tasmota-plug.ts'
import { zigbeeCoordinator } from './zigbee-coordinator.ts'

const NOW = Date.parse('2026-07-30T04:00:05.250Z')
const plug = (changes: Partial<Extract<DeviceReading, { kind: 'plug' }>> = {}): DeviceReading => ({
  kind: 'plug',
  on: true,
  powerW: 85,
  voltageV: 224.4,
  powerFactor: 0.72,
  currentA: 0.526,
  energyWh: 12_345.678,
  ...changes,
})
const id = '500103-01-fridge-plug'
const json = (message: Message | undefined) => JSON.parse(message?.payload ?? 'null') as Record<string, unknown>

test('Tasmota counts kWh, tells local time without a zone, and its last will is text', () => {
  const address = 'tasmota_527654'
  const dialect = tasmotaPlug({ id, address }, NOW - 3_723_000)
  expect(dialect.will).toEqual({ topic: 'tele/tasmota_527654/LWT', payload: 'Offline', retain: true })
  const [state, sensor] = dialect.report({ id, address, reading: plug() }, plug(), NOW)
  expect(state?.topic).toBe('tele/tasmota_527654/STATE')
  expect(json(state)).toMatchObject({
    Time: '2026-07-30T12:00:05',
    Uptime: '0T01:02:03',
    UptimeSec: 3_723,
    POWER: 'ON',
  })
  expect(sensor?.topic).toBe('tele/tasmota_527654/SENSOR')
  // 85 W at a factor of 0.72 are 118.1 VA.
  expect(json(sensor)['ENERGY']).toMatchObject({
    Total: 12.346,
    Power: 85,
    ApparentPower: 118.1,
    Factor: 0.72,
    Voltage: 224,
    Current: 0.526,
  })
})

test('Tasmota says at once that its relay was switched, in both words', () => {
  const address = 'tasmota_527654'
  const dialect = tasmotaPlug({ id, address }, NOW)
  const said = dialect.report({ id, address, reading: plug({ on: false, powerW: 0 }) }, plug(), NOW)
  expect(said.slice(0, 2)).toEqual([
    { topic: 'stat/tasmota_527654/RESULT', payload: '{"POWER":"OFF"}' },
    { topic: 'stat/tasmota_527654/POWER', payload: 'OFF' },
  ])
})

test('Shelly tells all of itself once and then deltas without what has not changed', () => {
  const address = 'shellyplusplugs-a803495988ec'
  const dialect = shellyPlug({ id, address }, NOW)
  const [online, full] = dialect.hello([{ id, address, reading: plug() }], NOW)
  expect(online).toEqual({ topic: `${address}/online`, payload: 'true', retain: true })
  expect(json(full)).toMatchObject({
    src: address,
    dst: `${address}/events`,
    method: 'NotifyFullStatus',
    params: {
      ts: 1_785_384_005.25,
      'switch:0': { id: 0, output: true, apower: 85, voltage: 224.4, aenergy: { total: 12_345.678 } },
    },
  })
  const [delta] = dialect.report({ id, address, reading: plug({ powerW: 2 }) }, plug(), NOW)
  const { method, params } = json(delta) as { method: string; params: { 'switch:0': object } }
  expect(method).toBe('NotifyStatus')
  expect(params['switch:0']).toMatchObject({ id: 0, apower: 2 })
  expect(params['switch:0']).not.toHaveProperty('output')
  const [switched] = dialect.report({ id, address, reading: plug({ on: false }) }, plug(), NOW)
  expect(json(switched)).toMatchObject({ params: { 'switch:0': { output: false } } })
})

test('Zigbee2MQTT counts kWh in a plug, and its battery voltage is in millivolts', () => {
  const devices = [{ id, address: 'microwave_plug' }]
  const dialect = zigbeeCoordinator('gw-1', devices)
  expect(dialect.will).toEqual({ topic: 'zigbee2mqtt/bridge/state', payload: '{"state":"offline"}', retain: true })
  const [plugState] = dialect.report({ id, address: 'microwave_plug', reading: plug() }, undefined, NOW)
  expect(plugState?.topic).toBe('zigbee2mqtt/microwave_plug')
  expect(json(plugState)).toMatchObject({ state: 'ON', power: 85, energy: 12.35, voltage: 224, current: 0.53 })
  const [door] = dialect.report(
    { id: 'door', address: 'door', reading: { kind: 'contact', open: true } },
    undefined,
    NOW,
  )
  const { contact, voltage } = json(door)
  expect(contact).toBe(false) // no contact: the door is open
  expect(voltage).toBeGreaterThan(2_800)
})

test('ESPHome says one bare value a topic', () => {
  const address = 'people-9f5b3f'
  const dialect = esphomeNode({ address })
  expect(dialect.report({ id, address, reading: { kind: 'people', count: 3 } }, undefined, NOW)).toEqual([
    { topic: 'people-9f5b3f/sensor/people/state', payload: '3', retain: true },
  ])
  const climate: DeviceReading = { kind: 'climate', temperatureC: 25.96, humidityPercent: 61.24 }
  expect(dialect.report({ id, address, reading: climate }, undefined, NOW).map(({ payload }) => payload)).toEqual([
    '26.0',
    '61.2',
  ])
})

test.each([
  {
    dialect: tasmotaPlug({ id, address: 'tasmota_527654' }, NOW),
    topic: 'cmnd/tasmota_527654/POWER',
    off: 'off',
    other: 'toggle-x',
  },
  {
    dialect: shellyPlug({ id, address: 'shelly-1' }, NOW),
    topic: 'shelly-1/rpc',
    off: '{"id":1,"src":"harbor","method":"Switch.Set","params":{"id":0,"on":false}}',
    other: '{"id":1,"src":"harbor","method":"Shelly.Reboot"}',
  },
  {
    dialect: zigbeeCoordinator('gw', [{ id, address: 'plug' }]),
    topic: 'zigbee2mqtt/plug/set',
    off: '{"state":"OFF"}',
    other: '{',
  },
])('$topic orders a relay off in its vendor’s words, and what is no order does nothing', order => {
  const { dialect, topic, off, other } = order
  expect(dialect.understand(topic, off)).toMatchObject({ device: id, on: false })
  expect(dialect.understand(topic, other)).toBeUndefined()
})

test('meter noise is no news; 5 W or 5 percent, and the relay, are', () => {
  const told = (powerW: number) => plug({ powerW })
  expect(isNews(told(2), told(3.5))).toBe(false)
  expect(isNews(told(85), told(86))).toBe(false)
  expect(isNews(told(2), told(85))).toBe(true)
  expect(isNews(told(20), told(22))).toBe(true)
  expect(isNews(told(1_000), told(1_006))).toBe(true)
  expect(isNews(told(0), plug({ powerW: 0, on: false }))).toBe(true)
})

test('a device that cannot be simulated stops the start with its name', () => {
  expect(() => roleOf({ id: '500103-01-camera', vendor: 'shelly' })).toThrowError(/500103-01-camera.*fridge-plug/)
  expect(() => roleOf({ id: '500103-01-people', vendor: 'shelly' })).toThrowError(/people is simulated by esphome/)
})
