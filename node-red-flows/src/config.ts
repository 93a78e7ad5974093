import { join, resolve } from 'node:path'
import { districtSchema, parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'
import type { AutomationConfig } from './runtime/automation.ts'
import { FLOW_IDS } from './runtime/toolkit.ts'
import { readDestinations } from './sending/destinations.ts'

const webAddress = () => z.url({ protocol: /^https?$/, error: 'expected an http or https URL' })

/** Names with commas between. */
const listOf = <Schema extends z.ZodType<unknown, string>>(schema: Schema) =>
  z
    .string()
    .transform(text =>
      text
        .split(',')
        .map(part => part.trim())
        .filter(part => part !== ''),
    )
    .pipe(z.array(schema))

const settingsSchema = z.object({
  HOST: setting.host(),
  NODE_RED_PORT: setting.port(1880),
  LOG_LEVEL: setting.logLevel(),
  DATA_DIR: setting.text('./data'),
  SECRETS_DIR: z.string().optional(),
  SERVER_URL: webAddress().default('http://127.0.0.1:8080'),
  MQTT_URL: z
    .url({ protocol: /^(mqtts?|wss?)$/, error: 'expected an address such as mqtt://127.0.0.1:1883' })
    .default('mqtt://127.0.0.1:1883'),
  PUBLIC_URL: webAddress().optional(),
  TZ_STATIONS: setting.timeZone(),
  NODE_ENV: z.string().optional(),
  NODE_RED_READ_ONLY: z.enum(['0', '1'], 'expected 0 or 1').optional(),
  HARBOR_FLOWS_OFF: listOf(z.enum(FLOW_IDS)).default([]),
  CLOSING_SWITCH_DISTRICTS: z.union([z.literal('all'), listOf(districtSchema)]).optional(),
  UPPER_PLATFORM_URL: webAddress().optional(),
  UPPER_PLATFORM_TOKEN: z.string().optional(),
})

/** Every variable of the environment that the process reads beside the destinations of messages. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape)

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
  /** Flows are those that ship, and nobody changes them in the editor. */
  isReadOnly: boolean
  automation: AutomationConfig
  /** What the flow file names, with its value or our default: nodes read the environment. */
  flowEnv: Record<'SERVER_URL' | 'MQTT_URL' | 'HARBOR_TOKEN_FILE' | 'HARBOR_MQTT_SECRET_FILE', string>
}

/** @throws SettingsError naming each wrong variable. */
export function readConfig(env: Record<string, string | undefined>): NodeRedConfig {
  const settings = parseSettings(settingsSchema, env)
  const dataDir = resolve(settings.DATA_DIR)
  const userDir = join(dataDir, 'node-red')
  const secretsDir = resolve(settings.SECRETS_DIR ?? join(dataDir, 'secrets'))
  const serverOrigin = new URL(settings.SERVER_URL).origin
  const tokenFile = join(secretsDir, 'node-red-api')
  const { UPPER_PLATFORM_URL: upperUrl, UPPER_PLATFORM_TOKEN: upperToken } = settings
  return {
    host: settings.HOST,
    port: settings.NODE_RED_PORT,
    logLevel: settings.LOG_LEVEL,
    userDir,
    secretsDir,
    serverOrigin,
    isReadOnly:
      settings.NODE_RED_READ_ONLY === undefined
        ? settings.NODE_ENV === 'production'
        : settings.NODE_RED_READ_ONLY === '1',
    automation: {
      userDir,
      tokenFile,
      serverOrigin,
      siteUrl: new URL(settings.PUBLIC_URL ?? settings.SERVER_URL).origin,
      timeZone: settings.TZ_STATIONS,
      destinations: readDestinations(env),
      upperPlatform:
        upperUrl === undefined ? undefined : { url: upperUrl, ...(upperToken !== undefined && { token: upperToken }) },
      switchDistricts: settings.CLOSING_SWITCH_DISTRICTS,
      flowsOff: settings.HARBOR_FLOWS_OFF,
    },
    flowEnv: {
      SERVER_URL: serverOrigin,
      MQTT_URL: settings.MQTT_URL,
      HARBOR_TOKEN_FILE: tokenFile,
      HARBOR_MQTT_SECRET_FILE: join(secretsDir, 'mqtt-node-red'),
    },
  }
}
