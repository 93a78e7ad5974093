import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../scripts/child-process.ts'
import type { Finding } from '../scripts/doctor/finding.ts'
import { ensureSecrets } from '../scripts/secrets.ts'
import { oneStationFleet } from './fleet.ts'
import { startSystem } from './system.ts'

const run = promisify(execFile)

/** What the command finds, by what it looked at, and its exit code. */
async function doctor(env: Record<string, string>) {
  const answer = await run(process.execPath, [join(ROOT, 'scripts/doctor.ts'), '--json'], {
    env: { PATH: process.env['PATH'], ...env },
  }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  )
  const findings = JSON.parse(answer.stdout) as Finding[]
  return { code: answer.code, of: (about: string) => findings.find(one => one.about === about), findings }
}

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'harbor-doctor-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  ensureSecrets(join(dir, 'secrets'), false)
  return dir
}

test('of a running system with TLS it finds nothing wrong, and of a killed part which it is', async () => {
  await using system = await startSystem(oneStationFleet(), { withTls: true })
  const ca = join(system.dataDir, 'ca')
  const env = {
    DATA_DIR: system.dataDir,
    MQTT_URL: system.mqttUrl,
    MQTT_CA_FILE: join(ca, 'ca.pem'),
    TLS_CERT_FILE: join(ca, 'server.pem'),
    TLS_KEY_FILE: join(ca, 'server.pem'),
    HTTP_PORT: new URL(system.webUrl).port,
    NODE_RED_PORT: '1',
  }
  const well = await doctor(env)
  expect(well.findings.filter(({ state }) => state === 'FAIL')).toEqual([])
  expect(well.of('broker')).toMatchObject({ state: 'ok', detail: expect.stringContaining("takes the server's secret") })
  expect(well.of('server')).toMatchObject({ state: 'ok', detail: expect.stringContaining('well at') })
  expect(well.of('certificate')).toMatchObject({ state: 'ok', detail: expect.stringContaining('IP Address:127.0.0.1') })

  const { MQTT_CA_FILE: _, ...untrusting } = env
  const found = await doctor(untrusting)
  expect(found.code).toBe(1)
  expect(found.of('broker')).toMatchObject({ state: 'FAIL', remedy: expect.stringContaining('MQTT_CA_FILE') })

  expect((await doctor({ ...env, MQTT_URL: 'mqtt://127.0.0.1:1' })).of('broker')).toMatchObject({
    state: 'FAIL',
    detail: expect.stringContaining('nothing listens'),
  })
})

test('another program on a port, a secret for all to read and a setting that is none are named with what to do', async () => {
  const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const dataDir = await folder()
  await chmod(join(dataDir, 'secrets', 'mqtt-server'), 0o644)
  const { port } = other.address() as AddressInfo
  const env = { DATA_DIR: dataDir, MQTT_URL: `mqtt://127.0.0.1:${port}`, HTTP_PORT: String(port), NODE_RED_PORT: '1' }
  const found = await doctor(env)
  expect(found.code).toBe(1)
  expect(found.of('server')).toMatchObject({ state: 'FAIL', remedy: expect.stringContaining('HTTP_PORT') })
  expect(found.of('broker')).toMatchObject({ state: 'FAIL', remedy: expect.stringContaining('MQTT_URL') })
  expect(found.of('secrets')).toMatchObject({ state: 'FAIL', remedy: expect.stringMatching(/^chmod 600/) })
  expect(JSON.stringify(found.findings)).not.toMatch(/[0-9a-f]{64}/)

  expect((await doctor({ ...env, HTTP_PORT: 'x' })).of('settings of server')).toMatchObject({
    state: 'FAIL',
    detail: expect.stringContaining('HTTP_PORT'),
  })
})

test('nothing is wrong with what was not started yet', async () => {
  const found = await doctor({
    DATA_DIR: await folder(),
    MQTT_URL: 'mqtt://127.0.0.1:1',
    HTTP_PORT: '2',
    NODE_RED_PORT: '3',
  })
  expect(found.findings.filter(({ state }) => state === 'FAIL')).toEqual([])
  expect(found.code).toBe(0)
})
