import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, parseDocument } from 'yaml'
import { wifiSchema } from '../bundles.ts'
import { type DeviceSetup, deviceSetupSchema, setupHostSchema } from '../device-setup.ts'
import type { Vendor } from '../registry.ts'
import { type DeviceSetupOptions, deviceSetups } from './device-setups.ts'

/** What ends a word, a line or a value somewhere. */
const NASTY = [
  ...'\'"`\\;#$%&|<>(){}[]*?!~^=:,@+ \t\r\n\0/-_.',
  '\u0085',
  '\u2028',
  '\u00ad',
  '\ufeff',
  '\ud800',
  '港',
  '${x}',
  '$(id)',
  '!secret x',
  ': ',
  ' #',
  '\n  evil: true\n',
  "'; rm -rf ~; '",
  '" %\n#include "x',
  '??/',
]
const hostile = (max: number) =>
  fc
    .array(
      fc.oneof(fc.constantFrom(...NASTY), fc.constantFrom(...'abcXYZ019'), fc.string({ unit: 'binary', maxLength: 3 })),
      {
        minLength: 1,
        maxLength: max,
      },
    )
    .map(parts => parts.join('').slice(0, 120))
    .filter(text => text !== '')
const address = fc.oneof(hostile(12), hostile(2), fc.stringMatching(/^[a-z0-9_.-]{1,32}$/))
const wifi = fc.option(
  fc
    .record({ ssid: hostile(5), passphrase: fc.stringMatching(/^[\x20-\x7e]{8,63}$/) })
    .filter(value => wifiSchema.safeParse(value).success),
  { nil: undefined },
)
const host = fc.constantFrom('192.168.8.2', 'gateway.lan')

const setupOf = (vendor: Vendor, at: string, options: DeviceSetupOptions = {}): DeviceSetup => {
  const [setup, ...more] = deviceSetups(
    { devices: [{ id: 'd', vendor, address: at }], timeZone: 'Asia/Shanghai' },
    { host: '192.168.8.2', ...options },
  )
  expect(more).toEqual([])
  return deviceSetupSchema.parse(setup)
}
const textOf = (setup: DeviceSetup, way: string, key: string): string => {
  const text = setup.ways.find(one => one.key === way)?.texts.find(one => one.key === key)?.text
  if (text === undefined) throw new Error(`${way} has no ${key}`)
  return text
}
/** Every text of a vendor, for any input: read back by the reader of its format, it says what was to be said and nothing else. */
const expectAlways = (vendor: Vendor, check: (setup: DeviceSetup, options: DeviceSetupOptions) => void) =>
  fc.assert(
    fc.property(address, host, wifi, (at, hostName, wifiValue) => {
      const options = { host: hostName, wifi: wifiValue }
      const setup = setupOf(vendor, at, options)
      expect(setup.ways.length === 0).toBe(setup.problem !== undefined)
      if (setup.ways.length > 0) check(setup, options)
    }),
    { numRuns: 500 },
  )

/** As Tasmota's console takes it: at every semicolon, blanks cut off. */
const commandsOf = (backlog: string) => {
  expect(backlog).toMatch(/^Backlog [^\r\n]+$/)
  return backlog
    .slice('Backlog '.length)
    .split(';')
    .map(command => /^(\S+) ?(.*)$/.exec(command.trim())?.slice(1) as [string, string])
}

const COMMANDS =
  'MqttHost MqttPort MqttUser MqttPassword Prefix1 Prefix2 Prefix3 FullTopic Topic TelePeriod PowerDelta WattRes EnergyRes CurRes Timezone SetOption52 SetOption3'.split(
    ' ',
  )

