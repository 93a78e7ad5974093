import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ack, type Reading, ackSchema, decodeJson, encodeJson, encodeTelemetry, topics } from '@harbor/protocol'
import mqtt from 'mqtt'
import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import { MQTT_BUS_DEFAULTS, createMqttBus } from '../src/bus/mqtt-bus.ts'
import { INGEST_DEFAULTS, createIngest } from '../src/ingest/ingest.ts'
import { createMetrics } from '../src/metrics/metrics.ts'
import { createDuckdbStore } from '../src/telemetry/duckdb-store.ts'
import { startTestBroker } from './test-broker.ts'

const START_MS = Date.UTC(2026, 6, 1, 4)
const PATIENCE = { timeout: 60_000, interval: 20 }
const GATEWAYS = ['gw-1', 'gw-2', 'gw-3', 'gw-4']
const ADDRESSES = GATEWAYS.map(gateway => ({ district: '500103', gateway }))
const PACKS = 400
const PACK_READINGS = 50
const QUEUE_READINGS = 1_000
const BATCH_READINGS = 500

function packOf(gateway: string, seq: number): Reading[] {
  return Array.from({ length: PACK_READINGS }, (_, n) => ({
    device: `${gateway}-plug`,
    metric: 'power',
    timeMs: START_MS + (seq * PACK_READINGS + n) * 1_000,
    value: n,
  }))
}

it('takes no more while the store stands still, acknowledges nothing, still hears statuses, and loses nothing after', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-slow-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const broker = await startTestBroker()
  onTestFinished(() => broker.stop())
  const log = pino({ level: 'silent' })
  const metrics = createMetrics()
  const store = createDuckdbStore({ file: join(folder, 'telemetry.duckdb'), memoryLimitMb: 256, threads: 1 }, { log })
  await store.start()
  /** Open: the store writes. */
  const gate = Promise.withResolvers<void>()
  const statuses: string[] = []
  const bus = createMqttBus(
    { ...MQTT_BUS_DEFAULTS, url: broker.url, username: 'server', password: 'x', clientId: 'harbor-server' },
    { log, metrics },
  )
  const ingest = createIngest(
    {
      ...INGEST_DEFAULTS,
      districts: [],
      batch: { flushReadings: BATCH_READINGS, flushMs: 5, queueReadings: QUEUE_READINGS },
    },
    {
      bus,
      store: {
        write: async readings => {
          await gate.promise
          await store.write(readings)
        },
      },
      ownerOf: device => device.replace(/-plug$/, ''),
      clock: () => START_MS + 24 * 3_600_000,
      random: Math.random,
      log,
      metrics,
      onStored: () => undefined,
      onStatus: gateway => statuses.push(gateway),
    },
  )
  ingest.start()
  const connected = new Promise<void>(resolve => bus.onConnect(resolve))
  await bus.start()
  await connected
  onTestFinished(async () => {
    await ingest.stop()
    await bus.stop()
    await store.stop()
  })
  const metric = async (name: string): Promise<number> => {
    const line = (await metrics.render()).split('\n').find(text => text.startsWith(`${name} `))
    return Number(line?.slice(name.length + 1))
  }

  const acked = new Map<string, number>()
  const client = await mqtt.connectAsync(broker.url, { clientId: 'gateways' })
  onTestFinished(() => client.endAsync(true))
  client.on('message', (topic, payload) => {
    const ack: Ack = decodeJson(ackSchema, payload)
    acked.set(topic, Math.max(acked.get(topic) ?? 0, ack.seq))
  })
  await client.subscribeAsync(ADDRESSES.map(topics.ack), { qos: 1 })
  const sendAll = () => {
    for (let seq = 1; seq <= PACKS; seq++) {
      for (const address of ADDRESSES) {
        const readings = packOf(address.gateway, seq)
        client.publish(topics.telemetry(address), Buffer.from(encodeTelemetry({ seq, boot: 'b', base: 1, readings })), {
          qos: 1,
        })
      }
    }
  }
  sendAll()

  // One batch is with the store, the queue is full, and one pack more waits in the handler: nothing is taken any more.
  const most = BATCH_READINGS + QUEUE_READINGS + PACK_READINGS
  await vi.waitFor(async () => {
    const before = await metric('harbor_ingest_messages_total{kind="telemetry"}')
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(before).toBeGreaterThan(QUEUE_READINGS / PACK_READINGS)
    expect(await metric('harbor_ingest_messages_total{kind="telemetry"}')).toBe(before)
  }, PATIENCE)
  expect(await metric('harbor_ingest_queue_readings')).toBeLessThanOrEqual(most)
  expect(await metric('harbor_ingest_messages_total{kind="telemetry"}')).toBeLessThanOrEqual(most / PACK_READINGS + 1)
  expect(acked.size).toBe(0)

  // What is no stream has a connection of its own and goes on; another client, for this one's messages stand behind each other.
  const other = await mqtt.connectAsync(broker.url, { clientId: 'other' })
  onTestFinished(() => other.endAsync(true))
  const status = { district: '500103', gateway: 'gw-9' }
  await other.publishAsync(topics.status(status), Buffer.from(encodeJson({ online: true })), { qos: 1 })
  await vi.waitFor(() => expect(statuses).toEqual(['gw-9']), PATIENCE)

  gate.resolve()
  await vi.waitFor(() => expect([...acked.values()]).toEqual(GATEWAYS.map(() => PACKS)), PATIENCE)
  const answer = await store.series({
    devices: GATEWAYS.map(gateway => `${gateway}-plug`),
    metric: 'power',
    fromMs: START_MS,
    toMs: START_MS + 24 * 3_600_000,
    everyMs: 24 * 3_600_000,
    limit: 100,
  })
  const count = answer.series.flatMap(({ points }) => points).reduce((sum, point) => sum + (point[4] ?? 0), 0)
  expect(count).toBe(GATEWAYS.length * PACKS * PACK_READINGS)
}, 120_000)
