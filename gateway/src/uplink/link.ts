import { type IClientOptions, type MqttClient, connect } from 'mqtt'
import { type GatewayAddress, errorText, topics } from '@harbor/protocol'
import type { Log, Random, Stopwatch } from '../log.ts'
import type { LineTrust } from './line-trust.ts'

/** Waiting before the next attempt to connect: doubled each time, up to the last, half of it at random. */
const FIRST_RETRY_MS = 500
const LAST_RETRY_MS = 30_000
const CONNECT_TIMEOUT_MS = 10_000
const KEEP_ALIVE_S = 30
/** Publications that the broker has not confirmed; with more, the connection is taken for dead and made anew. Chosen: four windows. */
const MAX_UNCONFIRMED = 64
/** One line a minute about a link that stays down. */
const LOG_INTERVAL_MS = 60_000

export interface LinkOptions {
  url: string
  /** Undefined: a certificate is in its place. */
  secret: string | undefined
  /** For a line with TLS; asked at each attempt. May throw: then the attempt has failed. */
  trust: () => LineTrust
  address: GatewayAddress
  /** The last will, published by the broker when the link breaks. */
  will: Uint8Array
}

/** What the broker is asked for, and who takes it. */
export interface Hearing {
  /** An exact topic, or one whose levels may be `+`. */
  filter: string
  /** Is not to throw. */
  hear: (payload: Uint8Array, topic: string) => void
}

export interface LinkDeps {
  log: Log
  random: Random
  stopwatch: Stopwatch
  /** Connected and subscribed: all that is asked for will be heard. */
  onUp: () => void
  onDown: () => void
  hearings: readonly Hearing[]
}

/** The gateway's connection to the broker; it keeps trying until stopped. */
export interface Link {
  start: () => void
  /** Does nothing while the link is down: whoever needs certainty waits for the server's ack. */
  publish: (topic: string, payload: Uint8Array, retain: boolean) => void
  /** The same, not retained, and calls `onTaken` when the broker has it; never, when the link is down or breaks before. */
  publishUntilTaken: (topic: string, payload: Uint8Array, onTaken: () => void) => void
  /** Ends the connection in order, so that the last will is not sent, after what is being sent. */
  stop: () => Promise<void>
}

interface Sending {
  topic: string
  payload: Uint8Array
  retain: boolean
  onTaken: () => void
}

/** Every connection is a new client: nothing of an old one is sent again behind our back, or out of order. */
export function createLink({ url, secret, trust, address, will }: LinkOptions, deps: LinkDeps): Link {
  const asked = deps.hearings.map(({ filter }) => filter)
  const options: IClientOptions = {
    clientId: address.gateway,
    username: address.gateway,
    ...(secret !== undefined && { password: secret }),
    clean: true,
    protocolVersion: 4,
    keepalive: KEEP_ALIVE_S,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: 0,
    // mqtt-packet would keep a buffer for each of 65,536 numbers: 8 MB, for this and for the LAN's broker, to save little.
    writeCache: false,
    will: { topic: topics.status(address), payload: Buffer.from(will), qos: 1, retain: true },
  }
  const isSecure = /^(mqtts|wss|ssl|tls):/.test(url)
  let client: MqttClient | undefined
  let retryTimer: NodeJS.Timeout | undefined
  let isUp = false
  let isStopped = false
  let attempts = 0
  let unconfirmed = 0
  let complaint = { atMs: Number.NEGATIVE_INFINITY, text: '' }

  const complain = (text: string) => {
    const nowMs = deps.stopwatch()
    if (text === complaint.text && nowMs - complaint.atMs < LOG_INTERVAL_MS) return
    complaint = { atMs: nowMs, text }
    deps.log.warn({ gateway: address.gateway, url, problem: text }, 'the uplink is down, trying again')
  }

  const drop = (old: MqttClient) => {
    if (client !== old) return
    client = undefined
    if (isUp) {
      isUp = false
      deps.onDown()
    }
    old.end(true)
    retryLater()
  }

  const retryLater = () => {
    if (isStopped) return
    const delayMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempts)
    attempts += 1
    retryTimer = setTimeout(open, delayMs * (0.5 + deps.random() / 2))
  }

  const open = () => {
    retryTimer = undefined
    unconfirmed = 0
    let opened: MqttClient
    try {
      opened = connect(url, { ...options, ...(isSecure && trust()) })
    } catch (error) {
      complain(errorText(error))
      retryLater()
      return
    }
    client = opened
    opened.on('error', error => complain(errorText(error)))
    opened.on('close', () => drop(opened))
    opened.on('message', (topic, payload) => {
      for (const { filter, hear } of deps.hearings) if (fits(filter, topic)) hear(payload, topic)
    })
    opened.on('connect', () => {
      opened.subscribe(asked, { qos: 1 }, (error, granted) => {
        if (client !== opened) return
        if (error || granted?.some(({ qos }) => qos === 128)) {
          complain(`subscribing: ${error ? errorText(error) : 'refused'}`)
          return drop(opened)
        }
        attempts = 0
        isUp = true
        deps.onUp()
      })
    })
  }

  const send = ({ topic, payload, retain, onTaken }: Sending) => {
    const current = client
    if (!isUp || current === undefined) return
    unconfirmed += 1
    current.publish(topic, Buffer.from(payload), { qos: 1, retain }, error => {
      // An error here is a connection that ends: 'close' follows, and all that matters is sent again.
      if (client !== current) return
      unconfirmed -= 1
      if (error === undefined || error === null) onTaken()
    })
    if (unconfirmed > MAX_UNCONFIRMED) {
      complain('the broker confirms nothing')
      drop(current)
    }
  }

  return {
    start: open,
    publish: (topic, payload, retain) => send({ topic, payload, retain, onTaken: () => undefined }),
    publishUntilTaken: (topic, payload, onTaken) => send({ topic, payload, retain: false, onTaken }),
    stop: async () => {
      isStopped = true
      clearTimeout(retryTimer)
      const last = client
      client = undefined
      if (last === undefined) return
      if (isUp) {
        isUp = false
        deps.onDown()
      }
      await new Promise<void>(resolve => {
        // A broker that does not answer must not hold the stop up.
        const limit = setTimeout(() => last.end(true, () => resolve()), 1_000)
        last.end(false, () => {
          clearTimeout(limit)
          resolve()
        })
      })
    },
  }
}

function fits(filter: string, topic: string): boolean {
  const [asked, given] = [filter.split('/'), topic.split('/')]
  return asked.length === given.length && asked.every((level, index) => level === '+' || level === given[index])
}
