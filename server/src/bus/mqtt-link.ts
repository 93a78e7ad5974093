import { readFileSync } from 'node:fs'
import { errorText, topicMatcher } from '@harbor/protocol'
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt'
import type { Logger } from 'pino'
import { createLogLimiter } from '../metrics/log-limiter.ts'
import type { BusHandler } from './message-bus.ts'

export interface MqttLinkSettings {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`. */
  url: string
  username: string
  password: string
  /** Whom to believe on a line with TLS, PEM; undefined: the authorities that Node believes. */
  caFile?: string | undefined
  clientId: string
  /** The broker keeps what comes while this process is away. */
  isKept: boolean
  /** Seconds between signs of life. */
  keepaliveS: number
  /** Between tries to connect, in ms. */
  reconnectMs: number
}

export interface MqttLinkDeps {
  log: Logger
  /** A message came for a filter that this link does not have (any more). */
  onIgnored: () => void
  /** Connected, and all subscriptions stand. */
  onConnected: () => void
}

/** One connection to the broker with its subscriptions, which it takes up anew whenever it connects. */
export interface MqttLink {
  subscribe: (filter: string, handler: BusHandler) => void
  /** What an earlier version may have subscribed to in the session that is kept. */
  forget: (filter: string) => void
  /** Begins to connect and keeps trying. */
  start: () => void
  client: () => MqttClient | undefined
  isConnected: () => boolean
  stop: () => Promise<void>
}

interface Subscription {
  filter: string
  fits: (topicLevels: readonly string[]) => boolean
  handler: BusHandler
}

export function createMqttLink(settings: MqttLinkSettings, { log, onIgnored, onConnected }: MqttLinkDeps): MqttLink {
  const { url, clientId } = settings
  const subscriptions: Subscription[] = []
  const forgotten: string[] = []
  let client: MqttClient | undefined
  let handling = 0
  let isStanding = false
  let signsOfLife: NodeJS.Timeout | undefined
  // Tries go on every second for as long as a broker is away; their errors are the same.
  const errorLimiter = createLogLimiter({ everyMs: 60_000, maxKeys: 20 }, () => performance.now())

  /** A file that cannot be read is said, and what was believed before stays: the try then fails or not by itself. */
  function trust(): { ca?: string } {
    if (settings.caFile === undefined) return {}
    try {
      return { ca: readFileSync(settings.caFile, 'utf8') }
    } catch (error) {
      const text = errorText(error)
      if (errorLimiter.admit(text) !== undefined)
        log.error({ file: settings.caFile, error: text }, 'MQTT_CA_FILE cannot be read')
      return {}
    }
  }

  function connect(): MqttClient {
    const opened = mqtt.connect(url, {
      clientId,
      username: settings.username,
      password: settings.password,
      clean: !settings.isKept,
      keepalive: settings.keepaliveS,
      reconnectPeriod: settings.reconnectMs,
      // A wrong password or a broker that is starting is tried again too: the operator puts it right on the other side.
      reconnectOnConnackError: true,
      protocolVersion: 4,
      // Subscribed anew at every connection by ourselves: a broker that lost its disk has lost the session with it.
      resubscribe: false,
      ...trust(),
    })
    opened.handleMessage = deliver
    opened.on('connect', () => void standUp(opened))
    opened.on('close', () => {
      isStanding = false
      // For the next try: the file may have been replaced.
      Object.assign(opened.options, trust())
    })
    // `offline` comes once for each lost connection, `close` with every try.
    opened.on('offline', () => log.warn({ url, clientId }, 'not connected to the broker, trying on'))
    opened.on('error', error => {
      const text = errorText(error)
      const heldBack = errorLimiter.admit(text)
      if (heldBack !== undefined) log.error({ url, clientId, error: text, heldBack }, 'the broker connection failed')
    })
    return opened
  }

  async function standUp(opened: MqttClient): Promise<void> {
    const wanted = Object.fromEntries(subscriptions.map(({ filter }) => [filter, { qos: 1 as const }]))
    try {
      if (forgotten.length > 0) await opened.unsubscribeAsync(forgotten)
      if (subscriptions.length > 0) await opened.subscribeAsync(wanted)
    } catch (error) {
      // Refused by the broker (0x80, MQTT 3.1.1 3.9.3), or cut off: then the next connection begins anew.
      log.error({ filters: Object.keys(wanted), error: errorText(error) }, 'subscribing failed')
    }
    if (!opened.connected) return
    isStanding = true
    log.info({ url, clientId }, 'connected to the broker')
    onConnected()
  }

  /** Called by mqtt.js for one message at a time: the next is read, and this one acknowledged, after `done`. */
  function deliver(packet: IPublishPacket, done: (error?: Error) => void): void {
    const levels = packet.topic.split('/')
    const subscription = subscriptions.find(({ fits }) => fits(levels))
    if (subscription === undefined) {
      onIgnored()
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

  return {
    subscribe: (filter, handler) => void subscriptions.push({ filter, fits: topicMatcher(filter), handler }),
    forget: filter => void forgotten.push(filter),
    start: () => {
      client = connect()
      signsOfLife = setInterval(keepAlive, settings.keepaliveS * 400)
    },
    client: () => client,
    isConnected: () => client?.connected === true && isStanding,
    stop: async () => {
      clearInterval(signsOfLife)
      // Always forced: mqtt.js would wait for every answer, for ever if the broker is away.
      await client?.endAsync(true)
    },
  }
}
