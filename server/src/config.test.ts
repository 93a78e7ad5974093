import { describe, expect, test } from 'vitest'
import { readSettings } from './config.ts'

const read = (env: Record<string, string>) => readSettings(env, '/somewhere/server')

test('an empty environment is a server on this machine alone, without a demo, with the embedded store', () => {
  expect(read({})).toMatchObject({
    host: '127.0.0.1',
    httpPort: 8080,
    mqttUrl: 'mqtt://127.0.0.1:1883',
    demo: undefined,
    influx: undefined,
    ingestDistricts: undefined,
    timeZone: 'Asia/Shanghai',
    webDir: '/somewhere/web/dist',
  })
})

test('secrets and the demo fleet are below the data folder unless said otherwise', () => {
  expect(read({ DATA_DIR: '/data', DEMO: '1' })).toMatchObject({
    secretsDir: '/data/secrets',
    demo: { fleetFile: '/data/demo/fleet.json' },
  })
  expect(read({ DEMO: '1', SECRETS_DIR: '/s', DEMO_FLEET_FILE: '/f.json' })).toMatchObject({
    secretsDir: '/s',
    demo: { fleetFile: '/f.json' },
  })
})

test.each(['0.0.0.0', '::', '192.168.1.5', 'harbor.example'])('a demo refuses to listen on %s', HOST => {
  expect(() => read({ DEMO: '1', HOST })).toThrow(/^settings: HOST: DEMO=1 .*127\.0\.0\.1/)
  expect(read({ DEMO: '0', HOST }).host).toBe(HOST)
})

test.each(['127.0.0.1', '::1', 'localhost'])('a demo listens on %s', HOST => {
  expect(read({ DEMO: '1', HOST }).host).toBe(HOST)
})

test('in a container it is where the port is published that a demo looks at', () => {
  expect(read({ DEMO: '1', HOST: '0.0.0.0', HTTP_PUBLISHED_HOST: '127.0.0.1' }).host).toBe('0.0.0.0')
  expect(() => read({ DEMO: '1', HOST: '0.0.0.0', HTTP_PUBLISHED_HOST: '0.0.0.0' })).toThrow(
    /^settings: HTTP_PUBLISHED_HOST: DEMO=1 .*127\.0\.0\.1/,
  )
})

describe('a wrong value is named', () => {
  test.each([
    ['HTTP_PORT', '99999'],
    ['PUBLIC_URL', 'ftp://harbor.example'],
    ['MQTT_URL', 'http://127.0.0.1'],
    ['TILE_URL', 'https://tiles.example'],
    ['TZ_STATIONS', 'Mars/Olympus'],
    ['INGEST_DISTRICTS', '500103,yuzhong'],
    ['DEMO', 'yes'],
    ['INFLUX_URL', 'influx'],
  ])('%s=%s', (name, value) => expect(() => read({ [name]: value })).toThrow(new RegExp(`^settings: ${name}`)))

  test('InfluxDB without its organisation or bucket', () => {
    expect(() => read({ INFLUX_URL: 'http://127.0.0.1:8086' })).toThrow(/INFLUX_ORG.*INFLUX_BUCKET/)
  })
})

test('districts are separated by commas', () => {
  expect(read({ INGEST_DISTRICTS: '500103, 500112' }).ingestDistricts).toEqual(['500103', '500112'])
})
