import { type GatewayConfig, MAX_DISCOVERED, MAX_MISSING, type Metric, discoveredDeviceSchema } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import type { HeardReading } from '../intake/heard.ts'
import { createDiscovery, kindOf } from './discovery.ts'

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined }
const device = (id: string): GatewayConfig['devices'][number] => ({ id, vendor: 'tasmota', address: id })
const reading = (id: string, metric: Metric = 'power', value = 1): HeardReading => ({
  device: id,
  metric,
  value,
  vendor: 'tasmota',
  topic: '',
  address: id,
  channel: undefined,
})

function createBench(devices = [device('plug'), device('door')]) {
  const kept = new Set<string>()
  const bench = {
    nowMs: 1_000,
    changes: 0,
    kept,
    open: () =>
      createDiscovery(devices, {
        file: { seen: () => [...kept], putSeen: id => void kept.add(id) },
        clock: () => bench.nowMs,
        log: SILENT,
        onChanged: () => (bench.changes += 1),
      }),
  }
  return bench
}

describe('a device that nobody configured', () => {
  it('is told with all it was ever heard to measure, the last heard first, and news of it once', () => {
    const bench = createBench()
    const discovery = bench.open()
    discovery.stranger({ vendor: 'tasmota', address: 'a', metrics: ['power'] })
    bench.nowMs = 2_000
    discovery.stranger({ vendor: 'shelly', address: 'b', metrics: [] })
    bench.nowMs = 3_000
    discovery.stranger({ vendor: 'tasmota', address: 'a', metrics: ['relay', 'power'] })
    discovery.stranger({ vendor: 'tasmota', address: 'a', metrics: ['power'] })
    expect(discovery.discovered()).toEqual([
      {
        vendor: 'tasmota',
        address: 'a',
        metrics: ['power', 'relay'],
        firstSeenMs: 1_000,
        lastSeenMs: 3_000,
        kind: 'plug',
      },
      { vendor: 'shelly', address: 'b', metrics: [], firstSeenMs: 2_000, lastSeenMs: 2_000, kind: 'other' },
    ])
    expect(bench.changes).toBe(3)
  })

  it('never makes the status too large for its schema, whoever shouts', () => {
    const discovery = createBench().open()
    for (let n = 0; n < 1_000; n += 1)
      discovery.stranger({ vendor: 'tasmota', address: `${'x'.repeat(200)}`, metrics: [] })
    for (let n = 0; n < 1_000; n += 1)
      discovery.stranger({ vendor: 'tasmota', address: `plug-${n}`, metrics: ['relay'] })
    const found = discovery.discovered()
    expect(found.length).toBe(MAX_DISCOVERED)
    expect(found[0]?.address).toBe('plug-999')
    for (const one of found) expect(discoveredDeviceSchema.safeParse(one).success).toBe(true)
  })

  it.each<[Metric[], string]>([
    [['relay', 'power', 'energy'], 'plug'],
    [['power', 'energy'], 'meter'],
    [['leak', 'battery', 'temperature'], 'leak'],
    [['smoke', 'temperature'], 'smoke'],
    [['door', 'battery'], 'door'],
    [['people_in', 'people_out'], 'people'],
    [['occupancy', 'illuminance'], 'occupancy'],
    [['temperature', 'humidity'], 'climate'],
    [['battery'], 'other'],
  ])('that measures %s is most likely a %s', (metrics, kind) => {
    expect(kindOf(new Set(metrics))).toBe(kind)
  })
})

describe('a configured device', () => {
  it('is missing until it was heard once, also by an earlier run; its last will is no word of it', () => {
    const bench = createBench()
    const discovery = bench.open()
    discovery.heard([reading('plug', 'online', 0)])
    expect(discovery.missing()).toEqual(['plug', 'door'])
    discovery.heard([reading('plug')])
    expect(discovery.missing()).toEqual(['door'])
    expect(bench.open().missing()).toEqual(['door'])
    discovery.reconfigure([device('plug'), device('new')])
    expect(discovery.missing()).toEqual(['new'])
  })

  it('is named only as long as the status has room', () => {
    const many = Array.from({ length: MAX_MISSING + 1 }, (_, n) => device(`d${n}`))
    expect(createBench(many).open().missing().length).toBe(MAX_MISSING)
  })
})
