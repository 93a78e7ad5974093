import { join, resolve } from 'node:path'
import { ROLES, type Role, districtSchema, parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'
import { RETENTION_DAYS, type RetentionDays } from './telemetry/levels.ts'
import { PUSH_SERVICES } from './tell/push-services.ts'

/** Free for everybody who names where it comes from. */
const OPEN_DATA_LICENCE = "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/): name Workers' Harbor as the source"

/** Addresses that only this machine can reach. */
const LOOPBACK_HOSTS = ['127.0.0.1', '::1', 'localhost']

/** Outboxes bring readings that are seven days old: what is kept less than eight days could not take them in. */
export const keptDays = (preset: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'expected days, 8 to 36600')
    .transform(Number)
    .refine(count => count >= 8 && count <= 36_600, 'expected days, 8 to 36600')
    .default(preset)

/** A whole number from 1 to `most`. */
const wholeNumber = (preset: number, most: number) =>
  z
    .string()
    .regex(/^[1-9]\d{0,8}$/, `expected a whole number, 1 to ${most}`)
    .transform(Number)
    .refine(number => number <= most, `expected a whole number, 1 to ${most}`)
    .default(preset)

const settingsSchema = z
  .object({
    HOST: setting.host(),
    HTTP_PORT: setting.port(8080),
    /** In a container: the address of the machine that our port is published on. Default: HOST. */
    HTTP_PUBLISHED_HOST: z.string().optional(),
    LOG_LEVEL: setting.logLevel(),
    DATA_DIR: setting.text('./data'),
    SECRETS_DIR: z.string().optional(),
    /** Where the built pages are: the folders finder and console. Default: this repository's own. */
    WEB_DIR: z.string().optional(),
    /** Where the finder is reached from outside: stands in link previews and the sitemap. Default: as each request says. */
    PUBLIC_URL: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://harbor.example' })
      .transform(url => url.replace(/\/+$/, ''))
      .optional(),
    MQTT_URL: z
      .url({ protocol: /^(mqtts?|wss?)$/, error: 'expected an address such as mqtt://127.0.0.1:1883' })
      .default('mqtt://127.0.0.1:1883'),
    /** Where gateways find the broker, when that is another address than this server's. */
    GATEWAY_MQTT_URL: z
      .url({ protocol: /^(mqtts?|wss?)$/, error: 'expected an address such as mqtts://harbor.example:8883' })
      .optional(),
    /** Certificates in PEM that boxes are to believe on their lines to this server and the broker; into flash bundles. Default: none. */
    MQTT_CA_FILE: z.string().optional(),
    DEMO: setting.flag(false),
    DEMO_FLEET_FILE: z.string().optional(),
    TZ_STATIONS: setting.timeZone(),
    /** A raster tile server as a template. */
    TILE_URL: z
      .string()
      .regex(/^https?:\/\/[^/\s]+\/\S*\{z\}\S*$/, 'expected a template such as https://tiles.example/{z}/{x}/{y}.png')
      .optional(),
    /** The system that its tiles are drawn in: GCJ-02 is what maps published in China have. */
    TILE_CRS: z.enum(['wgs84', 'gcj02']).default('wgs84'),
    TILE_ATTRIBUTION: z.string().max(500).optional(),
    /** What visitors' photos may take on disk, in MB (2^20 bytes). */
    PHOTOS_QUOTA_MB: z
      .string()
      .regex(/^[1-9]\d{0,6}$/, 'expected a number of megabytes, 1 to 9999999')
      .transform(Number)
      .default(2_048),
    /** What stands in the open data of the stations: whoever takes it has to keep to it. */
    OPEN_DATA_LICENCE: z.string().min(1).max(500).default(OPEN_DATA_LICENCE),
    /** Where mail is handed in; with MAIL_FROM. Unset: nobody is told by mail. */
    SMTP_URL: z
      .url({ protocol: /^smtps?$/, error: 'expected an address such as smtps://user:password@mail.example:465' })
      .optional(),
    MAIL_FROM: z
      .string()
      .regex(/^[^\r\n]*[^\s<>]+@[^\s<>]+>?$/, "expected a sender such as Workers' Harbor <harbor@mail.example>")
      .optional(),
    /** Origins that push messages may go to, with commas between; default those of today's browsers. */
    PUSH_SERVICES: z
      .string()
      .transform(text => text.split(',').map(origin => origin.trim()))
      .pipe(z.array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'expected an origin such as https://push.example')).min(1))
      .optional(),
    /** A PostgreSQL instead of the file registry.sqlite. Its password may be in the secret `database-password`. */
    DATABASE_URL: z
      .url({
        protocol: /^postgres(ql)?$/,
        error: 'expected an address such as postgres://harbor@127.0.0.1:5432/harbor',
      })
      .optional(),
    /** Most connections to it at a time. */
    DATABASE_POOL_SIZE: z
      .string()
      .regex(/^([2-9]|[1-9]\d|100)$/, 'expected a number of connections, 2 to 100')
      .transform(Number)
      .default(10),
    INFLUX_URL: z.url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:8086' }).optional(),
    /** Default: the secret `influx-token`. */
    INFLUX_TOKEN: z.string().optional(),
    INFLUX_ORG: z.string().optional(),
    INFLUX_BUCKET: z.string().optional(),
    /** How long readings are kept; their sums by quarter of an hour; and by hour. */
    TELEMETRY_RAW_DAYS: keptDays(RETENTION_DAYS.raw),
    TELEMETRY_QUARTER_DAYS: keptDays(RETENTION_DAYS.quarter),
    TELEMETRY_HOUR_DAYS: keptDays(RETENTION_DAYS.hour),
    /** Where several servers of one installation meet; unset: there is one. */
    REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'expected an address such as redis://127.0.0.1:6379' }).optional(),
    /** Readings in a batch for the store, and how long one waits for it at most, in ms. */
    INGEST_BATCH_READINGS: wholeNumber(5_000, 50_000),
    INGEST_BATCH_MS: wholeNumber(100, 10_000),
    /** Readings that may wait for the store; then no more are taken from the broker until it has written. */
    INGEST_QUEUE_READINGS: wholeNumber(20_000, 1_000_000),
    /** Roles that have to have a second factor, with commas between; default none. */
    SECOND_FACTOR_ROLES: z
      .string()
      .transform(text => text.split(',').map(role => role.trim()))
      .pipe(z.array(z.enum(ROLES)).min(1))
      .optional(),
    /** Districts this process takes readings of, with commas between; default all. */
    INGEST_DISTRICTS: z
      .string()
      .transform(text => text.split(',').map(district => district.trim()))
      .pipe(z.array(districtSchema).min(1))
      .optional(),
  })
  .superRefine((settings, context) => {
    const reachedAt = settings.HTTP_PUBLISHED_HOST ?? settings.HOST
    if (settings.DEMO && !LOOPBACK_HOSTS.includes(reachedAt)) {
      context.addIssue({
        code: 'custom',
        path: [settings.HTTP_PUBLISHED_HOST === undefined ? 'HOST' : 'HTTP_PUBLISHED_HOST'],
        message: `DEMO=1 has known logins and secrets and listens on this machine only; got ${reachedAt}, expected ${LOOPBACK_HOSTS.join(', ')}`,
      })
    }
    if ((settings.SMTP_URL === undefined) !== (settings.MAIL_FROM === undefined)) {
      const [missing, given] =
        settings.SMTP_URL === undefined ? (['SMTP_URL', 'MAIL_FROM'] as const) : (['MAIL_FROM', 'SMTP_URL'] as const)
      context.addIssue({ code: 'custom', path: [missing], message: `expected with ${given}` })
    }
    if (settings.TELEMETRY_QUARTER_DAYS < settings.TELEMETRY_RAW_DAYS)
      context.addIssue({
        code: 'custom',
        path: ['TELEMETRY_QUARTER_DAYS'],
        message: 'expected no less than TELEMETRY_RAW_DAYS',
      })
    if (settings.TELEMETRY_HOUR_DAYS < settings.TELEMETRY_QUARTER_DAYS)
      context.addIssue({
        code: 'custom',
        path: ['TELEMETRY_HOUR_DAYS'],
        message: 'expected no less than TELEMETRY_QUARTER_DAYS',
      })
    if (settings.INFLUX_URL === undefined) return
    for (const name of ['INFLUX_ORG', 'INFLUX_BUCKET'] as const) {
      if (settings[name] === undefined)
        context.addIssue({ code: 'custom', path: [name], message: 'expected with INFLUX_URL' })
    }
  })

