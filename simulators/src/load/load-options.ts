import { parseArgs } from 'node:util'
import { z } from 'zod'
import { SimulatorsError } from '../errors.ts'
import type { LoadPlan } from './load-plan.ts'
import { READINGS_PER_MOMENT } from './load-readings.ts'

export const LOAD_USAGE = `usage: npm run load -- fleet --gateways 1000 [--districts 4] [--only 500161,500162]
         writes DATA_DIR/demo/fleet.json, for a server with DEMO=1
       npm run load -- run --gateways 1000 [--districts 4] [--mqtt mqtt://127.0.0.1:1883] [--server http://127.0.0.1:8080]
         [--interval 60] [--pack 20] [--jitter 0.2] [--minutes 1] [--drain 30] [--backlog 0] [--connects 500] [--processes 1]
         [--storm-at 30 [--storm-offline 10] [--storm-share 1]] [--seed load] [--anonymous] [--json]
         seconds where it does not say minutes; --pack in readings, a multiple of 20 up to 1000;
         several brokers or servers with commas between: districts go to them in turn`

const urls = (protocol: RegExp, example: string) =>
  z
    .string()
    .transform(text => text.split(','))
    .pipe(z.array(z.url({ protocol, error: `expected an address such as ${example}` })).min(1))

const optionsSchema = z.object({
  gateways: z.coerce.number().int().min(1).max(999_999),
  districts: z.coerce.number().int().min(1).max(80).default(4),
  only: z
    .string()
    .transform(text => text.split(','))
    .optional(),
  mqtt: urls(/^mqtt$/, 'mqtt://127.0.0.1:1883').default(['mqtt://127.0.0.1:1883']),
  server: urls(/^https?$/, 'http://127.0.0.1:8080').optional(),
  interval: z.coerce.number().positive().max(3_600).default(60),
  pack: z.coerce.number().int().multipleOf(READINGS_PER_MOMENT).min(READINGS_PER_MOMENT).max(1_000).default(20),
  jitter: z.coerce.number().min(0).max(0.5).default(0.2),
  minutes: z.coerce.number().positive().max(1_440).default(1),
  drain: z.coerce.number().min(0).max(600).default(30),
  backlog: z.coerce.number().int().min(0).max(10_000).default(0),
  connects: z.coerce.number().positive().default(500),
  processes: z.coerce.number().int().min(1).max(64).default(1),
  'storm-at': z.coerce.number().min(0).optional(),
  'storm-offline': z.coerce.number().min(0).default(10),
  'storm-share': z.coerce.number().min(0).max(1).default(1),
  seed: z.string().min(1).default('load'),
  anonymous: z.boolean().default(false),
  json: z.boolean().default(false),
})

/** What was asked for on the command line. */
export interface LoadOptions {
  command: 'fleet' | 'run'
  plan: LoadPlan
  processes: number
  /** Of the fleet: only these districts; undefined: all. */
  only: readonly string[] | undefined
  /** Servers to ask at the end, without a trailing slash; undefined: none. */
  servers: readonly string[] | undefined
  /** The broker asks for no name. */
  isAnonymous: boolean
  /** The result as JSON. */
  isJson: boolean
}

/** @throws SimulatorsError SIMULATORS_LOAD_UNUSABLE with the usage. */
export function parseLoadOptions(args: readonly string[]): LoadOptions {
  try {
    const [command, ...rest] = args
    const flags = new Set(['anonymous', 'json'])
    const options = Object.fromEntries(
      Object.keys(optionsSchema.shape).map(name => [
        name,
        { type: flags.has(name) ? ('boolean' as const) : ('string' as const) },
      ]),
    )
    const given = optionsSchema.parse(parseArgs({ args: rest, options, strict: true }).values)
    return { command: z.enum(['fleet', 'run']).parse(command), ...toOptions(given) }
  } catch (cause) {
    throw new SimulatorsError('SIMULATORS_LOAD_UNUSABLE', LOAD_USAGE, { cause })
  }
}

function toOptions(given: z.infer<typeof optionsSchema>): Omit<LoadOptions, 'command'> {
  const stormAt = given['storm-at']
  return {
    plan: {
      brokers: given.mqtt.map(text => {
        const url = new URL(text)
        return { host: url.hostname, port: Number(url.port || 1883) }
      }),
      gateways: given.gateways,
      districts: given.districts,
      intervalMs: given.interval * 1_000,
      moments: given.pack / READINGS_PER_MOMENT,
      jitter: given.jitter,
      connectsPerS: given.connects,
      backlogPacks: given.backlog,
      ...(stormAt !== undefined && {
        storm: { atMs: stormAt * 1_000, offlineMs: given['storm-offline'] * 1_000, share: given['storm-share'] },
      }),
      durationMs: given.minutes * 60_000,
      drainMs: given.drain * 1_000,
      seed: given.seed,
      sampleEvery: Math.max(1, Math.floor(given.gateways / 20)),
    },
    processes: given.processes,
    only: given.only,
    servers: given.server?.map(url => url.replace(/\/$/, '')),
    isAnonymous: given.anonymous,
    isJson: given.json,
  }
}
