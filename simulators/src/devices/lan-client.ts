import { errorText } from '@harbor/protocol'
import { type MqttClient, connect } from 'mqtt'
import type { Logger } from 'pino'
import { type Random, uniform } from '../random.ts'
import type { Dialect, Message } from './dialect.ts'

/** First try within this, so that 48 stations do not connect in one moment; later tries wait longer. */
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 8_000
const CONNECT_LIMIT_MS = 5_000
/** A device that says nothing else pings this often; its will is told after one and a half of them. */
const KEEPALIVE_S = 60

export interface LanClient {
  /** Gives the gateway's address, or takes it away; a change of it ends the connection. */
  setUrl: (url: string | undefined) => void
  /** Sends now; while not connected messages are lost, as a device's are. */
  send: (messages: readonly Message[]) => void
  isConnected: () => boolean
  stop: () => Promise<void>
}

export interface LanClientDeps {
  log: Logger
  random: Random
  onConnect: () => void
  onMessage: (topic: string, payload: string) => void
}

/** The one owner of mqtt.js: a device's connection to its gateway, made again for as long as there is an address. */
export function createLanClient(dialect: Dialect, { log, random, onConnect, onMessage }: LanClientDeps): LanClient {
  let url: string | undefined
  let client: MqttClient | undefined
  let retry: NodeJS.Timeout | undefined
  let tries = 0
  let stopped = false

  function later(): void {
    clearTimeout(retry)
    if (stopped || url === undefined) return
    const longestMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(tries, 4))
    retry = setTimeout(open, uniform(random, longestMs / 4, longestMs))
  }

  function open(): void {
    if (stopped || url === undefined || client !== undefined) return
    tries += 1
    const { will } = dialect
    const opened = connect(url, {
      clientId: dialect.clientId,
      protocolVersion: 4,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_LIMIT_MS,
      reconnectPeriod: 0,
      queueQoSZero: false,
      resubscribe: false,
      timerVariant: 'native',
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: will.retain === true },
    })
    client = opened
    opened.on('connect', () => {
      tries = 0
      if (dialect.orders.length > 0) opened.subscribe([...dialect.orders])
      onConnect()
    })
    opened.on('message', (topic, payload) => onMessage(topic, payload.toString('utf8')))
    opened.on('error', error => {
      log.debug({ client: dialect.clientId, error: errorText(error) }, 'connection to the gateway')
      opened.end(true)
    })
    opened.on('close', () => {
      if (client !== opened) return
      client = undefined
      opened.end(true)
      later()
    })
  }

  function close(): Promise<void> {
    clearTimeout(retry)
    const closing = client
    client = undefined
    return closing === undefined ? Promise.resolve() : closing.endAsync(true)
  }

  return {
    setUrl: next => {
      if (next === url) return
      url = next
      tries = 0
      void close().finally(later)
    },
    send: messages => {
      if (client?.connected !== true) return
      for (const { topic, payload, retain = false } of messages) client.publish(topic, payload, { qos: 0, retain })
    },
    isConnected: () => client?.connected === true,
    stop: () => {
      stopped = true
      return close()
    },
  }
}
