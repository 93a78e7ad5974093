import type { Reading } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Alerts } from './alerts/alerts.ts'
import { createCauseRunner } from './alerts/cause-runner.ts'
import type { MessageBus } from './bus/message-bus.ts'
import type { GatewayStatuses } from './ingest/gateway-statuses.ts'
import { ACCOUNT_SYNC_DEFAULTS, createAccountSync } from './ingest/account-sync.ts'
import { INGEST_DEFAULTS, type IngestSettings, createIngest } from './ingest/ingest.ts'
import type { Metrics } from './metrics/metrics.ts'
import { accountsAfter, latestRevision, renumberAfter } from './registry/accounts.ts'
import type { LiveDirectory } from './registry/directory.ts'
import type { RegistryDb } from './registry/open-registry.ts'
import { createSafetyAlerts } from './safety/safety-alerts.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'

export interface IntakeDeps {
  db: RegistryDb
  bus: MessageBus
  store: Pick<TelemetryStore, 'write'>
  metrics: Metrics
  directory: LiveDirectory
  alerts: Alerts
  /** Whether a station is open by its hours; undefined: not known. */
  isOpenAt: (station: string, atMs: number) => boolean | undefined
  /** Readings that are durable, before the gateway is told so. */
  onStored: (readings: readonly Reading[], receivedAtMs: number) => void
  /** A gateway said something of itself. */
  onStatus: (gateway: string) => void
  /** How often it is looked for what explains silence, in ms; default 5,000. */
  lookEveryMs?: number | undefined
  nowMs: () => number
  /** In [0, 1). */
  random: () => number
  log: Logger
}

/** What gateways send: it is stored, acknowledged and looked at; and the broker is kept knowing their accounts. */
export interface Intake {
  statuses: Pick<GatewayStatuses, 'lastOnline' | 'newest'>
  /** Accounts of gateways changed in the registry. */
  accountsChanged: () => void
  /** Subscribes, before the bus is started; `newest` is what is known of all devices. */
  start: (newest: readonly Reading[]) => Promise<void>
  /** Waits for what is still queued; may be called twice. */
  stop: () => Promise<void>
}

/** @param settings `districts`: codes of those that this process serves; empty: all. */
export function openIntake(settings: Pick<IngestSettings, 'districts' | 'batch'>, deps: IntakeDeps): Intake {
  const { db, bus, store, metrics, directory, alerts, isOpenAt, nowMs, log } = deps
  const safety = createSafetyAlerts({ db, alerts, directory, nowMs, log })
  const ingest = createIngest(
    { ...INGEST_DEFAULTS, ...settings },
    {
      bus,
      store,
      ownerOf: device => directory.devices.get(device)?.record.gateway,
      clock: nowMs,
      random: deps.random,
      log,
      metrics,
      onStored: (readings, receivedAtMs) => {
        causes.take(readings)
        deps.onStored(readings, receivedAtMs)
      },
      onStatus: (gateway, status) => {
        safety.take(gateway, status)
        deps.onStatus(gateway)
      },
    },
  )
  const causes = createCauseRunner({
    db,
    alerts,
    directory,
    gatewayStatus: gateway => ingest.statuses.newest(gateway),
    isListening: () => bus.isConnected(),
    isOpen: (station, atMs) => isOpenAt(station, atMs) === true,
    lookEveryMs: deps.lookEveryMs,
    nowMs,
    log,
  })
  const accountSync = createAccountSync(ACCOUNT_SYNC_DEFAULTS, {
    bus,
    accountsAfter: (revision, limit) => accountsAfter(db, revision, limit),
    latestRevision: () => latestRevision(db),
    renumberAfter: revision => renumberAfter(db, revision),
    log,
  })
  return {
    statuses: ingest.statuses,
    accountsChanged: accountSync.accountsChanged,
    start: async newest => {
      await safety.start()
      await causes.start(newest)
      ingest.start()
      accountSync.start()
    },
    stop: async () => {
      await accountSync.stop()
      await ingest.stop()
      await causes.stop()
      await safety.stop()
    },
  }
}
