import type { Reading } from '@harbor/protocol'
import type { BusHandler, MessageBus } from '../src/bus/message-bus.ts'
import type { TelemetryStore } from '../src/telemetry/telemetry-store.ts'

/** A broker in memory: what was published, and a way to let a message arrive. */
export interface MemoryBus extends MessageBus {
  published: { topic: string; payload: unknown }[]
  /** Cuts or restores the connection; what is published while it is cut is refused. */
  setConnected: (isConnected: boolean) => void
  deliver: (topic: string, payload: Uint8Array) => Promise<void>
}

export function createMemoryBus(): MemoryBus {
  const subscriptions: { filter: RegExp; handler: BusHandler }[] = []
  const connectListeners: (() => void)[] = []
  const published: MemoryBus['published'] = []
  let isConnected = false
  const connect = () => {
    isConnected = true
    for (const listener of connectListeners) listener()
  }
  return {
    published,
    start: async () => connect(),
    stop: async () => {
      isConnected = false
    },
    publish: async (topic, payload) => {
      if (!isConnected) throw new Error('the broker is away')
      published.push({ topic, payload: JSON.parse(new TextDecoder().decode(payload)) })
    },
    subscribe: (filter, handler) => {
      subscriptions.push({ filter: new RegExp(`^${filter.replaceAll('+', '[^/]+')}$`), handler })
    },
    onConnect: listener => connectListeners.push(listener),
    isConnected: () => isConnected,
    setConnected: connected => {
      if (connected) connect()
      else isConnected = false
    },
    deliver: async (topic, payload) => {
      for (const { filter, handler } of subscriptions)
        if (filter.test(topic)) await handler({ topic, payload, isRetained: false })
    },
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
    series: async ({ devices, metric, fromMs, toMs }) => {
      if (!store.isWell) throw new Error('the disk is full')
      const points = (device: string) =>
        store.readings
          .filter(r => r.device === device && r.metric === metric && r.timeMs >= fromMs && r.timeMs < toMs)
          .map(r => [r.timeMs, r.value])
      return { truncated: false, series: devices.map(device => ({ device, points: points(device) })) }
    },
    health: async () => ({ ok: store.isWell, detail: store.isWell ? 'well' : 'the disk is full' }),
  }
  return store
}
