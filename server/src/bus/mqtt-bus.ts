import { createHash } from 'node:crypto'
import { HarborError } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Metrics } from '../metrics/metrics.ts'
import type { BusErrorCode, MessageBus } from './message-bus.ts'
import { type MqttLink, createMqttLink } from './mqtt-link.ts'

export interface MqttBusSettings {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  url: string
  username: string
  password: string
  /** Whom to believe on a line with TLS, PEM; undefined: the authorities that Node believes. Read at each connection. */
  caFile?: string | undefined
  /** Names the session that the broker keeps while this process is down; one process at a time may use it. At most 22 bytes. */
  clientId: string
  /** Seconds between signs of life. */
  keepaliveS: number
  /** Between tries to connect, in ms. */
  reconnectMs: number
  /** Messages published and not yet taken by the broker; more are refused with BUS_FULL. */
  maxUnsent: number
  /** How long `stop` waits for them, in ms. */
  stopMs: number
}

export const MQTT_BUS_DEFAULTS = {
  keepaliveS: 30,
  reconnectMs: 1_000,
  maxUnsent: 10_000,
  stopMs: 500,
} as const satisfies Partial<MqttBusSettings>

/**
 * The client id of a server that serves these districts: the same at every start, so that the broker's session is found
 * again; another for other districts, so that an old session's filters do not follow.
 */
export function serverClientId(districts: readonly string[]): string {
  if (districts.length === 0) return 'harbor-server'
  const digest = createHash('sha256').update(districts.toSorted().join()).digest('hex')
  return `harbor-server-${digest.slice(0, 8)}` // 22 bytes: every MQTT 3.1.1 broker takes 23
}

/**
 * The bus on mqtt.js, with QoS 1 both ways, on two connections: one whose session the broker keeps, and one, without a session,
 * for what its senders keep themselves and send again. So a broker need not write each pack of readings to its disk for us, and
 * a slow store holds back readings alone.
 */
export function createMqttBus(
  settings: MqttBusSettings,
  { log, metrics }: { log: Logger; metrics: Metrics },
): MessageBus {
  const connectListeners: (() => void)[] = []
  let isStarted = false
  let isStopped = false
  let hasStream = false
  /** Published and not yet answered by the broker. */
  const unsent = new Set<{ reject: (error: Error) => void }>()
  let onAllSent: (() => void) | undefined

  metrics.observedGauge({
    name: 'harbor_bus_connected',
    help: '1 while this server is connected to the broker.',
    read: () => (isConnected() ? 1 : 0),
  })
  metrics.observedGauge({
    name: 'harbor_bus_unsent_messages',
    help: 'Messages published that the broker has not taken yet.',
    read: () => unsent.size,
  })
  const ignored = metrics.counter({
    name: 'harbor_bus_ignored_total',
    help: 'Messages that came for a filter which this server does not subscribe to (any more).',
  })
  const deps = {
    log,
    onIgnored: () => ignored.inc({}),
    onConnected: () => {
      if (!isConnected()) return
      for (const listener of connectListeners) listener()
    },
  }
  const kept: MqttLink = createMqttLink({ ...settings, isKept: true }, deps)
  const stream: MqttLink = createMqttLink(
    // One byte more at most: 23 are what every MQTT 3.1.1 broker takes ([MQTT-3.1.3-5]).
    { ...settings, clientId: `${settings.clientId}s`, isKept: false },
    deps,
  )

  function isConnected(): boolean {
    return kept.isConnected() && (!hasStream || stream.isConnected())
  }

  function allSentOrLate(): Promise<void> {
    return new Promise(resolve => {
      const late = setTimeout(resolve, settings.stopMs)
      onAllSent = () => {
        clearTimeout(late)
        resolve()
      }
    })
  }

  return {
    isConnected,
    onConnect: listener => void connectListeners.push(listener),
    subscribe: (filter, handler, { isStream = false } = {}) => {
      if (!isStream) return kept.subscribe(filter, handler)
      hasStream = true
      stream.subscribe(filter, handler)
      kept.forget(filter)
    },

    async start() {
      isStarted = true
      kept.start()
      if (hasStream) stream.start()
    },

    publish: (topic, payload, { retain = false } = {}) =>
      new Promise((resolve, reject) => {
        const client = kept.client()
        if (client === undefined || isStopped) return reject(stopped())
        if (unsent.size >= settings.maxUnsent) {
          const message = `bus: ${unsent.size} messages wait for the broker, no more are taken`
          return reject(new HarborError<BusErrorCode>('BUS_FULL', message))
        }
        const waiting = { reject }
        unsent.add(waiting)
        client.publish(topic, asBuffer(payload), { qos: 1, retain }, error => {
          unsent.delete(waiting)
          if (unsent.size === 0) onAllSent?.()
          if (error === undefined || error === null) resolve()
          else reject(error)
        })
      }),

    async stop() {
      if (isStopped || !isStarted) return
      isStopped = true
      if (unsent.size > 0 && kept.isConnected()) await allSentOrLate()
      await Promise.all([kept.stop(), stream.stop()])
      for (const { reject } of unsent) reject(stopped())
      unsent.clear()
    },
  }
}

/** The same bytes, not a copy: nobody changes a payload after it was published. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}

function stopped(): HarborError<BusErrorCode> {
  return new HarborError('BUS_STOPPED', 'bus: not started, or stopped')
}
