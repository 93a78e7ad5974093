import { expect, test } from 'vitest'
import { z } from 'zod'
import { SettingsError, parseSettings, setting } from './settings.ts'

const schema = z.object({
  HTTP_PORT: setting.port(8080),
  MQTT_PORT: setting.port(1883),
  DEMO: setting.flag(true),
  LOG_LEVEL: setting.logLevel(),
  TZ_STATIONS: setting.timeZone(),
  HOST: setting.host(),
  DATA_DIR: setting.text('./data'),
})

test('without an environment every setting has its default, and the result is frozen', () => {
  const settings = parseSettings(schema, {})
  expect(settings).toEqual({
    HTTP_PORT: 8080,
    MQTT_PORT: 1883,
    DEMO: true,
    LOG_LEVEL: 'info',
    TZ_STATIONS: 'Asia/Shanghai',
    HOST: '127.0.0.1',
    DATA_DIR: './data',
  })
  expect(Object.isFrozen(settings)).toBe(true)
})

test('an empty variable counts as unset, and what is not a setting is not taken over', () => {
  expect(parseSettings(schema, { HTTP_PORT: '', DEMO: undefined, PATH: '/bin' })).toEqual(parseSettings(schema, {}))
})

test.each([
  ['0', 0],
  ['1', 1],
  ['65535', 65_535],
])('%s is a port', (text, port) => {
  expect(parseSettings(schema, { HTTP_PORT: text }).HTTP_PORT).toBe(port)
})

test.each([
  ['HTTP_PORT', '65536'],
  ['HTTP_PORT', '-1'],
  ['HTTP_PORT', '80a'],
  ['HTTP_PORT', '8e3'],
  ['HTTP_PORT', ' 80'],
  ['HTTP_PORT', '80.5'],
  ['DEMO', 'true'],
  ['DEMO', '2'],
  ['LOG_LEVEL', 'loud'],
  ['TZ_STATIONS', 'Chongqing'],
])('%s=%j is refused by name', (name, text) => {
  expect(() => parseSettings(schema, { [name]: text })).toThrow(
    new RegExp(`^settings: ${name}: expected|^settings: ${name}: Invalid`),
  )
})

test('all faults are told together, in one line, without the values', () => {
  const env = { HTTP_PORT: 's3cret', MQTT_PORT: 's3cret', DEMO: 's3cret', LOG_LEVEL: 's3cret', TZ_STATIONS: 's3cret' }
  const thrown = (() => {
    try {
      return parseSettings(schema, env)
    } catch (error) {
      return error
    }
  })() as SettingsError
  expect(thrown).toBeInstanceOf(SettingsError)
  expect(thrown.code).toBe('SETTINGS_INVALID')
  for (const name of Object.keys(env)) expect(thrown.message).toContain(`${name}: `)
  expect(thrown.message).not.toMatch(/\n|s3cret/)
})