/** Every variable of the environment that the server reads. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape)

/** Where telemetry goes when it is not kept in the embedded store. */
export interface InfluxSettings {
  url: string
  /** Undefined: the secret `influx-token` has it. */
  token: string | undefined
  org: string
  bucket: string
}

/** Where the registry is when it is not a file. */
export interface DatabaseSettings {
  /** May have a password in it: for no message. */
  url: string
  /** Most connections at a time. */
  poolSize: number
}

/** How mail is sent. */
export interface MailSettings {
  url: string
  from: string
}

/** The server's settings, checked. Paths are absolute. */
export interface ServerSettings {
  host: string
  httpPort: number
  logLevel: string
  dataDir: string
  secretsDir: string
  webDir: string
  /** Without a trailing slash; undefined: as each request says. */
  publicUrl: string | undefined
  /** Undefined: nobody is told by mail. */
  mail: MailSettings | undefined
  /** Origins that push messages may go to. */
  pushServices: readonly string[]
  mqttUrl: string
  /** As gateways see it. */
  gatewayMqttUrl: string
  /** Absolute; undefined: boxes need no certificates but those that every machine has. */
  mqttCaFile: string | undefined
  /** Undefined: no demo. */
  demo: { fleetFile: string } | undefined
  timeZone: string
  tileUrl: string | undefined
  tileCrs: 'wgs84' | 'gcj02'
  tileAttribution: string | undefined
  photosQuotaBytes: number
  /** The line that stands in the open data. */
  openDataLicence: string
  /** Undefined: the file registry.sqlite. */
  database: DatabaseSettings | undefined
  /** Undefined: the embedded store. */
  influx: InfluxSettings | undefined
  /** How long readings and their sums are kept. */
  telemetryDays: RetentionDays
  /** Where several servers of one installation meet; undefined: there is one. */
  redisUrl: string | undefined
  /** How readings are gathered for the store. */
  ingestBatch: { flushReadings: number; flushMs: number; queueReadings: number }
  /** Roles that have to have a second factor. */
  secondFactorRoles: readonly Role[]
  /** Undefined: all. */
  ingestDistricts: readonly string[] | undefined
}

