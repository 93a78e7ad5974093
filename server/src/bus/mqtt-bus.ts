import { createHash } from 'node:crypto'
import { HarborError, errorText, topicMatcher } from '@harbor/protocol'
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import { createLogLimiter } from '../metrics/log-limiter.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { BusErrorCode, BusHandler, MessageBus } from './message-bus.ts'

export interface MqttBusSettings {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  url: string
  username: string
  password: string
  /** Names the session that the broker keeps while this process is down; one process at a time may use it. */
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

interface Subscription {
  filter: string
  fits: (topicLevels: readonly string[]) => boolean
  handler: BusHandler
}

/** The bus on mqtt.js: a persistent session (clean session off) with QoS 1 both ways. */
export function createMqttBus(
  settings: MqttBusSettings,
  { log, metrics }: { log: Logger; metrics: Metrics },
): MessageBus {
  const subscriptions: Subscription[] = []
  const connectListeners: (() => void)[] = []
  let client: MqttClient | undefined
  let isStopped = false
  /** Published and not yet answered by the broker. */
  const unsent = new Set<{ reject: (error: Error) => void }>()
  let onAllSent: (() => void) | undefined
  let handling = 0
  let signsOfLife: NodeJS.Timeout | undefined
  // Tries go on every second for as long as a broker is away; their errors are the same.
  const errorLimiter = createLogLimiter({ everyMs: 60_000, maxKeys: 20 }, () => performance.now())

  metrics.observedGauge({
    name: 'harbor_bus_connected',
    help: '1 while this server is connected to the broker.',
    read: () => (client?.connected === true ? 1 : 0),
  })
  const ignored = metrics.counter({
    name: 'harbor_bus_ignored_total',
    help: 'Messages that came for a filter which this server does not subscribe to (any more).',
  })

  function connect(): MqttClient {
    const opened = mqtt.connect(settings.url, {
      clientId: settings.clientId,
      username: settings.username,
      password: settings.password,
      clean: false,
      keepalive: settings.keepaliveS,
      reconnectPeriod: settings.reconnectMs,
      // A wrong password or a broker that is starting is tried again too: the operator puts it right on the other side.
      reconnectOnConnackError: true,
      protocolVersion: 4,
      // Subscribed anew at every connection by ourselves: a broker that lost its disk has lost the session with it.
      resubscribe: false,
    })
    opened.handleMessage = deliver
    opened.on('connect', () => void standUp(opened))
    // `offline` comes once for each lost connection, `close` with every try.
    opened.on('offline', () => log.warn({ url: settings.url }, 'not connected to the broker, trying on'))
    opened.on('error', error => {
      const text = errorText(error)
      const heldBack = errorLimiter.admit(text)
      if (heldBack !== undefined)
        log.error({ url: settings.url, error: text, heldBack }, 'the broker connection failed')
    })
    return opened
  }

  async function standUp(opened: MqttClient): Promise<void> {
    const wanted = Object.fromEntries(subscriptions.map(({ filter }) => [filter, { qos: 1 as const }]))
    try {
      await opened.subscribeAsync(wanted)
    } catch (error) {
      // Refused by the broker (0x80, MQTT 3.1.1 3.9.3), or cut off: then the next connection begins anew.
      log.error({ filters: Object.keys(wanted), error: errorText(error) }, 'subscribing failed')
    }
    if (!opened.connected) return
    log.info({ url: settings.url, clientId: settings.clientId }, 'connected to the broker')
    for (const listener of connectListeners) listener()
  }

  /** Called by mqtt.js for one message at a time: the next is read, and this one acknowledged, after `done`. */
  function deliver(packet: IPublishPacket, done: (error?: Error) => void): void {
    const levels = packet.topic.split('/')
    const subscription = subscriptions.find(({ fits }) => fits(levels))
    if (subscription === undefined) {
      ignored.inc({})
      done()
      return
    }
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    const taken = handle(subscription, { topic: packet.topic, payload, isRetained: packet.retain })
    if (taken === undefined) return done()
    handling += 1
    void taken.then(error => {
      handling -= 1
      done(error)
    })
  }

  /** Undefined when the message is dealt with; else a promise of the error that says it was not taken. */
  function handle(
    { handler }: Subscription,
    message: Parameters<BusHandler>[0],
  ): Promise<Error | undefined> | undefined {
    const notTaken = (error: unknown): Error => {
      log.error({ topic: message.topic.slice(0, 200), error: errorText(error) }, 'a message was not taken')
      return error instanceof Error ? error : new Error(errorText(error))
    }
    try {
      return handler(message)?.then(() => undefined, notTaken)
    } catch (error) {
      return Promise.resolve(notTaken(error))
    }
  }

  /**
   * While a handler holds the stream back, mqtt.js cannot see the broker's answers to its pings and would cut the connection
   * for it. The broker is seen to live by what waits to be read; our own signs of life go on.
   */
  function keepAlive(): void {
    if (handling === 0 || client?.connected !== true) return
    client.sendPing()
    client.reschedulePing(true)
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
    isConnected: () => client?.connected === true,
    onConnect: listener => void connectListeners.push(listener),
    subscribe: (filter, handler) => void subscriptions.push({ filter, fits: topicMatcher(filter), handler }),

    async start() {
      client = connect()
      signsOfLife = setInterval(keepAlive, settings.keepaliveS * 400)
    },

    publish: (topic, payload, { retain = false } = {}) =>
      new Promise((resolve, reject) => {
        if (client === undefined || isStopped) return reject(stopped())
        if (unsent.size >= settings.maxUnsent) {
          const message = `bus: ${unsent.size} messages wait for the broker, no more are taken`
          return reject(new HarborError<BusErrorCode>('BUS_FULL', message))
        }
        const waiting = { reject }
        unsent.add(waiting)
        client.publish(topic, Buffer.from(payload), { qos: 1, retain }, error => {
          unsent.delete(waiting)
          if (unsent.size === 0) onAllSent?.()
          if (error === undefined || error === null) resolve()
          else reject(error)
        })
      }),

    async stop() {
      if (isStopped || client === undefined) return
      isStopped = true
      clearInterval(signsOfLife)
      if (unsent.size > 0 && client.connected) await allSentOrLate()
      // Always forced: mqtt.js would wait for every answer, for ever if the broker is away.
      await client.endAsync(true)
      for (const { reject } of unsent) reject(stopped())
      unsent.clear()
    },
  }
}

function stopped(): HarborError<BusErrorCode> {
  return new HarborError('BUS_STOPPED', 'bus: not started, or stopped')
}
