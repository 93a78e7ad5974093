import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { HarborError, hasCode, parseSettings, startProblem } from '@harbor/protocol'
import { influxSetupSchema } from './influx-setup-config.ts'
import { readSecret } from './registry/secret-file.ts'
import { setUpInflux } from './telemetry/influx-setup.ts'

/** The secret's text, or undefined when there is no such file. */
async function optionalSecret(secretsDir: string, name: string): Promise<string | undefined> {
  try {
    return await readSecret(secretsDir, name)
  } catch (error) {
    if (hasCode(error, 'SECRET_MISSING')) return undefined
    throw error
  }
}

try {
  const given = parseSettings(influxSetupSchema, process.env)
  const secretsDir =
    given.SECRETS_DIR === undefined ? join(resolve(given.DATA_DIR), 'secrets') : resolve(given.SECRETS_DIR)
  const adminToken = given.INFLUX_ADMIN_TOKEN ?? (await optionalSecret(secretsDir, 'influx-admin-token'))
  if (adminToken === undefined)
    throw new HarborError(
      'SECRET_MISSING',
      `no token that may make buckets, tasks and tokens; put it into INFLUX_ADMIN_TOKEN or ${join(secretsDir, 'influx-admin-token')}`,
    )
  await setUpInflux(
    {
      url: given.INFLUX_URL,
      org: given.INFLUX_ORG,
      bucket: given.INFLUX_BUCKET,
      adminToken,
      keptDays: {
        raw: given.TELEMETRY_RAW_DAYS,
        quarter: given.TELEMETRY_QUARTER_DAYS,
        hour: given.TELEMETRY_HOUR_DAYS,
      },
    },
    {
      serverToken: await optionalSecret(secretsDir, 'influx-token'),
      saveToken: async token => {
        const file = join(secretsDir, 'influx-token')
        await mkdir(secretsDir, { recursive: true, mode: 0o700 })
        // Never half a token, and never readable by others, however the file was before.
        await writeFile(`${file}.new`, `${token}\n`, { mode: 0o600 })
        await chmod(`${file}.new`, 0o600)
        await rename(`${file}.new`, file)
        return file
      },
      tell: line => process.stdout.write(`${line}\n`),
    },
  )
  if (given.INFLUX_TOKEN !== undefined)
    process.stdout.write('note: INFLUX_TOKEN is set, and for the server it goes before the secret influx-token\n')
} catch (error) {
  process.stderr.write(`influx:setup: ${startProblem(error)}\n`)
  process.exitCode = 1
}
