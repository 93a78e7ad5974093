import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { filters, topics } from '@harbor/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import {
  GATEWAY,
  type TestClient,
  accountRecord,
  asGateway,
  asServer,
  connectClient,
  giveAccounts,
  makeDataDir,
} from './support.ts'

const MAIN = join(import.meta.dirname, '../src/main.ts')

/** The broker as its own process, as it is run. */
async function spawnBroker(dataDir: string): Promise<{ child: ChildProcess; mqttUrl: string; lines: string[] }> {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, DATA_DIR: dataDir, MQTT_PORT: '0', MQTT_WS_PORT: '0', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  })
  const lines: string[] = []
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', line => lines.push(line))
  await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 15_000, interval: 20 })
  return { child, mqttUrl: lines[0]?.split(' ')[2] ?? '', lines }
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number> {
  const startedMs = performance.now()
  child.kill(signal)
  await once(child, 'exit')
  return performance.now() - startedMs
}

const subscribeAll = async (server: TestClient) => {
  await server.subscribeAsync([topics.brokerStatus, filters.telemetry()], { qos: 1 })
}
const texts = (client: TestClient) =>
  client.received.filter(({ topic }) => topic === topics.telemetry(GATEWAY)).map(({ text }) => text)

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'keeps accounts, retained messages and what waits for a session over %s, in order',
  async signal => {
    const dataDir = await makeDataDir()
    const session = asServer({ clientId: 'ingest', clean: false })
    const first = await spawnBroker(dataDir)
    expect(first.lines).toEqual([
      expect.stringMatching(/^ready mqtt mqtt:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^ready mqtt-ws ws:\/\/127\.0\.0\.1:\d+\/mqtt$/),
    ])
    const server = await connectClient(first.mqttUrl, session)
    await subscribeAll(server)
    await giveAccounts(server, [accountRecord(GATEWAY, 7)])
    await server.endAsync()
    const gateway = await connectClient(first.mqttUrl, asGateway(GATEWAY))
    await gateway.publishAsync(topics.status(GATEWAY), 'online', { qos: 1, retain: true })
    // The broker acknowledges before it stores, but hands a message on only when it is stored: whoever has the last one
    // knows that all are.
    const witness = await connectClient(first.mqttUrl, asServer())
    await witness.subscribeAsync(filters.telemetry(), { qos: 1 })
    for (let index = 0; index <= 20; index += 1) gateway.publish(topics.telemetry(GATEWAY), `${index}`, { qos: 1 })
    await vi.waitFor(() => expect(texts(witness)).toHaveLength(21), 5_000)
    await end(first.child, signal)

    const second = await spawnBroker(dataDir)
    const againGateway = await connectClient(second.mqttUrl, asGateway(GATEWAY))
    const againWitness = await connectClient(second.mqttUrl, asServer())
    await againWitness.subscribeAsync(filters.telemetry(), { qos: 1 })
    await againGateway.publishAsync(topics.telemetry(GATEWAY), '21', { qos: 1 })
    await vi.waitFor(() => expect(texts(againWitness)).toEqual(['21']))
    const again = await connectClient(second.mqttUrl, session)
    await vi.waitFor(() => expect(texts(again)).toEqual(Array.from({ length: 22 }, (_, index) => `${index}`)), 5_000)
    await again.subscribeAsync([topics.brokerStatus, filters.status()], { qos: 1 })
    await vi.waitFor(() =>
      expect(again.received).toEqual(
        expect.arrayContaining([
          { topic: topics.status(GATEWAY), text: 'online', retain: true },
          { topic: topics.brokerStatus, text: '{"accountsRevision":7}', retain: true },
        ]),
      ),
    )
    await end(second.child, 'SIGTERM')
  },
)

it('ends within 3 s of SIGTERM with 50 clients connected, with exit code 0', async () => {
  const dataDir = await makeDataDir()
  const { child, mqttUrl } = await spawnBroker(dataDir)
  const will = { topic: topics.event('500103', 'notice-issued'), payload: Buffer.from('gone'), qos: 1 } as const
  await Promise.all(
    Array.from({ length: 50 }, (_, index) => connectClient(mqttUrl, asServer({ clientId: `c${index}`, will }))),
  )
  expect(await end(child, 'SIGTERM')).toBeLessThan(3_000)
  expect(child.exitCode).toBe(0)
})

it('says in one line which setting or secret is wrong, and exits with 1', async () => {
  const run = async (env: Record<string, string>) => {
    const child = spawn(process.execPath, [MAIN], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', bytes => (stderr += String(bytes)))
    await once(child, 'close')
    return { code: child.exitCode, stderr }
  }
  const [port, secret] = await Promise.all([
    run({ MQTT_PORT: '70000' }),
    run({ DATA_DIR: await makeDataDir(), SECRETS_DIR: '/nowhere', MQTT_PORT: '0', MQTT_WS_PORT: '0' }),
  ])
  expect(port).toEqual({ code: 1, stderr: 'broker: settings: MQTT_PORT: expected a port, 0 to 65535\n' })
  expect(secret.code).toBe(1)
  expect(secret.stderr).toBe('broker: secret file /nowhere/mqtt-server cannot be read; the start script makes it\n')
})

it('refuses to run twice on one folder, and says so in one line', async () => {
  const dataDir = await makeDataDir()
  await spawnBroker(dataDir)
  const second = spawn(process.execPath, [MAIN], {
    env: { ...process.env, DATA_DIR: dataDir, MQTT_PORT: '0', MQTT_WS_PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  second.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = await once(second, 'close')
  expect(code).toBe(1)
  expect(said).toMatch(/^broker: cannot open the sessions in \S+: another broker uses this folder.*\n$/)
})
