import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { DeviceReading } from '../src/devices/device-reading.ts'
import type { Message } from '../src/devices/dialect.ts'
import { shellyPlug } from '../src/devices/shelly-plug.ts'
import { tasmotaPlug } from '../src/devices/tasmota-plug.ts'
import { zigbeeCoordinator } from '../src/devices/zigbee-coordinator.ts'

/** Real messages of the vendors' devices. They may not be shipped, so they are read where they are kept. */
const shared = process.env['HARBOR_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))
const payloads = join(shared, 'payloads')
const missing = !existsSync(payloads)
if (missing) process.stderr.write(`payload shapes: skipped, ${payloads} is missing (set HARBOR_SHARED_DATA)\n`)

const NOW = Date.parse('2026-07-30T04:00:05.250Z')
const reading: DeviceReading = {
  kind: 'plug',
  on: true,
  powerW: 85,
  voltageV: 224.4,
  powerFactor: 0.72,
  currentA: 0.53,
  energyWh: 7_258,
}
const plug = { id: 'plug', address: 'device-1' }

async function sample(file: string): Promise<{ topic: string; payload: string }> {
  return JSON.parse(await readFile(join(payloads, file), 'utf8')) as { topic: string; payload: string }
}

/** Where `ours` has another type than `theirs`, or a field that theirs does not know. */
function differences(ours: unknown, theirs: unknown, path = ''): string[] {
  const kind = (value: unknown) => (Array.isArray(value) ? 'list' : typeof value)
  if (kind(ours) !== kind(theirs)) return [`${path}: ${kind(ours)}, theirs is ${kind(theirs)}`]
  if (Array.isArray(ours) && Array.isArray(theirs)) return differences(ours[0], theirs[0], `${path}[0]`)
  if (typeof ours !== 'object' || ours === null || typeof theirs !== 'object' || theirs === null) return []
  return Object.entries(ours).flatMap(([key, value]) =>
    Object.hasOwn(theirs, key)
      ? differences(value, (theirs as Record<string, unknown>)[key], `${path}.${key}`)
      : [`${path}.${key}: not in theirs`],
  )
}

/** A topic with its device's name taken out. */
const shapeOf = (topic: string, device: string) => topic.replace(device, '{device}')

const tasmota = tasmotaPlug(plug, NOW - 60_000)
const shelly = shellyPlug(plug, NOW - 60_000)
const zigbee = zigbeeCoordinator('gw', [plug])
const sensed = { ...plug, reading }
const find = (messages: readonly Message[], ending: string) => messages.find(({ topic }) => topic.endsWith(ending))

test.skipIf(missing).each([
  {
    what: 'Tasmota STATE',
    file: 'tasmota/003-tasmota-STATE.json',
    device: 'tasmota',
    message: find(tasmota.report(sensed, reading, NOW), '/STATE'),
    // Firmware after the sample's says these as well.
    newer: ['.Wifi.Mode: not in theirs', '.Wifi.Signal: not in theirs'],
  },
  {
    what: 'Shelly full status',
    file: 'shelly-gen2/047-Shelly-Plus-Plug-S-events-rpc.json',
    device: 'shellyplusplugs-aabbccddeeff',
    message: find(shelly.hello([sensed], NOW), '/rpc'),
    newer: [],
  },
  {
    what: 'Shelly delta',
    file: 'shelly-gen2/025-Shelly-Plus-1PM-events-rpc.json',
    device: 'shellyplus1pm-aabbccddeeff',
    message: find(shelly.report(sensed, reading, NOW), '/rpc'),
    newer: [],
  },
  {
    what: 'Zigbee2MQTT plug',
    file: 'zigbee2mqtt/309-TS011F-plug-zigbee2mqtt-plug.json',
    device: 'plug',
    message: find(zigbee.report(sensed, undefined, NOW), '/device-1'),
    newer: [],
  },
])('$what has the topic and the fields of a real device', async ({ file, device, message, newer }) => {
  const real = await sample(file)
  expect(shapeOf(message?.topic ?? '', 'device-1')).toBe(shapeOf(real.topic, device))
  expect(differences(JSON.parse(message?.payload ?? 'null'), JSON.parse(real.payload))).toEqual(newer)
})

test.skipIf(missing)('Tasmota’s ENERGY block has the fields of a metering plug', async () => {
  const real = JSON.parse((await sample('tasmota/337-pow1-STATUS8.json')).payload) as { StatusSNS: object }
  const ours = find(tasmota.report(sensed, reading, NOW), '/SENSOR')
  expect(differences(JSON.parse(ours?.payload ?? 'null'), real.StatusSNS)).toEqual([])
})

test.skipIf(missing).each([
  ['tasmota/099-demo-sensor-LWT.json', 'demo-sensor', find(tasmota.hello([], NOW), '/LWT')],
  [
    'shelly-gen2/049-Shelly-Plus-Plug-S-shellyplusplugs-aabbccddeeff-online.json',
    'shellyplusplugs-aabbccddeeff',
    find(shelly.hello([], NOW), '/online'),
  ],
  ['zigbee2mqtt/303-bridge-state.json', 'none', zigbee.will],
  ['zigbee2mqtt/025-remote-availability.json', 'remote', find(zigbee.hello([sensed], NOW), '/availability')],
])('presence is told as in %s', async (file, device, message) => {
  const real = await sample(file)
  expect({ topic: shapeOf(message?.topic ?? '', 'device-1'), payload: message?.payload }).toEqual({
    topic: shapeOf(real.topic, device),
    payload: real.payload,
  })
})
