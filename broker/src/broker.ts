import { join } from 'node:path'
import {
  ProtocolError,
  type RunningProcess,
  brokerAccountsSchema,
  decodeJson,
  encodeJson,
  errorText,
  topics,
} from '@harbor/protocol'
import type { Logger } from 'pino'
import { createAccounts } from './accounts/accounts.ts'
import { createEngine } from './engine/engine.ts'
import type { Limits } from './engine/limits.ts'
import { createTcpListener } from './listeners/tcp-listener.ts'
import { createWebListener } from './listeners/web-listener.ts'
import { createMetrics } from './metrics/metrics.ts'
import { createRefusals } from './refusals.ts'

export interface BrokerConfig {
  host: string
  /** 0: any free port. */
  mqttPort: number
  /** 0: any free port. */
  webPort: number
  /** Where the broker keeps accounts, sessions and retained messages. */
  directory: string
  secretsDir: string
  limits: Limits
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

/** The whole broker: accounts, engine and listeners. */
export function createBroker(config: BrokerConfig, deps: BrokerDeps): Broker {
  const metrics = createMetrics()
  const refuse = createRefusals({ count: metrics.refused, log: deps.log, nowMs: deps.nowMs })
  const accounts = createAccounts({ file: join(config.directory, 'accounts.sqlite'), secretsDir: config.secretsDir })
  let isRunning = false

  const engine = createEngine(
    { directory: join(config.directory, 'sessions'), limits: config.limits },
    {
      verify: accounts.verify,
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
  const tcp = createTcpListener({ host: config.host, port: config.mqttPort }, engine.accept)
  const web = createWebListener(
    // Twice a payload: a client may put a whole packet, or several small ones, into one WebSocket message.
    { host: config.host, port: config.webPort, messageBytes: 2 * config.limits.payloadBytes },
    {
      serve: engine.accept,
      isHealthy: () => isRunning,
      metrics: async () => ({
        contentType: metrics.contentType,
        text: await metrics.text({ ...engine, accountsRevision: () => (isRunning ? accounts.revision() : 0) }),
      }),
    },
  )

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

  async function publishStatus(): Promise<void> {
    await engine.publishRetained(topics.brokerStatus, encodeJson({ accountsRevision: accounts.revision() }))
  }

  async function stop(): Promise<void> {
    isRunning = false
    await engine.stop()
    await Promise.all([tcp.stop(), web.stop()])
    accounts.stop()
  }

  return {
    start: async () => {
      try {
        await accounts.start()
        await engine.start()
        await publishStatus()
        const mqttUrl = await tcp.start()
        const webUrl = await web.start()
        isRunning = true
        return [
          { name: 'mqtt', url: mqttUrl },
          { name: 'mqtt-ws', url: webUrl },
        ]
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
  }
}
