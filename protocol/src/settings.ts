import { z } from 'zod'
import { issueText } from './codec.ts'
import { HarborError } from './errors.ts'

/** A wrong setting stops the start: `code` is SETTINGS_INVALID, the message one line that names each and why. */
export class SettingsError extends HarborError<'SETTINGS_INVALID'> {
  constructor(message: string) {
    super('SETTINGS_INVALID', message)
    this.name = 'SettingsError'
  }
}

/** All faults at once: who mends one setting at a time starts once for each. Our own schemas bound how many there can be. */
const ALL = { shown: Infinity, chars: 4_000 }

/** A process' settings from its environment, frozen. An empty variable counts as unset, as in a compose file. */
export function parseSettings<Schema extends z.ZodType>(
  schema: Schema,
  env: Record<string, string | undefined>,
): Readonly<z.output<Schema>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw new SettingsError(`settings: ${issueText(parsed.error, ALL)}`)
  return Object.freeze(parsed.data as object) as Readonly<z.output<Schema>>
}

/** Building blocks, so that a port is a port in every process. */
export const setting = {
  /** 0 to 65535; 0 means any free port. */
  port: (preset: number) =>
    z
      .string()
      .regex(/^\d{1,5}$/, 'expected a port, 0 to 65535')
      .transform(Number)
      .refine(port => port <= 65_535, 'expected a port, 0 to 65535')
      .default(preset),
  flag: (preset: boolean) =>
    z
      .enum(['0', '1'], 'expected 0 or 1')
      .transform(text => text === '1')
      .default(preset),
  text: (preset: string) => z.string().default(preset),
  logLevel: () => z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** The IANA zone of the stations' clocks. */
  timeZone: () =>
    z.string().refine(isTimeZone, 'expected an IANA time zone such as Asia/Shanghai').default('Asia/Shanghai'),
  /** The address that listeners bind to. */
  host: () => z.string().default('127.0.0.1'),
} as const

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone }).format(0)
    return true
  } catch {
    return false // RangeError: not a zone that this runtime knows
  }
}
