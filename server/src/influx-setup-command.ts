import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HarborError, hasCode, startProblem } from '@harbor/protocol'
import { readSettings } from './influx-setup-config.ts'
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
  const { secretsDir, hasServerToken, ...settings } = readSettings(process.env)
  const adminToken = settings.adminToken ?? (await optionalSecret(secretsDir, 'influx-admin-token'))
  if (adminToken === undefined)
    throw new HarborError(
      'SECRET_MISSING',
      `no token that may make buckets, tasks and tokens; put it into INFLUX_ADMIN_TOKEN or ${join(secretsDir, 'influx-admin-token')}`,
    )
  await setUpInflux(
    { ...settings, adminToken },
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
  if (hasServerToken)
    process.stdout.write('note: INFLUX_TOKEN is set, and for the server it goes before the secret influx-token\n')
} catch (error) {
  process.stderr.write(`influx:setup: ${startProblem(error)}\n`)
  process.exitCode = 1
}
