import { Counter, Gauge, Registry } from 'prom-client'
import type { Account } from '../authority/account.ts'
import type { RefusalReason } from '../refusals.ts'

/** Numbers that are read when somebody asks. */
export interface MetricSources {
  connections: () => number
  sessions: () => number
  messagesWaiting: () => number
  accountsRevision: () => number
}

export interface Metrics {
  refused: (reason: RefusalReason) => void
  connected: (kind: Account['kind']) => void
  received: (kind: Account['kind'], payloadBytes: number) => void
  /** A message waits, because its gateway sends faster than it may. */
  heldBack: () => void
  /** All metrics in the Prometheus text format. */
  text: (sources: MetricSources) => Promise<string>
  contentType: string
}

/** The broker's metrics, in a registry of their own. */
export function createMetrics(): Metrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  const counter = (name: string, help: string, label: string) =>
    new Counter({ name: `harbor_broker_${name}_total`, help, labelNames: [label], registers })
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers })

  const refusals = counter('refused', 'Connections, messages and subscriptions refused, by reason', 'reason')
  const connects = counter('connects', 'Connections accepted, by kind of account', 'account')
  const messages = counter('messages_received', 'Messages taken from clients, by kind of account', 'account')
  const heldBack = new Counter({
    name: 'harbor_broker_messages_held_back_total',
    help: 'Messages that waited, because their gateway sent faster than it may',
    registers,
  })
  const bytes = counter('received_bytes', 'Payload bytes taken from clients, by kind of account', 'account')
  const gauges: Readonly<Record<keyof MetricSources, Gauge>> = {
    connections: gauge('harbor_broker_connections', 'Open connections, logged in or not'),
    sessions: gauge('harbor_broker_sessions', 'Sessions that outlive their connections'),
    messagesWaiting: gauge(
      'harbor_broker_messages_waiting',
      'Messages that wait for sessions or for their acknowledgement',
    ),
    accountsRevision: gauge('harbor_broker_accounts_revision', 'Revision of the gateway accounts stored'),
  }
  const memory = gauge('process_resident_memory_bytes', 'Resident memory of the broker')

  return {
    refused: reason => refusals.inc({ reason }),
    connected: account => connects.inc({ account }),
    received: (account, payloadBytes) => {
      messages.inc({ account })
      bytes.inc({ account }, payloadBytes)
    },
    heldBack: () => heldBack.inc(),
    text: sources => {
      for (const [name, gauge] of Object.entries(gauges)) gauge.set(sources[name as keyof MetricSources]())
      memory.set(process.memoryUsage.rss())
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
