import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readSettings } from './config.ts'
import { createHost } from './host.ts'
import { loadGateways } from './load-gateways.ts'

const CONFIG = {
  version: 1,
  gateway: 'gw-1',
  station: 'st-1',
  district: '500103',
  devices: [{ id: 'plug', vendor: 'tasmota', address: 'plug' }],
}

describe("the gateways' folder", () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gateways-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  const write = async (name: string, config: unknown, secret = 'b'.repeat(64)) => {
    await mkdir(join(dir, name), { recursive: true })
    await writeFile(join(dir, name, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config))
    await writeFile(join(dir, name, 'secret'), `${secret}\n`)
  }

  it('needs no secret of a gateway that has a certificate, but its key with it', async () => {
    await write('gw-1', CONFIG)
    await rm(join(dir, 'gw-1', 'secret'))
    await writeFile(join(dir, 'gw-1', 'client.pem'), 'certificate')
    await expect(loadGateways(dir)).rejects.toMatchObject({ code: 'GATEWAY_CERTIFICATE_INVALID' })
    await writeFile(join(dir, 'gw-1', 'client.key'), 'key')
    expect((await loadGateways(dir)).map(({ secret }) => secret)).toEqual([undefined])
  })

  it('gives every gateway in it with its config and secret', async () => {
    await write('gw-2', { ...CONFIG, gateway: 'gw-2' })
    await write('gw-1', CONFIG)
    await mkdir(join(dir, '.git'))
    const loaded = await loadGateways(dir)
    expect(
      loaded.map(({ config, secret, folder }) => [config.gateway, config.timeZone, secret?.length, folder]),
    ).toEqual([
      ['gw-1', 'Asia/Shanghai', 64, join(dir, 'gw-1')],
      ['gw-2', 'Asia/Shanghai', 64, join(dir, 'gw-2')],
    ])
  })

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /gw-1\/config\.json: expected JSON/],
    ['a missing field', { ...CONFIG, district: undefined }, /gw-1\/config\.json: district: /],
    [
      "another gateway's config",
      { ...CONFIG, gateway: 'gw-9' },
      /gw-1\/config\.json: gateway: expected "gw-1".*got "gw-9"/,
    ],
    [
      'a device twice',
      { ...CONFIG, devices: [CONFIG.devices[0], CONFIG.devices[0]] },
      /gw-1\/config\.json: devices: "plug" is there twice/,
    ],
    [
      'an address twice',
      { ...CONFIG, devices: [CONFIG.devices[0], { id: 'other', vendor: 'tasmota', address: 'plug' }] },
      /gw-1\/config\.json: devices: tasmota "plug" is there twice/,
    ],
    ['a zone that is none', { ...CONFIG, timeZone: 'Mars/Olympus' }, /gw-1\/config\.json: timeZone: /],
  ])('with %s stops the start and names the file', async (_what, config, message) => {
    await write('gw-1', config)
    await expect(loadGateways(dir)).rejects.toThrow(message)
  })

  it('with a bad secret names the file and not the secret', async () => {
    await write('gw-1', CONFIG, 'letmein')
    await expect(loadGateways(dir)).rejects.toThrow(/gw-1\/secret: expected 64 hexadecimal digits, got 7 characters$/)
  })

  it('that is empty or missing says what is expected', async () => {
    await expect(loadGateways(dir)).rejects.toThrow(/no gateway there; expected \{id\}\/config\.json/)
    await expect(loadGateways(join(dir, 'gone'))).rejects.toMatchObject({ code: 'GATEWAY_DIR_UNREADABLE' })
  })

  it('of two gateways cannot share one LAN port', async () => {
    await write('gw-1', CONFIG)
    await write('gw-2', { ...CONFIG, gateway: 'gw-2' })
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const host = createHost(
      {
        gatewayDir: dir,
        host: '127.0.0.1',
        lanPort: 1883,
        mqttUrl: 'mqtt://127.0.0.1:1',
        configTrialMs: 300_000,
        outboxBytes: 2 ** 20,
        backlogReadingsPerS: 100,
        version: 'test',
      },
      { clock: Date.now, stopwatch: () => performance.now(), random: Math.random, log },
    )
    await expect(host.start()).rejects.toMatchObject({ code: 'GATEWAY_PORT_SHARED' })
    await host.stop()
  })
})

describe('the settings', () => {
  it('have defaults that work', () => {
    expect(readSettings({})).toMatchObject({
      HOST: '127.0.0.1',
      gatewayDir: 'data/gateways',
      MQTT_URL: 'mqtt://127.0.0.1:1883',
      GATEWAY_LAN_PORT: 1883,
      GATEWAY_OUTBOX_MB: 512,
      GATEWAY_BACKLOG_READINGS_PER_S: 2_000,
    })
    expect(readSettings({ DATA_DIR: '/var/lib/harbor' }).gatewayDir).toBe('/var/lib/harbor/gateways')
  })

  it.each([
    ['MQTT_URL', '127.0.0.1:1883'],
    ['GATEWAY_LAN_PORT', '70000'],
    ['GATEWAY_OUTBOX_MB', '0'],
    ['GATEWAY_BACKLOG_READINGS_PER_S', '-1'],
  ])('%s=%s stops the start and is named', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(name)
  })
})
