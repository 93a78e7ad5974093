import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Reading, encodeTelemetry, topics } from '@harbor/protocol'
import { pino } from 'pino'
import { expect, it, onTestFinished, vi } from 'vitest'
import { INGEST_DEFAULTS, createIngest } from '../src/ingest/ingest.ts'
import { createMetrics } from '../src/metrics/metrics.ts'
import { createDuckdbStore } from '../src/telemetry/duckdb-store.ts'
import { createMemoryBus } from './memory-bus.ts'

const START_MS = Date.UTC(2026, 6, 1, 4)
const GATEWAYS = ['gw-1', 'gw-2', 'gw-3']
const PACKS = 100

/** Pack `seq` of a gateway: ten readings of its plug, a second apart. */
function packOf(gateway: string, seq: number): Reading[] {
  return Array.from({ length: 10 }, (_, n) => ({
    device: `${gateway}-plug`,
    metric: 'power',
    timeMs: START_MS + (seq * 10 + n) * 1_000,
    value: seq * 10 + n,
  }))
}

it('stores every reading once and acknowledges every pack, though packs come twice, late, and across a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harbor-ingest-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const log = pino({ level: 'silent' })

  /** A server on the same file; `gateway` sends to it and hears its acknowledgements. */
  async function startServer() {
    const bus = createMemoryBus()
    const store = createDuckdbStore({ file: join(folder, 'telemetry.duckdb'), memoryLimitMb: 256, threads: 2 }, { log })
    await store.start()
    const ingest = createIngest(
      { ...INGEST_DEFAULTS, districts: [], batch: { flushReadings: 200, flushMs: 2, queueReadings: 400 } },
      {
        bus,
        store,
        ownerOf: device => device.replace(/-plug$/, ''),
        clock: () => START_MS + 3_600_000,
        random: Math.random,
        log,
        metrics: createMetrics(),
        onStored: () => undefined,
        onStatus: () => undefined,
      },
    )
    ingest.start()
    const stop = async () => {
      await ingest.stop()
      await store.stop()
    }
    onTestFinished(stop)
    const acked = (gateway: string): number => {
      const topic = topics.ack({ district: '500103', gateway })
      const seqs = bus.published
        .filter(message => message.topic === topic)
        .map(({ payload }) => {
          return (JSON.parse(new TextDecoder().decode(payload)) as { seq: number }).seq
        })
      return Math.max(0, ...seqs)
    }
    const send = (gateway: string, seq: number, base: number) =>
      bus.receive(
        topics.telemetry({ district: '500103', gateway }),
        encodeTelemetry({ seq, boot: 'b1', base, readings: packOf(gateway, seq) }),
      )
    return { store, stop, acked, send }
  }

  const first = await startServer()
  for (let seq = 1; seq <= 60; seq += 1) {
    // Gateways 2 and 3 lose every seventh pack, which comes behind the next; each pack of gateway 3 comes twice.
    for (const gateway of GATEWAYS) {
      if (gateway !== 'gw-1' && seq % 7 === 0) continue
      await first.send(gateway, seq, 1)
      if (gateway !== 'gw-1' && seq % 7 === 1 && seq > 1) await first.send(gateway, seq - 1, 1)
      if (gateway === 'gw-3') await first.send(gateway, seq, 1)
    }
  }
  await vi.waitFor(() => expect(GATEWAYS.map(first.acked)).toEqual([60, 60, 60]))
  await first.stop()

  const second = await startServer()
  // The gateways heard the acknowledgements up to 50, and send all since again to a server that knows nothing of them.
  for (let seq = 51; seq <= PACKS; seq += 1) for (const gateway of GATEWAYS) await second.send(gateway, seq, 51)
  await vi.waitFor(() => expect(GATEWAYS.map(second.acked)).toEqual([PACKS, PACKS, PACKS]))
  const answer = await second.store.series({
    devices: GATEWAYS.map(gateway => `${gateway}-plug`),
    metric: 'power',
    fromMs: START_MS,
    toMs: START_MS + 3_600_000,
    limit: 10_000,
  })
  const expected = Array.from({ length: PACKS * 10 }, (_, n) => [START_MS + (n + 10) * 1_000, n + 10])
  expect(answer.series.map(({ points }) => points)).toEqual([expected, expected, expected])
})
