import { join, resolve } from 'node:path'
import { parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'

const settingsSchema = z.object({
  HOST: setting.host(),
  NODE_RED_PORT: setting.port(1880),
  LOG_LEVEL: setting.logLevel(),
  DATA_DIR: setting.text('./data'),
  SECRETS_DIR: z.string().optional(),
  SERVER_URL: z.url({ protocol: /^https?$/, error: 'expected an http or https URL' }).default('http://127.0.0.1:8080'),
})

/** The process' settings, checked; paths are absolute. */
export interface NodeRedConfig {
  host: string
  /** 0: any free port. */
  port: number
  logLevel: string
  /** Node-RED's user folder: flows, credentials, context. */
  userDir: string
  secretsDir: string
  /** Origin of the server whose people may sign in, without a path. */
  serverOrigin: string
}

/** @throws SettingsError naming each wrong variable. */
export function readConfig(env: Record<string, string | undefined>): NodeRedConfig {
  const settings = parseSettings(settingsSchema, env)
  const dataDir = resolve(settings.DATA_DIR)
  return {
    host: settings.HOST,
    port: settings.NODE_RED_PORT,
    logLevel: settings.LOG_LEVEL,
    userDir: join(dataDir, 'node-red'),
    secretsDir: resolve(settings.SECRETS_DIR ?? join(dataDir, 'secrets')),
    serverOrigin: new URL(settings.SERVER_URL).origin,
  }
}
