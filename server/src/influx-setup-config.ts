import { join, resolve } from 'node:path'
import { parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'
import { keptDays } from './config.ts'
import { RETENTION_DAYS, type RetentionDays } from './telemetry/levels.ts'

/** Names that the server reads too mean the same there. */
const schema = z
  .object({
    DATA_DIR: setting.text('./data'),
    SECRETS_DIR: z.string().optional(),
    INFLUX_URL: z.url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:8086' }),
    INFLUX_ORG: z.string({ error: 'expected the name of an organisation' }),
    INFLUX_BUCKET: z.string({ error: 'expected the name of the bucket for readings' }),
    /** May make buckets, tasks and tokens. Default: the secret `influx-admin-token`. */
    INFLUX_ADMIN_TOKEN: z.string().optional(),
    /** The server's; only looked at, to say that it goes before the secret. */
    INFLUX_TOKEN: z.string().optional(),
    TELEMETRY_RAW_DAYS: keptDays(RETENTION_DAYS.raw),
    TELEMETRY_QUARTER_DAYS: keptDays(RETENTION_DAYS.quarter),
    TELEMETRY_HOUR_DAYS: keptDays(RETENTION_DAYS.hour),
  })
  .superRefine((given, context) => {
    const { TELEMETRY_RAW_DAYS: raw, TELEMETRY_QUARTER_DAYS: quarter, TELEMETRY_HOUR_DAYS: hour } = given
    if (raw > quarter || quarter > hour) {
      const message =
        'expected TELEMETRY_RAW_DAYS, TELEMETRY_QUARTER_DAYS and TELEMETRY_HOUR_DAYS to grow in this order'
      context.addIssue({ code: 'custom', path: ['TELEMETRY_HOUR_DAYS'], message })
    }
  })

/** Every variable of the environment that the setup reads. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape)

/** The settings of `npm run influx:setup`, checked. */
export interface InfluxSetupSettings {
  /** Absolute. */
  secretsDir: string
  url: string
  org: string
  bucket: string
  /** Undefined: the secret has it. */
  adminToken: string | undefined
  /** INFLUX_TOKEN is set, and for the server it goes before the secret. */
  hasServerToken: boolean
  keptDays: RetentionDays
}

/** @throws SettingsError that names every wrong setting in one line. */
export function readSettings(env: Record<string, string | undefined>): InfluxSetupSettings {
  const given = parseSettings(schema, env)
  return {
    secretsDir: resolve(given.SECRETS_DIR ?? join(given.DATA_DIR, 'secrets')),
    url: given.INFLUX_URL,
    org: given.INFLUX_ORG,
    bucket: given.INFLUX_BUCKET,
    adminToken: given.INFLUX_ADMIN_TOKEN,
    hasServerToken: given.INFLUX_TOKEN !== undefined,
    keptDays: {
      raw: given.TELEMETRY_RAW_DAYS,
      quarter: given.TELEMETRY_QUARTER_DAYS,
      hour: given.TELEMETRY_HOUR_DAYS,
    },
  }
}
