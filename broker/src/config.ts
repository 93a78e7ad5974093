import { join } from 'node:path'
import { parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'
import type { BrokerConfig } from './broker.ts'
import { DEFAULT_LIMITS } from './engine/limits.ts'

const settingsSchema = z.object({
  HOST: setting.host(),
  LOG_LEVEL: setting.logLevel(),
  DATA_DIR: setting.text('./data'),
  SECRETS_DIR: z.string().optional(),
  MQTT_PORT: setting.port(1883),
  MQTT_WS_PORT: setting.port(8083),
})

/** Every variable of the environment that the broker reads. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape)

export interface BrokerSettings {
  logLevel: string
  broker: BrokerConfig
}

/**
 * The broker's settings from the environment.
 *
 * @throws SettingsError naming each wrong variable.
 */
export function readSettings(env: Record<string, string | undefined>): BrokerSettings {
  const settings = parseSettings(settingsSchema, env)
  return {
    logLevel: settings.LOG_LEVEL,
    broker: {
      host: settings.HOST,
      mqttPort: settings.MQTT_PORT,
      webPort: settings.MQTT_WS_PORT,
      directory: join(settings.DATA_DIR, 'broker'),
      secretsDir: settings.SECRETS_DIR ?? join(settings.DATA_DIR, 'secrets'),
      limits: DEFAULT_LIMITS,
    },
  }
}
