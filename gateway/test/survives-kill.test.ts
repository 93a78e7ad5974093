import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openOutbox } from '../src/outbox/open-outbox.ts'
import { CONFIG, connectDevice, writeGatewayFolder } from './support/devices.ts'
import { type ServerDouble, startServerDouble } from './support/server-double.ts'

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** The same port again after each kill, as a station's gateway has it. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>(resolve => void server.close(() => resolve()))
  return port
}

describe('the gateway process', () => {
  let dir: string
  let server: ServerDouble
  let child: ChildProcess | undefined

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gateway-kill-'))
    await writeGatewayFolder(dir)
    server = await startServerDouble({ ackDelayMs: 50 })
  })
  afterEach(async () => {
    await end('SIGKILL')
    await server.stop()
    await rm(dir, { recursive: true })
  })

  const launch = async (port: number): Promise<string> => {
    const env = {
      PATH: process.env['PATH'],
      GATEWAY_DIR: dir,
      MQTT_URL: server.url,
      GATEWAY_LAN_PORT: String(port),
      LOG_LEVEL: 'silent',
    }
    const started = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    child = started
    let said = ''
    started.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    started.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await vi.waitFor(() => expect(said).toMatch(/\n/), { timeout: 10_000 })
    return said
  }
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return undefined
    const ended = once(ending, 'exit')
    ending.kill(signal)
    return ((await ended) as [number | null])[0]
  }

  it('delivers each of 200 QoS 1 readings once although it is killed twice meanwhile', async () => {
    const port = await freePort()
    await launch(port)
    const device = await connectDevice(`mqtt://127.0.0.1:${port}`, 'DVES_FRIDGE')
    // Every one says the same second, of a wall clock in Shanghai (UTC+8): only their values tell them apart.
    const wallClock = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19)
    let confirmed = 0
    const publish = (payload: string) => {
      device.publish('tele/fridge/SENSOR', payload, { qos: 1 }, error => {
        // mqtt.js drops, and says so, what it was given while it sent older messages again and lost the connection.
        if (error) publish(payload)
        else confirmed += 1
      })
    }
    for (let n = 1; n <= 200; n += 1) {
      const payload = JSON.stringify({ Time: wallClock, ENERGY: { Power: n } })
      publish(payload)
      // A window of 20 messages that may be on their way at a kill.
      await vi.waitFor(() => expect(confirmed).toBeGreaterThan(n - 20), { timeout: 10_000 })
      if (n === 70 || n === 150) {
        await end('SIGKILL')
        await launch(port)
      }
    }
    await vi.waitFor(() => expect(confirmed).toBe(200), { timeout: 10_000 })
    await vi.waitFor(() => expect(server.stored.size).toBeGreaterThanOrEqual(200), { timeout: 10_000 })
    await device.endAsync()
    await end('SIGTERM')
    // What is not acknowledged yet is at the server, too: nothing more is to come.
    const outbox = openOutbox(
      join(dir, CONFIG.gateway, 'outbox.sqlite'),
      { maxBytes: 2 ** 20 },
      { clock: Date.now, log: SILENT },
    )
    const left = outbox.read({ firstId: 1, lastId: 1_000 })
    outbox.close()
    expect(left.filter(({ device: id, metric, timeMs }) => !server.stored.has(`${id}:${metric}:${timeMs}`))).toEqual([])
    const powers = [...server.stored.values()].map(({ value }) => value).sort((a, b) => a - b)
    expect(powers).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    expect(server.conflicts).toEqual([])
  })

  it('says where it listens, and ends with 0 on SIGTERM', async () => {
    expect(await launch(0)).toMatch(/^ready gw-[\w-]+ mqtt:\/\/127\.0\.0\.1:\d+\n$/)
    expect(await end('SIGTERM')).toBe(0)
  })

  it('names the file of a bad config in one line', async () => {
    await writeGatewayFolder(dir, {
      version: 1,
      gateway: 'gw-500103-02',
      station: 'cq-500103-02',
      district: '500103',
      timeZone: 'Mars/Olympus',
      devices: [],
    })
    const said = await launch(0)
    expect(said).toMatch(/^gateway: .*gw-500103-02\/config\.json: timeZone: .*"Mars\/Olympus"\n$/)
  })
})
