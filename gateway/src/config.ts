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
  MQTT_URL: z
    .string()
    .regex(/^(mqtts?|wss?|tcp|tls|ssl):\/\/[^/]/, 'expected a URL such as mqtt://127.0.0.1:1883')
    .default('mqtt://127.0.0.1:1883'),
  /** Where the station's devices connect; 0: any free port, as it must be where one process hosts several gateways. */
  GATEWAY_LAN_PORT: setting.port(1883),
  /** Readings each outbox holds at most; some 60 bytes of disk each. */
  GATEWAY_OUTBOX_READINGS: whole({ preset: 2_000_000, min: 1_000, max: 100_000_000 }),
  /** Backlog of each gateway sent per second at most, so that a whole city coming back does not drown the server. */
  GATEWAY_BACKLOG_READINGS_PER_S: whole({ preset: 2_000, min: 1, max: 100_000 }),
  LOG_LEVEL: setting.logLevel(),
})

export type Settings = Readonly<z.output<typeof settingsSchema>> & { gatewayDir: string }

/** @throws SettingsError */
export function readSettings(env: Record<string, string | undefined>): Settings {
  const settings = parseSettings(settingsSchema, env)
  return Object.freeze({ ...settings, gatewayDir: settings.GATEWAY_DIR ?? join(settings.DATA_DIR, 'gateways') })
}
