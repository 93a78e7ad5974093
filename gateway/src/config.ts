import { join } from 'node:path'
import { parseSettings, setting } from '@harbor/protocol'
import { z } from 'zod'

const whole = (name: { preset: number; min: number; max: number }) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `expected a whole number, ${name.min} to ${name.max}`)
    .transform(Number)
    .refine(value => value >= name.min && value <= name.max, `expected ${name.min} to ${name.max}`)
    .default(name.preset)

const settingsSchema = z.object({
  HOST: setting.host(),
  DATA_DIR: setting.text('./data'),
  /** One folder per gateway; default DATA_DIR/gateways. */
  GATEWAY_DIR: z.string().optional(),
  /** The card's folder with a flash bundle, as /boot/firmware/harbor: a blank box claims its station by it. Default: none is looked for. */
  GATEWAY_BUNDLE_DIR: z.string().optional(),
  MQTT_URL: z
    .string()
    .regex(/^(mqtts?|wss?|tcp|tls|ssl):\/\/[^/]/, 'expected a URL such as mqtt://127.0.0.1:1883')
    .default('mqtt://127.0.0.1:1883'),
  /** Where the station's devices connect; 0: any free port, as it must be where one process hosts several gateways. */
  GATEWAY_LAN_PORT: setting.port(1883),
  /**
   * Megabytes (2^20) that the readings of each outbox may take. 7 days of a full station, 20 devices with 5 values each 10 s:
   * 7 * 86,400 / 10 * 20 * 5 = 6.05 million readings of 26 bytes (measured) = 157 MB; the rest is room for what comes unasked.
   */
  GATEWAY_OUTBOX_MB: whole({ preset: 512, min: 1, max: 100_000 }),
  /** Backlog of each gateway sent per second at most, so that a whole city coming back does not drown the server. */
  GATEWAY_BACKLOG_READINGS_PER_S: whole({ preset: 2_000, min: 1, max: 100_000 }),
  /** How long a config from afar has to reach the server and be acknowledged, before the one before it holds again. */
  GATEWAY_CONFIG_TRIAL_MS: whole({ preset: 300_000, min: 500, max: 3_600_000 }),
  /** Set by the launcher (launcher.ts): as what it started this process, a version or `-` for the box's own code. Absent: by hand. */
  GATEWAY_LAUNCHED: z.string().optional(),
  /** Where Linux shows what feeds the box, usually /sys/class/power_supply: then a mains failure is told at once. Default: not told. */
  GATEWAY_POWER_DIR: z.string().optional(),
  /** Touched while the gateway is well: for a container's health check. Default: none. */
  GATEWAY_HEALTH_FILE: z.string().optional(),
  /** Set by systemd: where it listens, and how long the process may be silent, in microseconds. */
  NOTIFY_SOCKET: z.string().optional(),
  WATCHDOG_USEC: whole({ preset: 0, min: 0, max: 9_999_999_999 }),
  LOG_LEVEL: setting.logLevel(),
})

/** Every variable of the environment that the gateway reads. */
export const SETTING_NAMES: readonly string[] = Object.keys(settingsSchema.shape)

export type Settings = Readonly<z.output<typeof settingsSchema>> & { gatewayDir: string }

/** @throws SettingsError */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const settings = parseSettings(settingsSchema, env)
  return Object.freeze({ ...settings, gatewayDir: settings.GATEWAY_DIR ?? join(settings.DATA_DIR, 'gateways') })
}
