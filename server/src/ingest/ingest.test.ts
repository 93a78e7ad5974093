import {
  type GatewayStatus,
  MAX_PAYLOAD_BYTES,
  REJECT_REASONS,
  type Reading,
  encodeJson,
  encodeTelemetry,
  topics,
} from '@harbor/protocol'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createMemoryBus } from '../../test/memory-bus.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { INGEST_DEFAULTS, type IngestSettings, createIngest } from './ingest.ts'

const NOW_MS = Date.UTC(2026, 6, 1, 4)
const GATEWAY = { district: '500103', gateway: 'gw-1' }
const TOPIC = topics.telemetry(GATEWAY)

const reading = (timeMs = NOW_MS, more: Partial<Reading> = {}): Reading => ({
  device: 'gw-1-plug',
  metric: 'power',
  timeMs,
  value: 5,
  ...more,
})

const pack = (seq: number, readings: Reading[] = [reading(NOW_MS + seq)], base = 1) =>
  encodeTelemetry({ seq, boot: 'b1', base, readings })

const record = (more: object, seq = 1) =>
  encodeJson({ seq, boot: 'b1', base: 1, pack: [{ bn: 'urn:harbor:gw-1-plug:', bt: NOW_MS / 1000, ...more }] })

function setUp(settings: Partial<IngestSettings> = {}) {
  const bus = createMemoryBus()
  const written: Reading[] = []
  const store = { write: vi.fn(async (readings: readonly Reading[]) => void written.push(...readings)) }
  const time = { nowMs: NOW_MS }
  const logged: { reason?: string; heldBack?: number; device?: string; gateway?: string }[] = []
  const log = pino({ level: 'warn', base: null }, { write: line => void logged.push(JSON.parse(line)) })
  const metrics = createMetrics()
  const onStored = vi.fn<(readings: readonly Reading[], receivedAtMs: number) => void>()
  const ingest = createIngest(
    {
      ...INGEST_DEFAULTS,
      districts: [],
      batch: { ...INGEST_DEFAULTS.batch, flushMs: 1 },
      retry: { firstMs: 1, maxMs: 4 },
      ...settings,
    },
    {
      bus,
      store,
      ownerOf: device => /^(gw-\d+)-/.exec(device)?.[1],
      clock: () => time.nowMs,
      random: () => 0.5,
      log,
      metrics,
      onStored,
      onStatus: () => undefined,
    },
  )
  ingest.start()
  onTestFinished(() => ingest.stop())
  const acks = () =>
    bus.published.map(({ topic, payload }) => [topic, JSON.parse(new TextDecoder().decode(payload)).seq as number])
  const rejected = async () => {
    const lines = (await metrics.render()).matchAll(/^harbor_ingest_rejected_total\{reason="(\w+)"\} (\d+)$/gm)
    return Object.fromEntries([...lines].map(([, reason, count]) => [reason, Number(count)]))
  }
  return { bus, store, written, time, logged, metrics, onStored, ingest, acks, rejected }
}

