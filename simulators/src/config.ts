import { join, resolve } from 'node:path'
import { parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'
import type { Season } from './physics/weather.ts'

const settingsSchema = z.object({
  HOST: setting.host(),
  SIMULATORS_PORT: setting.port(0),
  SIMULATORS_SEED: setting.text('harbor'),
  SIMULATORS_SEASON: z.enum(['summer', 'winter', 'calendar']).default('summer'),
  LOG_LEVEL: setting.logLevel(),
  MQTT_URL: z
    .url({ protocol: /^(mqtts?|wss?)$/, error: 'expected an address such as mqtt://127.0.0.1:1883' })
    .optional(),
  DATA_DIR: setting.text('./data'),
  SECRETS_DIR: z.string().optional(),
  GATEWAY_DIR: z.string().optional(),
  DEMO_FLEET_FILE: z.string().optional(),
})

/** Every variable of the environment that the simulators read. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape)

/** The settings of the simulators and of their commands, checked; paths are absolute. */
export interface SimulatorsConfig {
  host: string
  /** Of the fault control; 0: any free port. */
  port: number
  /** The same seed gives the same equipment, weather and chance. */
  seed: string
  /** Whose weather it always is; undefined: the calendar's. */
  season: Season | undefined
  logLevel: string
  /** The system's broker, for the weather; undefined: nobody tells it. */
  mqttUrl: string | undefined
  secretsDir: string
  gatewayDir: string
  fleetFile: string
  /** Where a running demo says how its faults are controlled. */
  controlFile: string
  /** Where the plugs' energy counts outlive a restart, as in a real plug's flash. */
  metersFile: string
}

/** @throws SettingsError naming each wrong variable. */
export function readConfig(env: Record<string, string | undefined>): SimulatorsConfig {
  const settings = parseSettings(settingsSchema, env)
  const dataDir = resolve(settings.DATA_DIR)
  return {
    host: settings.HOST,
    port: settings.SIMULATORS_PORT,
    seed: settings.SIMULATORS_SEED,
    season: settings.SIMULATORS_SEASON === 'calendar' ? undefined : settings.SIMULATORS_SEASON,
    logLevel: settings.LOG_LEVEL,
    mqttUrl: settings.MQTT_URL,
    secretsDir: resolve(settings.SECRETS_DIR ?? join(dataDir, 'secrets')),
    gatewayDir: resolve(settings.GATEWAY_DIR ?? join(dataDir, 'gateways')),
    fleetFile: resolve(settings.DEMO_FLEET_FILE ?? join(dataDir, 'demo', 'fleet.json')),
    controlFile: join(dataDir, 'demo', 'simulators.json'),
    metersFile: join(dataDir, 'demo', 'meters.json'),
  }
}