/**
 * @param home the folder of this workspace, for the default of WEB_DIR
 * @throws SettingsError that names every wrong setting in one line.
 */
export function readSettings(env: Record<string, string | undefined>, home: string): ServerSettings {
  const given = parseSettings(settingsSchema, env)
  const dataDir = resolve(given.DATA_DIR)
  const below = (path: string | undefined, preset: string) =>
    path === undefined ? join(dataDir, preset) : resolve(path)
  const { INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket } = given
  return {
    host: given.HOST,
    httpPort: given.HTTP_PORT,
    logLevel: given.LOG_LEVEL,
    dataDir,
    secretsDir: below(given.SECRETS_DIR, 'secrets'),
    webDir: given.WEB_DIR === undefined ? resolve(home, '../web/dist') : resolve(given.WEB_DIR),
    publicUrl: given.PUBLIC_URL,
    mail:
      given.SMTP_URL === undefined || given.MAIL_FROM === undefined
        ? undefined
        : { url: given.SMTP_URL, from: given.MAIL_FROM },
    pushServices: given.PUSH_SERVICES ?? PUSH_SERVICES,
    mqttUrl: given.MQTT_URL,
    gatewayMqttUrl: given.GATEWAY_MQTT_URL ?? given.MQTT_URL,
    mqttCaFile: given.MQTT_CA_FILE === undefined ? undefined : resolve(given.MQTT_CA_FILE),
    demo: given.DEMO ? { fleetFile: below(given.DEMO_FLEET_FILE, 'demo/fleet.json') } : undefined,
    timeZone: given.TZ_STATIONS,
    tileUrl: given.TILE_URL,
    tileCrs: given.TILE_CRS,
    tileAttribution: given.TILE_ATTRIBUTION,
    photosQuotaBytes: given.PHOTOS_QUOTA_MB * 2 ** 20,
    openDataLicence: given.OPEN_DATA_LICENCE,
    database:
      given.DATABASE_URL === undefined ? undefined : { url: given.DATABASE_URL, poolSize: given.DATABASE_POOL_SIZE },
    telemetryDays: {
      raw: given.TELEMETRY_RAW_DAYS,
      quarter: given.TELEMETRY_QUARTER_DAYS,
      hour: given.TELEMETRY_HOUR_DAYS,
    },
    influx: url === undefined || org === undefined || bucket === undefined ? undefined : { url, token, org, bucket },
    redisUrl: given.REDIS_URL,
    ingestBatch: {
      flushReadings: given.INGEST_BATCH_READINGS,
      flushMs: given.INGEST_BATCH_MS,
      queueReadings: given.INGEST_QUEUE_READINGS,
    },
    secondFactorRoles: given.SECOND_FACTOR_ROLES ?? [],
    ingestDistricts: given.INGEST_DISTRICTS,
  }
}
