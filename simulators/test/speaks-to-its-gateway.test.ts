import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fleet } from '@harbor/protocol'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildDemoFleet } from '../src/fleet/demo-fleet.ts'
import { parsePlaces } from '../src/fleet/places.ts'
import { createFaultBoard } from '../src/faults/fault-board.ts'
import { type Simulation, createSimulation } from '../src/simulation.ts'
import { type LanBroker, startLanBroker } from './lan-broker.ts'

const GATEWAY = 'gw-500103-01'
const STATION = 'cq-500103-01'
/** One Zigbee coordinator, and one client for each of the five devices on WiFi. */
const CLIENTS = 6

const all = buildDemoFleet(parsePlaces(await readFile(new URL('../fleet/places.csv', import.meta.url), 'utf8')))
const fleet: Fleet = {
  ...all,
  stations: all.stations.filter(({ id }) => id === STATION),
  appliances: all.appliances.filter(({ station }) => station === STATION),
  gateways: all.gateways.filter(({ id }) => id === GATEWAY),
  devices: all.devices.filter(({ gateway }) => gateway === GATEWAY),
}
const addressOf = (name: string) => fleet.devices.find(({ id }) => id === `500103-01-${name}`)?.address ?? ''
const PATIENT = { timeout: 15_000, interval: 50 }

let folder: string
let broker: LanBroker
let simulation: Simulation

function simulate(): Simulation {
  const config = { fleet, gatewayDir: folder, metersFile: join(folder, 'meters.json'), seed: 'test', season: undefined }
  return createSimulation(config, { log: pino({ level: 'silent' }), clock: Date.now })
}

// One life for all tests: each begins with the station's devices connected.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'harbor-simulators-'))
  broker = await startLanBroker(folder, GATEWAY)
  simulation = simulate()
  await simulation.start()
})

afterAll(async () => {
  await simulation.stop()
  await broker.stop()
  await rm(folder, { recursive: true, force: true })
})

test('every device of a station connects, says that it is there and what it senses', async () => {
  const expected = [
    `tele/${addressOf('fridge-plug')}/LWT`,
    `tele/${addressOf('fridge-plug')}/SENSOR`,
    `tele/${addressOf('water-plug')}/SENSOR`,
    `${addressOf('fridge-temp')}/status`,
    `${addressOf('fridge-temp')}/sensor/temperature/state`,
    `${addressOf('ac-plug')}/online`,
    `${addressOf('ac-plug')}/events/rpc`,
    'zigbee2mqtt/bridge/state',
    'zigbee2mqtt/microwave_plug/availability',
    'zigbee2mqtt/microwave_plug',
    'zigbee2mqtt/room',
    'zigbee2mqtt/door',
    `${addressOf('people')}/sensor/people/state`,
  ]
  await vi.waitFor(() => expect([...broker.heard.keys()]).toEqual(expect.arrayContaining(expected)), PATIENT)
  expect(broker.connected()).toBe(CLIENTS)
  expect(Number(broker.heard.get(`${addressOf('fridge-temp')}/sensor/temperature/state`))).toBeLessThan(8)
})

test('a fault set from outside shows in the vendor’s own messages, and so does its repair', async () => {
  const board = createFaultBoard(fleet, simulation.stations)
  const power = `stat/${addressOf('fridge-plug')}/POWER`
  await vi.waitFor(() => expect(broker.heard.get(power)).toBe('ON'), PATIENT)
  expect(board.set({ station: STATION, appliance: 'fridge', fault: 'plug-off' })).toEqual({
    appliance: `${STATION}-fridge`,
    fault: 'plug-off',
    expect: 'expect plug_switched_off within 4 min',
  })
  expect(board.list()[0]?.appliances[0]).toMatchObject({ name: 'fridge', fault: 'plug-off' })
  await vi.waitFor(() => {
    expect(broker.heard.get(power)).toBe('OFF')
    expect(broker.heard.get(`tele/${addressOf('fridge-plug')}/SENSOR`)).toContain('"Power":0,')
  }, PATIENT)
  board.set({ station: STATION, appliance: `${STATION}-fridge`, fault: 'none' })
  await vi.waitFor(() => expect(broker.heard.get(power)).toBe('ON'), PATIENT)
})

test('a relay ordered off over the LAN goes off and says so', async () => {
  await vi.waitFor(() => expect(broker.heard.get('zigbee2mqtt/microwave_plug')).toContain('"state":"ON"'), PATIENT)
  await vi.waitFor(() => expect(broker.connected()).toBe(CLIENTS), PATIENT)
  await broker.publish('zigbee2mqtt/microwave_plug/set', '{"state":"OFF"}')
  const source = `${addressOf('ac-plug')}/rpc`
  await broker.publish(source, '{"id":7,"src":"bench","method":"Switch.Set","params":{"id":0,"on":false}}')
  await vi.waitFor(() => {
    expect(broker.heard.get('zigbee2mqtt/microwave_plug')).toContain('"state":"OFF"')
    expect(broker.heard.get(`${addressOf('ac-plug')}/events/rpc`)).toContain('"output":false')
    expect(JSON.parse(broker.heard.get('bench/rpc') ?? 'null')).toMatchObject({ id: 7, result: { was_on: true } })
  }, PATIENT)
})

test('devices follow their gateway to another port', async () => {
  await vi.waitFor(() => expect(broker.connected()).toBe(CLIENTS), PATIENT)
  await broker.stop()
  broker = await startLanBroker(folder, GATEWAY)
  await vi.waitFor(() => expect(broker.connected()).toBe(CLIENTS), PATIENT)
  await vi.waitFor(() => expect(broker.heard.get(`${addressOf('ac-plug')}/online`)).toBe('true'), PATIENT)
})

test('devices wait for a gateway that has no address yet, or an unreadable one', async () => {
  await writeFile(join(folder, GATEWAY, 'lan.json'), '{"url":')
  await simulation.stop()
  simulation = simulate()
  await simulation.start()
  await broker.stop()
  broker = await startLanBroker(folder, GATEWAY)
  await vi.waitFor(() => expect(broker.connected()).toBe(CLIENTS), PATIENT)
})

test('when the devices lose their power, their last wills are told', async () => {
  await vi.waitFor(() => expect(broker.heard.get(`${addressOf('people')}/status`)).toBe('online'), PATIENT)
  await vi.waitFor(() => expect(broker.connected()).toBe(CLIENTS), PATIENT)
  await simulation.stop()
  await vi.waitFor(() => {
    expect(broker.heard.get(`${addressOf('people')}/status`)).toBe('offline')
    expect(broker.heard.get(`tele/${addressOf('fridge-plug')}/LWT`)).toBe('Offline')
    expect(broker.heard.get(`${addressOf('ac-plug')}/online`)).toBe('false')
    expect(broker.heard.get('zigbee2mqtt/bridge/state')).toBe('{"state":"offline"}')
  }, PATIENT)
})
