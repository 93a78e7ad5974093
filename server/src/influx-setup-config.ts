import { setting } from '@harbor/protocol'
import { z } from 'zod'

const days = (preset: number) =>
  z
    .string()
    .regex(/^([2-9]|[1-9]\d{1,4})$/, 'expected a number of days, 2 to 99999')
    .transform(Number)
    .default(preset)

/** What `npm run influx:setup` reads of the environment; the names that the server reads too mean the same there. */
export const influxSetupSchema = z
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
    TELEMETRY_RAW_DAYS: days(30),
    TELEMETRY_QUARTER_DAYS: days(731),
    TELEMETRY_HOUR_DAYS: days(3_653),
  })
  .superRefine((given, context) => {
    const { TELEMETRY_RAW_DAYS: raw, TELEMETRY_QUARTER_DAYS: quarter, TELEMETRY_HOUR_DAYS: hour } = given
    if (quarter < raw || hour < quarter)
      context.addIssue({
        code: 'custom',
        path: ['TELEMETRY_HOUR_DAYS'],
        message: 'expected TELEMETRY_RAW_DAYS ≤ TELEMETRY_QUARTER_DAYS ≤ TELEMETRY_HOUR_DAYS',
      })
  })
