import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readStoredConfig } from '../src/config/config-files.ts'
import { type Gateway, createGateway } from '../src/gateway.ts'
import { SECRET, connectDevice, writeGatewayFolder } from './support/devices.ts'
import { type ServerDouble, startServerDouble } from './support/server-double.ts'

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }

describe('a gateway whose clock begins at 1970', () => {
  let dir: string
  let server: ServerDouble
  let gateway: Gateway | undefined

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gateway-time-'))
    server = await startServerDouble()
  })
  afterEach(async () => {
    await gateway?.stop()
    await server.stop()
    await rm(dir, { recursive: true })
  })

  const start = async (clock: () => number, mqttUrl = server.url) => {
    const folder = await writeGatewayFolder(dir)
    gateway = createGateway(
      {
        stored: await readStoredConfig(folder),
        secret: SECRET,
        folder,
        lan: { host: '127.0.0.1', port: 0 },
        mqttUrl,
        configTrialMs: 300_000,
        outboxBytes: 2 ** 20,
        backlogReadingsPerS: 2_000,
        version: 'test',
      },
      { clock, stopwatch: () => performance.now(), random: Math.random, log: SILENT },
    )
    const url = await gateway.start()
    return { url, stop: gateway.stop }
  }
  const say = async (url: string, values: readonly number[]) => {
    const device = await connectDevice(url, 'counter')
    for (const value of values) {
      await device.publishAsync('people-counter/sensor/people/state', String(value), { qos: 1 })
    }
    await device.endAsync()
  }
  const stored = () => [...server.stored.values()].map(({ value }) => value)

  it('asks the server for the time, and dates by it', async () => {
    const fromMs = Date.now()
    const { url } = await start(() => Math.round(performance.now()))
    await say(url, [1, 2, 3])
    await vi.waitFor(() => expect(stored()).toEqual([1, 2, 3]), { timeout: 10_000 })
    const times = [...server.stored.values()].map(({ timeMs }) => timeMs)
    expect(times.every(timeMs => timeMs >= fromMs - 2_000 && timeMs <= Date.now() + 2_000)).toBe(true)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('keeps undated over the end of the process what it cannot send, and dates it by when it came', async () => {
    const first = await start(() => Math.round(performance.now()), 'mqtt://127.0.0.1:1')
    const fromMs = Date.now()
    await say(first.url, [4, 5])
    const untilMs = Date.now()
    await first.stop()
    expect(stored()).toEqual([])
    // Half a second later at least, by another process of the same start of the machine, with a clock that is right.
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(untilMs + 500), { timeout: 2_000 })
    await start(Date.now)
    await vi.waitFor(() => expect(stored()).toEqual([4, 5]), { timeout: 10_000 })
    for (const { timeMs } of server.stored.values()) {
      expect(timeMs).toBeGreaterThanOrEqual(fromMs - 100)
      expect(timeMs).toBeLessThanOrEqual(untilMs + 100)
    }
  })
})
