import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { influxApi } from '../test/influx-api.ts'
import { startInfluxServer } from '../test/influx-server.ts'

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-influx-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const api = influxApi()
  const { url } = await startInfluxServer(api.answer)
  const run = (env: Record<string, string>) =>
    new Promise<{ code: number; stdout: string; stderr: string }>(resolve => {
      const command = join(import.meta.dirname, 'influx-setup-command.ts')
      const settings = { INFLUX_URL: url, INFLUX_ORG: 'harbor', INFLUX_BUCKET: 'readings', SECRETS_DIR: folder, ...env }
      execFile(process.execPath, [command], { env: settings }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
      )
    })
  return { ...api, folder, run }
}

describe('npm run influx:setup', { timeout: 120_000 }, () => {
  it('writes the token for the server, readable by its owner alone, and keeps it the next time', async () => {
    const { state, adminToken, folder, run } = await setUp()
    const file = join(folder, 'influx-token')
    await writeFile(file, 'of an InfluxDB long ago\n', { mode: 0o644 })
    expect(await run({ INFLUX_ADMIN_TOKEN: adminToken })).toMatchObject({ code: 0, stderr: '' })
    expect(await readFile(file, 'utf8')).toBe(`${state.tokens[0]?.token}\n`)
    expect((await stat(file)).mode & 0o777).toBe(0o600)

    const again = await run({ INFLUX_ADMIN_TOKEN: adminToken, INFLUX_TOKEN: 'x' })
    expect(again.stdout).toContain("the server's token: is there")
    expect(again.stdout).toContain('note: INFLUX_TOKEN is set')
    expect(state.tokens).toHaveLength(1)
  })

  it('takes its own token from a secret, and says in one line when there is none', async () => {
    const { adminToken, folder, run } = await setUp()
    const without = await run({})
    expect(without).toMatchObject({ code: 1, stdout: '' })
    expect(without.stderr).toMatch(/^influx:setup: no token .* INFLUX_ADMIN_TOKEN or .*influx-admin-token\n$/)
    await writeFile(join(folder, 'influx-admin-token'), `${adminToken}\n`)
    expect(await run({})).toMatchObject({ code: 0 })
  })

  it('names every wrong setting in one line', async () => {
    const { run } = await setUp()
    const { code, stderr } = await run({ INFLUX_URL: 'ftp://x', INFLUX_ORG: '', TELEMETRY_RAW_DAYS: '1' })
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    for (const name of ['INFLUX_URL', 'INFLUX_ORG', 'TELEMETRY_RAW_DAYS']) expect(stderr).toContain(name)
  })
})
