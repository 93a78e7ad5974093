import { join } from 'node:path'
import { SettingsError, parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'
import type { BrokerConfig } from './broker.ts'
import { DEFAULT_LIMITS, type Limits } from './engine/limits.ts'

/** A whole number from 1 to `most`. */
const count = (preset: number, most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,9}$/, `expected a whole number, 1 to ${most}`)
    .transform(Number)
    .refine(number => number <= most, `expected a whole number, 1 to ${most}`)
    .default(preset)

const MB = 2 ** 20
/** More than a process may open on any system that this was tried on. */
const MOST_CONNECTIONS = 1_000_000

const settingsSchema = z.object({
  HOST: setting.host(),
  LOG_LEVEL: setting.logLevel(),
  DATA_DIR: setting.text('./data'),
  SECRETS_DIR: z.string().optional(),
  MQTT_PORT: setting.port(1883),
  MQTT_WS_PORT: setting.port(8083),
  MQTT_PLAIN: setting.flag(true),
  MQTTS_PORT: setting.port(8883),
  MQTTS_WS_PORT: setting.port(8084),
  TLS_CERT_FILE: z.string().optional(),
  TLS_KEY_FILE: z.string().optional(),
  TLS_CLIENT_CA_FILE: z.string().optional(),
  TLS_CRL_FILE: z.string().optional(),
  /** Connections at once; the system's limit of open files (ulimit -n) has to be some hundreds higher. */
  MQTT_MAX_CONNECTIONS: count(DEFAULT_LIMITS.connections, MOST_CONNECTIONS),
  /** Messages a second that a gateway may send; what comes faster is read later, not lost. */
  MQTT_MAX_MESSAGES_PER_S: count(DEFAULT_LIMITS.messagesPerS, 1_000_000),
  /** Messages that may wait for one session, such as a server's that is away. */
  MQTT_MAX_QUEUED_MESSAGES: count(DEFAULT_LIMITS.queuedMessagesPerSession, 10_000_000),
  /** Their size together, in MB. */
  MQTT_MAX_QUEUED_MB: count(DEFAULT_LIMITS.queuedBytesPerSession / MB, 100_000),
  /** How long a client may take no byte before it is cut, in s. */
  MQTT_SLOW_READER_S: count(DEFAULT_LIMITS.slowReaderMs / 1_000, 3_600),
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
      mqttPort: settings.MQTT_PLAIN ? settings.MQTT_PORT : undefined,
      webPort: settings.MQTT_WS_PORT,
      ...tlsOf(settings),
      directory: join(settings.DATA_DIR, 'broker'),
      secretsDir: settings.SECRETS_DIR ?? join(settings.DATA_DIR, 'secrets'),
      limits: limitsOf(settings),
    },
  }
}

function tlsOf(settings: z.output<typeof settingsSchema>): Pick<BrokerConfig, 'tls'> {
  const {
    TLS_CERT_FILE: certificate,
    TLS_KEY_FILE: key,
    TLS_CLIENT_CA_FILE: clientCa,
    TLS_CRL_FILE: revocations,
  } = settings
  if (certificate === undefined && key === undefined) {
    if (!settings.MQTT_PLAIN) throw new SettingsError('settings: MQTT_PLAIN=0 needs TLS_CERT_FILE and TLS_KEY_FILE')
    if (clientCa !== undefined || revocations !== undefined)
      throw new SettingsError('settings: TLS_CLIENT_CA_FILE and TLS_CRL_FILE need TLS_CERT_FILE and TLS_KEY_FILE')
    return {}
  }
  if (certificate === undefined || key === undefined)
    throw new SettingsError('settings: TLS_CERT_FILE and TLS_KEY_FILE belong together (both may name one file)')
  if (revocations !== undefined && clientCa === undefined)
    throw new SettingsError('settings: TLS_CRL_FILE revokes what TLS_CLIENT_CA_FILE signs, which is not given')
  return {
    tls: {
      files: { certificate, key, clientCa, revocations },
      mqttsPort: settings.MQTTS_PORT,
      wssPort: settings.MQTTS_WS_PORT,
    },
  }
}

function limitsOf(settings: z.output<typeof settingsSchema>): Limits {
  return {
    ...DEFAULT_LIMITS,
    connections: settings.MQTT_MAX_CONNECTIONS,
    messagesPerS: settings.MQTT_MAX_MESSAGES_PER_S,
    queuedMessagesPerSession: settings.MQTT_MAX_QUEUED_MESSAGES,
    queuedBytesPerSession: settings.MQTT_MAX_QUEUED_MB * MB,
    slowReaderMs: settings.MQTT_SLOW_READER_S * 1_000,
  }
}