describe('ingest', () => {
  it('stores a pack, tells its consumers, and acknowledges it to its gateway, in this order', async () => {
    const { bus, store, onStored, acks } = setUp()
    await bus.receive(TOPIC, pack(1))
    await vi.waitFor(() => expect(acks()).toEqual([[topics.ack(GATEWAY), 1]]))
    expect(onStored).toHaveBeenCalledExactlyOnceWith([reading(NOW_MS + 1)], NOW_MS)
    expect(store.write.mock.invocationCallOrder[0]).toBeLessThan(onStored.mock.invocationCallOrder[0] ?? 0)
  })

  it('acknowledges once for many packs of one batch, up to the first gap', async () => {
    const { bus, written, acks } = setUp({ batch: { flushReadings: 4, flushMs: 10_000, queueReadings: 100 } })
    for (const seq of [1, 2, 3, 5]) await bus.receive(TOPIC, pack(seq))
    await vi.waitFor(() => expect(acks().at(-1)).toEqual([topics.ack(GATEWAY), 3]))
    expect(acks().length).toBeLessThanOrEqual(2)
    expect(written).toHaveLength(4)
  })

  it('does not acknowledge what the store refused, and tries again until it is taken', async () => {
    const { bus, store, metrics, acks, onStored } = setUp()
    store.write.mockRejectedValue(new Error('disk full'))
    await bus.receive(TOPIC, pack(1))
    await vi.waitFor(() => expect(store.write.mock.calls.length).toBeGreaterThan(3))
    expect(acks()).toEqual([])
    expect(onStored).not.toHaveBeenCalled()
    expect(await metrics.render()).toMatch(/^harbor_ingest_write_failures_total [1-9]/m)
    store.write.mockResolvedValue(undefined)
    await vi.waitFor(() => expect(acks()).toHaveLength(1))
  })

  it('takes a pack once that comes again while it waits for a slow store, and again once it was stored', async () => {
    const { bus, store, written, metrics, acks } = setUp()
    const gate = Promise.withResolvers<void>()
    store.write.mockImplementationOnce(async readings => {
      await gate.promise
      written.push(...readings)
    })
    for (const seq of [1, 1, 2, 1, 2]) await bus.receive(TOPIC, pack(seq))
    expect(await metrics.render()).toMatch(/^harbor_ingest_packs_repeated_total 3$/m)
    gate.resolve()
    await vi.waitFor(() => expect(acks().at(-1)).toEqual([topics.ack(GATEWAY), 2]))
    expect(written.map(({ timeMs }) => timeMs - NOW_MS)).toEqual([1, 2])
    await bus.receive(TOPIC, pack(2))
    await vi.waitFor(() => expect(written).toHaveLength(3))
  })

  it('acknowledges a pack that came twice twice', async () => {
    const { bus, acks } = setUp()
    await bus.receive(TOPIC, pack(1))
    await vi.waitFor(() => expect(acks()).toHaveLength(1))
    await bus.receive(TOPIC, pack(1))
    await vi.waitFor(() => expect(acks().map(([, seq]) => seq)).toEqual([1, 1]))
  })

  it('shows every reason at 0 before anything was refused', async () => {
    const { rejected } = setUp()
    expect(await rejected()).toEqual(Object.fromEntries(REJECT_REASONS.map(reason => [reason, 0])))
  })

  it.each([
    ['too_large', new Uint8Array(MAX_PAYLOAD_BYTES + 1)],
    ['not_json', new TextEncoder().encode('{')],
    ['not_json', Uint8Array.of(0xff, 0xfe)],
    ['wrong_shape', encodeJson([])],
    ['wrong_shape', encodeJson({ seq: 0, boot: 'b1', pack: [] })],
    ['not_a_pack', encodeJson({ seq: 1, boot: 'b1', pack: 'text' })],
  ])('counts what is no pack as %s, and stores and acknowledges nothing', async (reason, payload) => {
    const { bus, store, acks, rejected, logged } = setUp()
    await bus.receive(TOPIC, payload)
    expect(await rejected()).toMatchObject({ [reason]: 1 })
    expect(logged).toMatchObject([{ reason, gateway: 'gw-1' }])
    expect([store.write.mock.calls, acks()]).toEqual([[], []])
  })

  it.each([
    ['bad_record', record({ bv: 1 })],
    ['bad_name', record({ bn: 'urn:other:', n: 'power', u: 'W', v: 1 })],
    ['bad_time', record({ bt: 0, n: 'power', u: 'W', v: 1 })],
    ['unknown_metric', record({ n: 'speed', u: 'm/s', v: 1 })],
    ['wrong_type', record({ n: 'power', u: 'W', v: 'five' })],
    ['wrong_unit', record({ n: 'power', u: 'kW', v: 1 })],
    ['out_of_range', record({ n: 'power', u: 'W', v: 1e9 })],
    ['unknown_device', record({ bn: 'urn:harbor:gw-2-plug:', n: 'power', u: 'W', v: 1 })],
    ['unknown_device', record({ bn: 'urn:harbor:nobody:', n: 'power', u: 'W', v: 1 })],
    ['time_future', record({ t: 601, n: 'power', u: 'W', v: 1 })],
    ['time_past', record({ bt: 400_000_000, n: 'power', u: 'W', v: 1 })],
  ])(
    'counts a bad record as %s, and acknowledges its pack: sent again it would be no better',
    async (reason, payload) => {
      const { bus, written, onStored, acks, rejected } = setUp()
      await bus.receive(TOPIC, payload)
      await vi.waitFor(() => expect(acks()).toEqual([[topics.ack(GATEWAY), 1]]))
      expect(await rejected()).toMatchObject({ [reason]: 1 })
      expect(written).toEqual([])
      expect(onStored).not.toHaveBeenCalled()
    },
  )

  it('keeps the good records of a pack with bad ones', async () => {
    const { bus, written } = setUp()
    await bus.receive(TOPIC, pack(1, [reading(), reading(NOW_MS, { device: 'gw-2-plug' }), reading(NOW_MS + 1)]))
    await vi.waitFor(() => expect(written).toEqual([reading(), reading(NOW_MS + 1)]))
  })

  it('logs a device once a minute however much of it is refused, and says how much was held back', async () => {
    const { bus, time, logged, rejected } = setUp()
    const bad = (seq: number) => record({ n: 'power', u: 'kW', v: 1 }, seq)
    for (let n = 0; n < 50; n += 1) await bus.receive(TOPIC, bad(n + 1))
    expect(logged).toMatchObject([{ reason: 'wrong_unit', device: 'gw-1-plug', heldBack: 0 }])
    time.nowMs += 60_000
    await bus.receive(TOPIC, bad(51))
    expect(logged).toHaveLength(2)
    expect(logged[1]).toMatchObject({ heldBack: 49 })
    expect(await rejected()).toMatchObject({ wrong_unit: 51 })
  })

  it('logs once for a gateway that makes up device names, however many', async () => {
    const { bus, logged } = setUp()
    for (let n = 0; n < 50; n += 1) await bus.receive(TOPIC, pack(n + 1, [reading(NOW_MS, { device: `made-up-${n}` })]))
    expect(logged).toMatchObject([{ reason: 'unknown_device', gateway: 'gw-1' }])
  })

  it('holds the bus back while the store does not keep up', async () => {
    const { bus, store, acks } = setUp({ batch: { flushReadings: 1, flushMs: 1, queueReadings: 2 } })
    const held = Promise.withResolvers<undefined>()
    store.write.mockReturnValueOnce(held.promise)
    for (const seq of [1, 2, 3]) await bus.receive(TOPIC, pack(seq))
    const taken = vi.fn<() => void>()
    void bus.receive(TOPIC, pack(4)).then(taken)
    await new Promise(resolve => setImmediate(resolve))
    expect(taken).not.toHaveBeenCalled()
    held.resolve(undefined)
    await vi.waitFor(() => expect(taken).toHaveBeenCalled())
    await vi.waitFor(() => expect(acks().at(-1)?.[1]).toBe(4))
  })

  it('goes on when a consumer throws, and still acknowledges', async () => {
    const { bus, onStored, acks } = setUp()
    onStored.mockImplementationOnce(() => {
      throw new Error('consumer')
    })
    await bus.receive(TOPIC, pack(1))
    await vi.waitFor(() => expect(acks()).toHaveLength(1))
  })

  it('stores and acknowledges what it has taken before it is stopped', async () => {
    const { bus, written, ingest, acks } = setUp({ batch: { ...INGEST_DEFAULTS.batch, flushMs: 60_000 } })
    await bus.receive(TOPIC, pack(1))
    await ingest.stop()
    expect(written).toHaveLength(1)
    expect(acks()).toHaveLength(1)
    await expect(bus.receive(TOPIC, pack(2))).rejects.toMatchObject({ code: 'INGEST_STOPPED' })
    await ingest.stop()
  })

  it('is stopped within its limit though the store hangs, and acknowledges nothing then', async () => {
    const { bus, store, ingest, acks } = setUp({ stopMs: 20 })
    store.write.mockReturnValue(new Promise(() => undefined))
    await bus.receive(TOPIC, pack(1))
    await ingest.stop()
    expect(acks()).toEqual([])
  })

  it('acknowledges nothing of what the store refused until the stop, and tells no consumer of it', async () => {
    const { bus, store, ingest, acks, onStored } = setUp({ stopMs: 20 })
    store.write.mockRejectedValue(new Error('disk full'))
    await bus.receive(TOPIC, pack(1))
    await ingest.stop()
    await new Promise(resolve => setImmediate(resolve))
    expect(acks()).toEqual([])
    expect(onStored).not.toHaveBeenCalled()
  })

  it('serves only the districts that it was given', async () => {
    const { bus, written } = setUp({ districts: ['500103', '500105'] })
    for (const district of ['500103', '500105', '500106'])
      await bus.receive(topics.telemetry({ district, gateway: 'gw-1' }), pack(1, [reading(NOW_MS + Number(district))]))
    await vi.waitFor(() => expect(written.map(({ timeMs }) => timeMs - NOW_MS)).toEqual([500_103, 500_105]))
  })
})