describe('whatever an address or a Wi-Fi is called', () => {
  test("a Backlog has the same commands, and the Topic is the address' own", () => {
    expectAlways('tasmota', (setup, { host: hostName, wifi: wifiValue }) => {
      const backlog = textOf(setup, 'tasmota', 'backlog')
      const commands = commandsOf(backlog)
      const names = commands.map(([name]) => name)
      expect(names).toEqual([...(wifiValue === undefined ? [] : ['SSId1', 'Password1']), ...COMMANDS])
      expect(Object.fromEntries(commands)).toMatchObject({
        Topic: setup.address,
        MqttHost: hostName,
        Timezone: '+08:00',
        ...(wifiValue !== undefined && { SSId1: wifiValue.ssid, Password1: wifiValue.passphrase }),
      })
      const url = new URL(textOf(setup, 'tasmota', 'url'))
      expect([...url.searchParams]).toEqual([['cmnd', backlog]])
      expect(url.hash).toBe('')
      const defines = textOf(setup, 'tasmota', 'override')
        .split('\n')
        .filter(line => !/^#undef [A-Z0-9_]+$/.test(line) && line !== '')
        .map(line => /^#define ([A-Z0-9_]+) (?:(\d+)|"((?:[^"\\]|\\.)*)")$/.exec(line)?.slice(1) ?? line)
      const values = Object.fromEntries(
        defines.map(([name, number, text]) => [name, number ?? text?.replaceAll(/\\(.)/g, '$1')]),
      )
      expect(values).toMatchObject({
        MQTT_TOPIC: setup.address,
        ...(wifiValue !== undefined && { STA_SSID1: wifiValue.ssid, STA_PASS1: wifiValue.passphrase }),
      })
    })
  })

  test('Shelly RPC is one JSON a line, and its addresses are addresses', () => {
    expectAlways('shelly', (setup, { wifi: wifiValue }) => {
      const lines = textOf(setup, 'gen2', 'rpc').split('\n')
      const calls = lines.map(line => JSON.parse(line) as { method: string; params: { config?: object } })
      expect(calls.map(({ method }) => method)).toEqual([
        ...(wifiValue === undefined ? [] : ['WiFi.SetConfig']),
        'MQTT.SetConfig',
        'Shelly.Reboot',
      ])
      expect(calls.at(-2)?.params.config).toMatchObject({ topic_prefix: setup.address, enable: true, rpc_ntf: true })
    })
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_.-]{1,40}$/), wifi, (id, wifiValue) => {
        const urls = textOf(setupOf('shelly', `shellies/${id}`, { wifi: wifiValue }), 'gen1', 'settings')
          .split('\n')
          .map(line => new URL(line))
        expect(urls[0]?.searchParams.get('mqtt_id')).toBe(id)
        expect(urls.map(({ pathname }) => pathname)).toEqual([
          '/settings',
          ...(wifiValue === undefined ? [] : ['/settings/sta']),
          '/reboot',
        ])
        const network = Object.fromEntries(
          urls.find(({ pathname }) => pathname === '/settings/sta')?.searchParams ?? [],
        )
        expect(network).toEqual(
          wifiValue === undefined ? {} : { enabled: '1', ssid: wifiValue.ssid, key: wifiValue.passphrase },
        )
      }),
    )
  })

  test.each(['1.1', '1.2'] as const)('ESPHome and Zigbee2MQTT read in YAML %s what was meant', version => {
    expectAlways('esphome', (setup, { wifi: wifiValue, host: hostName }) => {
      for (const { key } of setup.ways) {
        const text = textOf(setup, key, 'yaml')
        const document = parseDocument(text, {
          version,
          customTags: [{ tag: '!secret', resolve: (name: string) => `secret ${name}` }],
        })
        expect(document.errors).toEqual([])
        const config = document.toJS() as Record<string, Record<string, unknown>>
        expect(config['mqtt']).toEqual({ broker: hostName, port: 1883, topic_prefix: setup.address, discovery: true })
        const isPlain = wifiValue !== undefined && !/\$/.test(wifiValue.ssid + wifiValue.passphrase)
        expect(config['wifi']).toEqual(
          isPlain
            ? { ssid: wifiValue.ssid, password: wifiValue.passphrase }
            : { ssid: 'secret wifi_ssid', password: 'secret wifi_password' },
        )
        expect(config['esphome']).toEqual({ name: expect.stringMatching(/^[a-z0-9]([a-z0-9-]{0,29}[a-z0-9])?$/) })
        expect(config).not.toHaveProperty('evil')
      }
    })
    expectAlways('zigbee2mqtt', setup => {
      if (setup.address === 'bridge') return
      const { devices } = parse(textOf(setup, 'zigbee2mqtt', 'device'), { version }) as {
        devices: Record<string, { friendly_name: string }>
      }
      expect(Object.values(devices)).toEqual([{ friendly_name: setup.address, retain: false }])
      expect(JSON.parse(textOf(setup, 'zigbee2mqtt', 'rename'))).toMatchObject({ to: setup.address })
    })
  })

  test('a gateway is named by a host or an address, and by nothing that would end a word', () => {
    for (const good of ['192.168.8.2', 'gateway.lan', 'gw-1', 'GATEWAY-ADDRESS'])
      expect(setupHostSchema.safeParse(good).success).toBe(true)
    fc.assert(
      fc.property(hostile(6), text => {
        fc.pre(/[^A-Za-z0-9.-]/.test(text))
        expect(setupHostSchema.safeParse(text).success).toBe(false)
      }),
    )
  })
})

