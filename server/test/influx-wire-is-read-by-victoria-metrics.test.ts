import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createMetrics } from '../src/metrics/metrics.ts'
import { INFLUX_DEFAULTS, createInfluxStore } from '../src/telemetry/influx-store.ts'

/**
 * VictoriaMetrics takes InfluxDB's write requests and parses line protocol by itself: a second opinion on what we send.
 * It has no Flux, and may lose its last seconds when killed, so nothing else is asked of it.
 */
const isInstalled = spawnSync('victoria-metrics', ['-version']).error === undefined

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

describe.skipIf(!isInstalled)('the write side (needs the Debian package victoria-metrics)', () => {
  let folder: string
  let server: ChildProcess
  let url: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'harbor-victoria-'))
    url = `http://127.0.0.1:${await freePort()}`
    server = spawn('victoria-metrics', [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=${new URL(url).host}`,
      '-retentionPeriod=12',
      '-loggerLevel=ERROR',
    ])
    await vi.waitUntil(async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok, {
      timeout: 60_000,
      interval: 50,
    })
  })

  afterAll(async () => {
    const ended = new Promise(resolve => server.once('exit', resolve))
    server.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true })
  })

  it('is understood: every device, metric, time and value arrives as it was', { timeout: 120_000 }, async () => {
    const store = createInfluxStore(
      { ...INFLUX_DEFAULTS, url, token: 't', org: 'o', bucket: 'b', refusedFile: join(folder, 'refused.lp') },
      { clock: Date.now, random: Math.random, log: pino({ level: 'silent' }), metrics: createMetrics() },
    )
    await store.start()
    const startMs = Date.now() - 3_600_000
    const metrics = ['power', 'voltage', 'temperature'] as const
    // 3,000 lines of two values, gzipped; with values that need an exponent or a sign.
    const readings: Reading[] = Array.from({ length: 6_000 }, (_, n) => ({
      device: `station-${n % 50}`,
      metric: metrics[n % 3] ?? 'power',
      timeMs: startMs + Math.floor(n / 150) * 1_000 + 7,
      value: n % 7 === 0 ? -n / 1e7 : n / 8,
    }))
    await store.write(readings)
    expect(await store.health()).toMatchObject({ ok: true })
    await store.stop()

    const expected = readings.map(({ device, metric, timeMs, value }) => `${device} ${metric} ${timeMs} ${value}`)
    await expect.poll(() => exported(), { timeout: 60_000, interval: 250 }).toEqual(expected.toSorted())
  })

  async function exported(): Promise<string[]> {
    await fetch(`${url}/internal/force_flush`)
    const query = new URLSearchParams({ 'match[]': '{__name__=~"tele_.*"}' })
    const text = await (await fetch(`${url}/api/v1/export?${query.toString()}`)).text()
    const series = text
      .split('\n')
      .filter(line => line !== '')
      .map(
        line =>
          JSON.parse(line) as { metric: { __name__: string; did: string }; values: number[]; timestamps: number[] },
      )
    return series
      .flatMap(({ metric, values, timestamps }) =>
        values.map(
          (value, row) => `${metric.did} ${metric.__name__.slice('tele_'.length)} ${timestamps[row]} ${value}`,
        ),
      )
      .toSorted()
  }
})