describe('ingest of gateway statuses', () => {
  const status = (rejected: Record<string, number>): GatewayStatus => ({
    online: true,
    boot: 'b1',
    uptimeMs: 0,
    rejected,
  })

  it('keeps the newest, and adds up what gateways refused', async () => {
    const { bus, ingest, metrics } = setUp()
    await bus.receive(topics.status(GATEWAY), encodeJson(status({ not_json: 2, strange: 1 })))
    await bus.receive(topics.status(GATEWAY), encodeJson(status({ not_json: 3, strange: 1 })))
    expect(ingest.statuses.newest('gw-1')?.status.rejected).toEqual({ not_json: 3, strange: 1 })
    const text = await metrics.render()
    expect(text).toContain('harbor_gateway_rejected_total{reason="not_json"} 3\n')
    expect(text).toContain('harbor_gateway_rejected_total{reason="other"} 1\n')
  })

  it('counts what is none', async () => {
    const { bus, ingest, rejected } = setUp()
    await bus.receive(topics.status(GATEWAY), encodeJson({ online: 'yes' }))
    expect(await rejected()).toMatchObject({ wrong_shape: 1 })
    expect(ingest.statuses.newest('gw-1')).toBeUndefined()
  })

  it('counts a topic with an id that is none', async () => {
    const { bus, rejected } = setUp()
    await bus.receive('harbor/v1/500103/GW_1/telemetry', pack(1))
    await bus.receive('harbor/v1/chongqing/gw-1/status', encodeJson(status({})))
    expect(await rejected()).toMatchObject({ wrong_topic: 2 })
  })
})
