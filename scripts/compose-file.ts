import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { ROOT } from './child-process.ts'

/**
 * What we use of the Compose specification (https://github.com/compose-spec/compose-spec/blob/main/spec.md) and nothing
 * else: a slip of a name is an error here, where Compose would say so on the machine of whoever installs it.
 */
const healthSchema = z.strictObject({
  test: z.tuple([z.literal('CMD'), z.string()], z.string()),
  interval: z.string(),
  timeout: z.string(),
  start_period: z.string(),
  start_interval: z.string(),
  retries: z.int().min(1),
})

const serviceSchema = z.strictObject({
  build: z.strictObject({ context: z.literal('.'), target: z.string() }).optional(),
  image: z.string(),
  profiles: z.array(z.string()).min(1).optional(),
  command: z.array(z.string()).optional(),
  user: z.string(),
  read_only: z.boolean(),
  tmpfs: z.array(z.string()),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  pids_limit: z.int().positive(),
  mem_limit: z.string().regex(/^\d+[mg]$/),
  restart: z.enum(['no', 'unless-stopped']),
  stop_grace_period: z.string(),
  network_mode: z.string().optional(),
  logging: z.strictObject({
    driver: z.literal('json-file'),
    options: z.strictObject({ 'max-size': z.string(), 'max-file': z.string() }),
  }),
  env_file: z.array(z.strictObject({ path: z.string(), required: z.literal(false) })).optional(),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({
        condition: z.enum(['service_healthy', 'service_completed_successfully']),
        required: z.boolean().optional(),
      }),
    )
    .optional(),
  healthcheck: healthSchema.optional(),
})

const composeSchema = z
  .looseObject({
    name: z.string(),
    services: z.record(z.string(), serviceSchema),
    volumes: z.record(z.string(), z.null()),
  })
  // `x-…` is where the specification lets a file keep what it repeats.
  .refine(file => Object.keys(file).every(key => ['name', 'services', 'volumes'].includes(key) || key.startsWith('x-')))

export type ComposeService = z.output<typeof serviceSchema>
export type ComposeFile = z.output<typeof composeSchema>

/** The compose file as it stands: anchors merged, variables not yet put in. Throws when it is not of the form above. */
export function readComposeFile(): ComposeFile {
  return composeSchema.parse(parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }))
}

/** Puts variables in as Compose does for the two forms that we use: `${NAME:-preset}` and `$$`. */
export function interpolate(text: string, env: Record<string, string>): string {
  return text.replaceAll(/\$(?:\$|\{(\w+):-([^}]*)\})/g, (whole, name?: string, preset?: string) => {
    if (whole === '$$') return '$'
    const given = name === undefined ? undefined : env[name]
    return given === undefined || given === '' ? (preset ?? '') : given
  })
}
