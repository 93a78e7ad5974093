import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DeviceSetup, type GatewayConfig, type Vendor, topicMatcher } from '@harbor/protocol'
import { deviceSetups } from '@harbor/protocol/device-setup'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAnnouncedDevices } from '../gateway/src/decoders/homeassistant/announced-devices.ts'
import { DECODERS } from '../gateway/src/decoders/index.ts'
import { createAddressBook } from '../gateway/src/intake/address-book.ts'
import { createDispatcher } from '../gateway/src/intake/dispatch.ts'
import type { DeviceReading } from '../simulators/src/devices/device-reading.ts'
import type { Dialect } from '../simulators/src/devices/dialect.ts'
import { esphomeNode } from '../simulators/src/devices/esphome-node.ts'
import { shellyPlug } from '../simulators/src/devices/shelly-plug.ts'
import { tasmotaPlug } from '../simulators/src/devices/tasmota-plug.ts'
import { zigbeeCoordinator } from '../simulators/src/devices/zigbee-coordinator.ts'
import { esphomeConfig, esphomeObjects, speakerOf } from './set-up-speaker.ts'
import { sharedDataDir } from './system.ts'

type Devices = GatewayConfig['devices']

const setupsOf = (devices: Devices) => deviceSetups({ devices, timeZone: 'Asia/Shanghai' }, { host: '192.168.8.2' })
const bytes = (text: string) => new TextEncoder().encode(text)

/** What the gateway's own intake makes of messages: each reading's metric with the ids of the config that it goes to. */
function hear(devices: Devices, messages: readonly { topic: string; payload: string }[]): string[] {
  const book = createAddressBook(devices)
  const dispatch = createDispatcher({ book, announced: createAnnouncedDevices(), mappings: undefined })
  return messages.flatMap(({ topic, payload }) => {
    const { vendor, decoded } = dispatch(topic, bytes(payload))
    if (vendor === undefined || decoded.kind !== 'readings') return []
    return book
      .assign(vendor, decoded.readings)
      .flatMap(({ reading, devices: ids }) => ids.map(id => `${id} ${reading.metric} ${reading.value}`))
  })
}

const expectWithin = (setup: DeviceSetup, topics: readonly string[], way = setup.ways[0]) => {
  for (const topic of topics) {
    const isSaid = way?.topics.some(filter => topicMatcher(filter)(topic.split('/'))) === true
    expect([topic, isSaid]).toEqual([topic, true])
  }
}

