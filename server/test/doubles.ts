import { writeFile } from 'node:fs/promises'
import type { Reading } from '@harbor/protocol'
import { LEVEL_MS } from '../src/telemetry/levels.ts'
import type { TelemetryStore } from '../src/telemetry/telemetry-store.ts'
import { foldUsage } from '../src/telemetry/usage-map.ts'
import { type MemoryBus, createMemoryBus } from './memory-bus.ts'

/** The bus without a broker, whose connection can be cut. */
export interface CuttableBus extends MemoryBus {
  /** What is published while it is cut is refused. */
  setConnected: (isConnected: boolean) => void
  /** What was published, its JSON parsed, oldest first. */
  sent: () => { topic: string; payload: unknown }[]
}

export function createCuttableBus(): CuttableBus {
  const bus = createMemoryBus()
  let isConnected = false
  const setConnected = (connected: boolean) => {
    isConnected = connected
    if (connected) bus.connect()
  }
  return {
    ...bus,
    setConnected,
    start: async () => setConnected(true),
    stop: async () => setConnected(false),
    isConnected: () => isConnected,
    publish: async (topic, payload) => {
      if (!isConnected) throw new Error('the broker is away')
      await bus.publish(topic, payload)
    },
    sent: () =>
      bus.published.map(({ topic, payload }) => ({ topic, payload: JSON.parse(new TextDecoder().decode(payload)) })),
  }
}

/** A telemetry store in memory; `isWell` false makes every call fail. */
export interface MemoryStore extends TelemetryStore {
  readings: Reading[]
  isWell: boolean
}

export function createMemoryStore(): MemoryStore {
  const store: MemoryStore = {
    readings: [],
    isWell: true,
    start: async () => {},
    stop: async () => {},
    write: async readings => {
      if (!store.isWell) throw new Error('the disk is full')
      store.readings.push(...readings)
    },
    newest: async () => {
      const newest = new Map<string, Reading>()
      for (const reading of store.readings) {
        const key = `${reading.device}/${reading.metric}`
        if ((newest.get(key)?.timeMs ?? -1) < reading.timeMs) newest.set(key, reading)
      }
      return [...newest.values()]
    },
    series: async ({ devices, metric, fromMs, toMs, everyMs }) => {
      if (!store.isWell) throw new Error('the disk is full')
      const points = (device: string) =>
        store.readings
          .filter(r => r.device === device && r.metric === metric && r.timeMs >= fromMs && r.timeMs < toMs)
          .map(r => [r.timeMs, r.value])
      const read = (device: string) => (everyMs === undefined ? points(device) : windows(points(device), everyMs))
      return {
        level: 'raw',
        ...(everyMs !== undefined && { everyMs }),
        truncated: false,
        series: devices.map(device => ({ device, points: read(device) })),
      }
    },
    usageMap: async query => {
      const found = await store.series({ ...query, everyMs: LEVEL_MS.quarter, limit: Infinity })
      const buckets = found.series.flatMap(({ points }) =>
        points.map(([startMs = 0, mean = 0, min = 0, max = 0, count = 0]) => ({
          startMs,
          sum: mean * count,
          count,
          min,
          max,
          sumOfMeans: mean,
          devices: 1,
        })),
      )
      return { level: 'quarter', cells: foldUsage(buckets, query) }
    },
    // Lines in place of Parquet: what a test looks for is whose readings are in it.
    exportTo: async ({ devices, fromMs, toMs, file }) => {
      const rows = store.readings.filter(
        r => r.timeMs >= fromMs && r.timeMs < toMs && (devices?.includes(r.device) ?? true),
      )
      await writeFile(file, rows.map(({ device, timeMs }) => `${device} ${timeMs}\n`).join(''))
      return { rows: rows.length, sizeBytes: 0 }
    },
    maintain: async () => {},
    health: async () => ({ ok: store.isWell, detail: store.isWell ? 'well' : 'the disk is full' }),
  }
  return store
}

/** Points in order of time as a store gives windows of them. */
function windows(points: readonly number[][], everyMs: number): number[][] {
  const byStart = Map.groupBy(
    points.toSorted(([a = 0], [b = 0]) => a - b),
    ([timeMs = 0]) => Math.floor(timeMs / everyMs) * everyMs,
  )
  return [...byStart].map(([startMs, inside]) => {
    const values = inside.map(([, value = 0]) => value)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return [startMs, mean, Math.min(...values), Math.max(...values), values.length]
  })
}