describe('the entries', () => {
  test('are one for each physical device, in the order of the config, with all that the config calls it', () => {
    const devices = [
      { id: 'strip-1', vendor: 'tasmota', address: 'strip#1' },
      { id: 'strip-2', vendor: 'tasmota', address: 'strip#2' },
      { id: 'fridge', vendor: 'tasmota', address: 'strip/DS18B20' },
      { id: 'probe', vendor: 'shelly', address: 'shellies/uni-1/ext_temperature/0' },
      { id: 'uni', vendor: 'shelly', address: 'shellies/uni-1' },
      { id: 'room', vendor: 'esphome', address: 'room/fridge_temperature' },
      { id: 'node', vendor: 'esphome', address: 'floor1/room' },
      { id: 'zb', vendor: 'zigbee2mqtt', address: 'kitchen/fridge' },
    ] as const
    const setups = deviceSetups({ devices: [...devices], timeZone: 'Asia/Shanghai' })
    expect(setups.map(({ address: at, devices: ids }) => [at, ids])).toEqual([
      ['strip', ['strip-1', 'strip-2', 'fridge']],
      ['shellies/uni-1', ['probe', 'uni']],
      ['room', ['room']],
      ['floor1/room', ['node']],
      ['kitchen/fridge', ['zb']],
    ])
    // A sensor that the config names by itself is named so on the node.
    const room = setups[2]
    expect(room === undefined ? '' : textOf(room, 'esp32-climate', 'yaml')).toContain('name: fridge_temperature')
  })

  test('say how often to report: as often as the device that is to do so most', () => {
    const [setup] = deviceSetups({
      devices: [
        { id: 'a', vendor: 'tasmota', address: 'strip#1', reportEveryS: 60 },
        { id: 'b', vendor: 'tasmota', address: 'strip#2', reportEveryS: 20 },
      ],
      timeZone: 'Asia/Shanghai',
    })
    const period = (of: DeviceSetup) => new Map(commandsOf(textOf(of, 'tasmota', 'backlog'))).get('TelePeriod')
    expect(setup && period(setup)).toBe('20')
    // The shortest that Tasmota knows.
    const [fast] = deviceSetups({
      devices: [{ id: 'a', vendor: 'tasmota', address: 'x', reportEveryS: 1 }],
      timeZone: 'Asia/Shanghai',
    })
    expect(fast && period(fast)).toBe('10')
  })

  test.each([
    ['Europe/Berlin', undefined],
    ['Asia/Urumqi', '+06:00'],
    ['America/Phoenix', '-07:00'],
    ['Etc/UTC', '+00:00'],
    ['nowhere', undefined],
  ])('tell Tasmota a zone only where it is the same all year: %s', (timeZone, expected) => {
    const [setup] = deviceSetups({ devices: [{ id: 'a', vendor: 'tasmota', address: 'x' }], timeZone })
    const commands = new Map(commandsOf(setup === undefined ? '' : textOf(setup, 'tasmota', 'backlog')))
    expect(commands.get('Timezone')).toBe(expected)
  })

  test('name a place for the gateway that nobody takes for one, while it is not known', () => {
    const [setup] = deviceSetups({
      devices: [{ id: 'a', vendor: 'tasmota', address: 'x' }],
      timeZone: 'Asia/Shanghai',
      lanPort: 1884,
    })
    expect(setup && textOf(setup, 'tasmota', 'backlog')).toContain('MqttHost GATEWAY-ADDRESS; MqttPort 1884')
  })

  test.each([
    ['tasmota', '1'],
    ['tasmota', 'tasmotas'],
    ['tasmota', 'DVES_1234AB_fb'],
    ['tasmota', 'a;Reset 1'],
    ['shelly', 'a/events/b'],
    ['shelly', '$SYS'],
    ['shelly', 'AA:BB:CC:DD:EE:FF'],
    ['esphome', 'a/sensor/b'],
    ['esphome', '${password}'],
    ['zigbee2mqtt', 'fridge/set'],
    ['zigbee2mqtt', 'fridge/4'],
    ['zigbee2mqtt', 'bridge/x'],
    ['chirpstack', '24e124128c123456'],
    ['homeassistant', 'thing'],
    ['mapping', 'meter'],
  ] as const)('say why there is no text for %s "%s"', (vendor, at) => {
    const { problem } = setupOf(vendor, at)
    expect(problem?.zh).toMatch(/[一-鿿]/)
    expect(problem?.en).toMatch(/[a-z]/)
  })
})