describe('a device that took our text is heard under its id in the config', () => {
  const devices: Devices = [
    { id: 'fridge-plug', vendor: 'tasmota', address: 'st-1-fridge' },
    { id: 'ac-plug', vendor: 'shelly', address: 'st-1/ac' },
    { id: 'microwave-plug', vendor: 'zigbee2mqtt', address: '微波炉 插座' },
    { id: 'room', vendor: 'esphome', address: 'st-1/room' },
  ]
  const plug: DeviceReading = {
    kind: 'plug',
    on: true,
    powerW: 85,
    voltageV: 224.4,
    powerFactor: 0.72,
    currentA: 0.526,
    energyWh: 12_345.678,
  }
  const climate: DeviceReading = { kind: 'climate', temperatureC: 26, humidityPercent: 61 }
  const atMs = Date.parse('2026-11-23T04:00:05Z')
  const cases: { id: string; dialectOf: (address: string) => Dialect; reading: DeviceReading; expected: string }[] = [
    {
      id: 'fridge-plug',
      dialectOf: address => tasmotaPlug({ id: 'fridge-plug', address }, atMs),
      reading: plug,
      expected: 'power 85',
    },
    {
      id: 'ac-plug',
      dialectOf: address => shellyPlug({ id: 'ac-plug', address }, atMs),
      reading: plug,
      expected: 'power 85',
    },
    {
      id: 'microwave-plug',
      dialectOf: address => zigbeeCoordinator('gw', [{ id: 'm', address }]),
      reading: plug,
      expected: 'power 85',
    },
    { id: 'room', dialectOf: address => esphomeNode({ address }), reading: climate, expected: 'temperature 26' },
  ]

  test.each(cases)('$id, as the simulated device speaks', ({ id, dialectOf, reading, expected }) => {
    const setup = setupsOf(devices).find(one => one.devices.includes(id))
    const [way] = setup?.ways ?? []
    if (setup === undefined || way === undefined) throw new Error(`${id} is not set up`)
    // What the dialect is to be called follows from the text alone.
    const mark = 'MARK'
    const { topic } = speakerOf(setup, way)
    const sample = dialectOf(mark).report({ id, address: mark, reading }, undefined, atMs)
    const before = sample[0]?.topic.split(mark)[0] ?? ''
    const tail = sample[0]?.topic.split(`${mark}/`)[1] ?? ''
    const address = topic(tail).slice(before.length, tail === '' ? undefined : -tail.length - 1)
    const said = dialectOf(address).report({ id, address, reading }, undefined, atMs)
    expect(said.map(one => one.topic)).toContain(topic(tail))
    expect(hear(devices, said)).toContain(`${id} ${expected}`)
    expectWithin(
      setup,
      said.map(one => one.topic),
    )
  })

  const shared = sharedDataDir()
  if (shared === undefined)
    process.stderr.write('skipped: recorded messages on derived topics; there is no shared data\n')

  test
    .skipIf(shared === undefined)
    .each(['tasmota', 'shelly-gen1', 'shelly-gen2', 'shelly-gen3', 'esphome', 'zigbee2mqtt'])(
    'as real devices of %s were recorded: on the topics of our text they say what they said on their own',
    folder => {
      const vendor: Vendor = folder.startsWith('shelly') ? 'shelly' : (folder as Vendor)
      const decoder = DECODERS.find(one => one.vendor === vendor)
      const dir = join(shared ?? '', 'payloads', folder)
      let heard = 0
      for (const name of readdirSync(dir)) {
        const { topic, payload } = JSON.parse(readFileSync(join(dir, name), 'utf8')) as {
          topic: string
          payload: unknown
        }
        const own = decoder?.addressOf(topic)
        // Whose own topic has another order of levels than our text asks for speaks otherwise once it took it.
        if (own === undefined || typeof payload !== 'string' || (vendor === 'tasmota' && !/^(tele|stat)\//.test(topic)))
          continue
        // The coordinator is no device behind itself.
        if (own === 'bridge') continue
        const config = (base: string): Devices => [
          { id: 'it', vendor, address: base },
          ...[0, 1, 2, 3, 4].map(n => ({ id: `it-${n}`, vendor, address: `${base}#${n}` })),
        ]
        // A sensor that speaks through another device takes no text itself.
        if (setupsOf(config(own))[0]?.problem !== undefined) continue
        const tail = topic.slice(topic.indexOf(own) + own.length + 1)
        const before = hear(config(own), [{ topic, payload }])
        for (const address of [own, folder === 'shelly-gen1' ? 'shellies/our-name' : 'our-name']) {
          const [setup] = setupsOf(config(address))
          const [way] = setup?.ways ?? []
          if (setup === undefined || way === undefined) throw new Error(`there is no text for ${address}`)
          const speaker = speakerOf(setup, way)
          if (!speaker.says(tail)) continue
          const derived = speaker.topic(tail)
          const after = hear(config(address), [{ topic: derived, payload }])
          expect([name, address, ...after]).toEqual([name, address, ...before])
          if (before.length === 0) continue
          heard += 1
          expectWithin(setup, [derived], way)
        }
      }
      expect(heard).toBeGreaterThan(2)
    },
  )

  test('every object of every ESPHome board gives a reading, of the kind that the board is for', () => {
    const config: Devices = [{ id: 'node', vendor: 'esphome', address: 'st-1/node' }]
    const [setup] = setupsOf(config)
    const metrics = (setup?.ways ?? []).map(way => {
      const yaml = way.texts[0]?.text ?? ''
      const messages = esphomeObjects(esphomeConfig(yaml)).map(({ component, tail }) => ({
        topic: speakerOf({ vendor: 'esphome' }, way).topic(tail),
        payload: component === 'sensor' ? '21.5' : 'ON',
      }))
      if (setup !== undefined)
        expectWithin(
          setup,
          messages.map(one => one.topic),
          way,
        )
      return [way.key, ...hear(config, messages).map(line => line.split(' ')[1])]
    })
    expect(metrics).toEqual([
      ['esp32-climate', 'temperature', 'humidity'],
      ['esp32-fridge', 'temperature'],
      ['esp32-door', 'door'],
      ['esp32-leak', 'leak'],
      ['esp8266-plug', 'power', 'voltage', 'current', 'energy', 'relay'],
    ])
  })

  test('a sensor that the config names by itself speaks under that name', () => {
    const config: Devices = [
      { id: 'fridge', vendor: 'esphome', address: 'node/fridge_temperature' },
      { id: 'probe', vendor: 'tasmota', address: 'plug/DS18B20' },
      { id: 'second', vendor: 'tasmota', address: 'strip#2' },
    ]
    const [node, plugSetup, strip] = setupsOf(config)
    const board = node?.ways.find(({ key }) => key === 'esp32-fridge')
    if (node === undefined || board === undefined) throw new Error('there is no fridge board')
    const [object] = esphomeObjects(esphomeConfig(board.texts[0]?.text ?? ''))
    expect(hear(config, [{ topic: speakerOf(node, board).topic(object?.tail ?? ''), payload: '4.5' }])).toEqual([
      'fridge temperature 4.5',
    ])
    const topicOf = (setup: DeviceSetup | undefined, tail: string) => {
      const [way] = setup?.ways ?? []
      if (setup === undefined || way === undefined) throw new Error('there is no text')
      return speakerOf(setup, way).topic(tail)
    }
    expect(
      hear(config, [
        { topic: topicOf(plugSetup, 'SENSOR'), payload: '{"DS18B20":{"Temperature":4.5},"TempUnit":"C"}' },
        { topic: topicOf(strip, 'RESULT'), payload: '{"POWER2":"ON"}' },
      ]),
    ).toEqual(['probe temperature 4.5', 'second relay 1'])
  })

  const words = [
    'tele',
    'stat',
    'SENSOR',
    'events',
    'rpc',
    'status',
    'sensor',
    'set',
    'bridge',
    'shellies',
    'a',
    'plug-1',
    '港',
    'x y',
    '7',
    'l2',
  ]
  const levels = fc.array(fc.oneof(fc.constantFrom(...words), fc.stringMatching(/^[ -~]{1,8}$/)), {
    minLength: 1,
    maxLength: 3,
  })

  test('whatever address has a text is heard by it, and one that would not be heard has none', () => {
    const vendors = fc.constantFrom<Vendor>('tasmota', 'shelly', 'esphome', 'zigbee2mqtt')
    fc.assert(
      fc.property(vendors, levels, (vendor, parts) => {
        const address = parts.join('/').slice(0, 120)
        const config: Devices = [{ id: 'it', vendor, address }]
        const [setup] = setupsOf(config)
        if (setup === undefined || address === 'bridge') return
        // The text is for the whole device; one sensor inside it speaks in its own way.
        fc.pre(setup.address === address)
        for (const way of setup.ways) {
          const { topic } = speakerOf(setup, way)
          const message = {
            tasmota: { topic: topic('SENSOR'), payload: '{"ENERGY":{"Power":85}}' },
            shelly:
              way.key === 'gen1'
                ? { topic: topic('relay/0/power'), payload: '85' }
                : {
                    topic: topic('events/rpc'),
                    payload: '{"method":"NotifyStatus","params":{"ts":1,"switch:0":{"apower":85}}}',
                  },
            esphome: { topic: topic('sensor/power/state'), payload: '85' },
            zigbee2mqtt: { topic: topic(''), payload: '{"power":85}' },
          }[vendor as 'tasmota']
          expect([way.key, ...hear(config, [message])]).toEqual([way.key, 'it power 85'])
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('a line for the shell is the same words in a shell', () => {
    const name = fc.array(
      fc.oneof(
        fc.constantFrom("'", '"', '`', '$(id)', '\\', ' ', '!', '\n', 'a'),
        fc.string({ unit: 'binary', maxLength: 2 }),
      ),
      { minLength: 1, maxLength: 6 },
    )
    fc.assert(
      fc.property(name, parts => {
        const wifi = { ssid: 'net', passphrase: `${parts.join('').replaceAll(/[^\x20-\x7e]/g, '')}12345678` }
        const [setup] = deviceSetups(
          { devices: [{ id: 'it', vendor: 'shelly', address: parts.join('').slice(0, 100) || 'x' }], timeZone: 'UTC' },
          { wifi },
        )
        const way = setup?.ways.find(({ key }) => key === 'gen2')
        if (way === undefined) return
        const text = (key: string) => way.texts.find(one => one.key === key)?.text ?? ''
        // A shell that has a function in curl's place prints what curl would get.
        const script = `curl() { for word; do printf '%s\\0' "$word"; done; }\n${text('curl')}`
        const { stdout, status } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
        expect(status).toBe(0)
        expect(stdout.split('\0').slice(0, -1)).toEqual(
          text('rpc')
            .split('\n')
            .flatMap(line => ['-sS', '-X', 'POST', '-d', line, 'http://DEVICE-ADDRESS/rpc']),
        )
      }),
      { numRuns: 60 },
    )
  })
})
