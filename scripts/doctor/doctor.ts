import { join, resolve } from 'node:path'
import { SettingsError, parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'
import { readSettings as readBroker } from '../../broker/src/config.ts'
import { readConfig as readNodeRed } from '../../node-red-flows/src/config.ts'
import { readSettings as readServer } from '../../server/src/config.ts'
import { ROOT } from '../child-process.ts'
import { lookAtClock } from './clock.ts'
import { lookAtCertificate, lookAtDisk, lookAtSecrets } from './files.ts'
import { type Finding, fail, ok } from './finding.ts'
import { isListening, lookAtBroker, lookAtPeer, lookAtServer } from './network.ts'

type Env = Record<string, string | undefined>

/** What the doctor itself needs, even where a process' settings are wrong. */
const placesSchema = z.object({
  DATA_DIR: setting.text('./data'),
  SECRETS_DIR: z.string().optional(),
  MQTT_URL: z.string().default('mqtt://127.0.0.1:1883'),
  MQTT_CA_FILE: z.string().optional(),
  HTTP_PORT: setting.port(8080),
  NODE_RED_PORT: setting.port(1880),
  DATABASE_URL: z.string().optional(),
  INFLUX_URL: z.string().optional(),
  REDIS_URL: z.string().optional(),
})

/** Looks at all of an installation that can be seen from here. Changes nothing. */
export async function collectFindings(env: Env): Promise<Finding[]> {
  const settings = lookAtSettings(env)
  if (settings.some(({ state }) => state === 'FAIL')) return settings
  const given = parseSettings(placesSchema, env)
  const dataDir = resolve(ROOT, given.DATA_DIR)
  const secretsDir = given.SECRETS_DIR === undefined ? join(dataDir, 'secrets') : resolve(ROOT, given.SECRETS_DIR)
  const tls = readBroker(env).broker.tls
  const serverUrl = `http://127.0.0.1:${given.HTTP_PORT}`
  const isRunning = await anyRuns([given.HTTP_PORT, given.NODE_RED_PORT, Number(new URL(given.MQTT_URL).port)])
  return [
    ok('node', process.version),
    ...settings,
    ...(await lookAtDisk(dataDir)),
    ...lookAtSecrets(secretsDir),
    lookAtClock(),
    ...(tls === undefined ? [] : [lookAtCertificate(tls.files, Date.now())]),
    await lookAtBroker({ url: given.MQTT_URL, secretsDir, caFile: given.MQTT_CA_FILE, isWanted: isRunning }),
    ...(await lookAtServer(serverUrl, { isWanted: isRunning })),
    ...(given.DATABASE_URL === undefined ? [] : [await lookAtPeer('PostgreSQL', given.DATABASE_URL, 5_432)]),
    ...(given.INFLUX_URL === undefined ? [] : [await lookAtPeer('InfluxDB', given.INFLUX_URL, 8_086)]),
    ...(given.REDIS_URL === undefined ? [] : [await lookAtPeer('Redis', given.REDIS_URL, 6_379)]),
  ]
}

async function anyRuns(ports: readonly number[]): Promise<boolean> {
  return (await Promise.all(ports.map(port => isListening('127.0.0.1', port)))).some(Boolean)
}

function lookAtSettings(env: Env): Finding[] {
  const readers = {
    broker: () => readBroker(env),
    server: () => readServer(env, join(ROOT, 'server')),
    'node-red': () => readNodeRed(env),
  }
  return Object.entries(readers).map(([name, read]) => {
    try {
      read()
      return ok(`settings of ${name}`, 'all can be read')
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error
      return fail(
        `settings of ${name}`,
        error.message,
        'correct the variable; what each means is in the README of its folder',
      )
    }
  })
}
