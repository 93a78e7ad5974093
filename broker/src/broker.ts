import { join } from 'node:path'
import {
  ProtocolError,
  type RunningProcess,
  brokerAccountsSchema,
  brokerRefusalSchema,
  decodeJson,
  encodeJson,
  errorText,
  topics,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import { type Accounts, createAccounts } from './accounts/accounts.ts'
import { isReservedId } from './authority/account.ts'
import { createEngine } from './engine/engine.ts'
import type { Limits } from './engine/limits.ts'
import { BrokerError } from './errors.ts'
import type { Listener } from './listeners/listener.ts'
import { createSecureListeners } from './listeners/secure-listeners.ts'
import { createTcpListener } from './listeners/tcp-listener.ts'
import type { TlsFiles } from './listeners/tls-material.ts'
import { createWebListener } from './listeners/web-listener.ts'
import { createMetrics } from './metrics/metrics.ts'
import { type Refusal, createRefusals } from './refusals.ts'

export interface BrokerConfig {
  host: string
  /** 0: any free port; undefined: MQTT only over TLS and WebSocket. */
  mqttPort: number | undefined
  /** 0: any free port. */
  webPort: number
  /** MQTT over TLS; undefined: not offered. */
  tls?: { files: TlsFiles; mqttsPort: number; wssPort: number }
  /** Where the broker keeps accounts, sessions and retained messages. */
  directory: string
  secretsDir: string
  limits: Limits
  /**
   * Whoever connects is let in as `anybody` and may use any topic: for suites that look at the broker's MQTT and know nothing of
   * accounts. On the loopback only.
   */
  isOpenToAnybody?: boolean
}

export interface BrokerDeps {
  log: Pick<Logger, 'info' | 'warn' | 'error'>
  nowMs: () => number
  /** ms that only grow. */
  stopwatch: () => number
  newId: () => string
  /** The store failed: the process should end. */
  onFatal: (error: Error) => void
}

export interface Broker {
  /** Resolves with the listeners once the broker takes connections. */
  start: () => Promise<RunningProcess['listeners']>
  stop: () => Promise<void>
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])

/** The whole broker: accounts, engine and listeners. */
export function createBroker(config: BrokerConfig, deps: BrokerDeps): Broker {
  const metrics = createMetrics()
  const refuse = createRefusals({
    count: metrics.refused,
    log: deps.log,
    tell: refusal =>
      tellServer(refusal).catch((error: unknown) =>
        deps.log.error({ error: errorText(error) }, 'a refusal could not be told to the server'),
      ),
    nowMs: deps.nowMs,
  })
  const accounts = createAccounts({ file: join(config.directory, 'accounts.sqlite'), secretsDir: config.secretsDir })
  let isRunning = false
  if (config.isOpenToAnybody === true && !LOOPBACK.has(config.host))
    throw new BrokerError(
      'BROKER_OPEN_BEYOND_LOOPBACK',
      `a broker without accounts listens on this machine only, not on ${config.host}`,
    )
  const verify: Accounts['verify'] = config.isOpenToAnybody === true ? () => ({ kind: 'anybody' }) : accounts.verify

  const engine = createEngine(
    { directory: join(config.directory, 'sessions'), limits: config.limits },
    {
      verify,
      verifyCertificate: accounts.verifyCertificate,
      newId: deps.newId,
      onConnected: ({ kind }) => metrics.connected(kind),
      onReceived: ({ kind }, payloadBytes) => metrics.received(kind, payloadBytes),
      onRefused: refuse,
      onHeldBack: metrics.heldBack,
      stopwatch: deps.stopwatch,
      onFatal: deps.onFatal,
      take: (topic, payload) => {
        if (topic !== topics.brokerAccounts) return false
        takeAccounts(payload)
        return true
      },
    },
  )
  // Twice a payload: a client may put a whole packet, or several small ones, into one WebSocket message.
  const webConfig = { host: config.host, messageBytes: 2 * config.limits.payloadBytes }
  const webDeps = {
    serve: engine.accept,
    isHealthy: () => isRunning,
    metrics: async () => ({
      contentType: metrics.contentType,
      text: await metrics.text({ ...engine, accountsRevision: () => (isRunning ? accounts.revision() : 0) }),
    }),
  }
  const { host, tls } = config
  const secure =
    tls && createSecureListeners({ ...tls, ...webConfig, limits: config.limits }, { ...webDeps, refuse, log: deps.log })
  const listeners: [name: string, listener: Listener][] = [
    ...(config.mqttPort === undefined
      ? []
      : [['mqtt', createTcpListener({ host, port: config.mqttPort }, engine.accept)] as [string, Listener]]),
    ['mqtt-ws', createWebListener({ ...webConfig, port: config.webPort }, webDeps)],
    ...(secure?.listeners ?? []),
  ]

  /** Synchronous up to the durable store: the server's message is acknowledged after this returns. */
  function takeAccounts(payload: Uint8Array): void {
    let changed: string[]
    try {
      const result = accounts.apply(decodeJson(brokerAccountsSchema, payload))
      changed = result.changed
      for (const gateway of result.reserved) refuse({ reason: 'wrong_shape', source: gateway, detail: 'a reserved id' })
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      refuse({ reason: 'wrong_shape', source: 'server', detail: errorText(error) })
      return
    }
    settle(changed).catch((error: unknown) =>
      deps.log.error({ error: errorText(error) }, 'accounts changed, but not all was done'),
    )
  }

  async function settle(changed: readonly string[]): Promise<void> {
    for (const gateway of changed) await engine.expel(gateway)
    await publishStatus()
  }

  /** That a gateway reached for what is another's belongs into the fleet's record, which the server keeps. */
  async function tellServer({ reason, source, detail = '' }: Refusal): Promise<void> {
    // Whoever was not let in is named by an address, which is no id.
    const told = brokerRefusalSchema.safeParse({ gateway: source, reason, detail: detail.slice(0, 120) })
    if (!told.success || isReservedId(source) || config.isOpenToAnybody === true) return
    await engine.publish(topics.brokerRefusals, encodeJson(told.data))
  }

  async function publishStatus(): Promise<void> {
    await engine.publishRetained(topics.brokerStatus, encodeJson({ accountsRevision: accounts.revision() }))
  }

  async function stop(): Promise<void> {
    isRunning = false
    await engine.stop()
    secure?.stop()
    await Promise.all(listeners.map(([, listener]) => listener.stop()))
    accounts.stop()
  }

  return {
    start: async () => {
      try {
        await accounts.start()
        await engine.start()
        if (config.isOpenToAnybody !== true) await publishStatus()
        await secure?.start()
        const started: { name: string; url: string }[] = []
        for (const [name, listener] of listeners) started.push({ name, url: await listener.start() })
        isRunning = true
        return started
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
  }
}
