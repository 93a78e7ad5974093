import type { Reading } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from '../bus/message-bus.ts'
import type { Route } from '../http/route.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { auditRoutes } from './audit/audit.routes.ts'
import { auditFileRoutes } from './audit/audit-table.ts'
import { createFleetAudit } from './audit/fleet-audit.ts'
import { createRefusedClaims } from './audit/refused-claims.ts'
import { recordRefusedReaches } from './audit/refused-reaches.ts'
import { batchRoutes } from './batches/batches.routes.ts'
import { createClaimBatches } from './batches/claim-batches.ts'
import { createClaimLimits } from './claim-limits.ts'
import { createClaims } from './claims.ts'
import { createConfigBook } from './config-book.ts'
import { openConfigSigner } from './config-signer.ts'
import { createConfigSync } from './config-sync.ts'
import { deviceSetupRoutes } from './device-setup/device-setup.routes.ts'
import { fleetRoutes } from './fleet.routes.ts'
import { type FlashingSettings, openFlashing } from './open-flashing.ts'
import { createGatewayConfigs } from './gateway-configs.ts'
import { type WatchSources, openWatch } from './open-watch.ts'
import { createProfileBook } from './profiles/profile-book.ts'
import { profileRoutes } from './profiles/profiles.routes.ts'
import { offerStandardProfile } from './profiles/standard-profile.ts'

export interface FleetSettings extends FlashingSettings {
  secretsDir: string
  timeZone: string
  /** Where gateways find the broker: from a station, that is another address than from here. */
  gatewayMqttUrl: string
  /** Districts this process serves; empty: all. */
  districts: readonly string[]
  /** Where this server is reached from outside; undefined: as each request says. */
  publicUrl: string | undefined
}

export interface FleetDeps extends WatchSources {
  db: RegistryDb
  bus: MessageBus
  directory: LiveDirectory
  nowMs: () => number
  randomBytes: (size: number) => Buffer
  /** A gateway's account changed: the broker is to hear of it. */
  onAccountsChanged: () => void
  /** What a station has changed. */
  onStationChanged: (station: string) => void
  log: Logger
}

/** The fleet: boxes become gateways, gateways are given configs. */
export interface Fleet {
  routes: Route[]
  /** Readings just stored. */
  take: (readings: readonly Reading[], receivedAtMs: number) => void
  /** A gateway said something of itself. */
  heard: (gateway: string) => void
  /** Subscribes; call it before the bus is started. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** @throws RegistryError `SECRET_MISSING` without the key that signs. */
export async function openFleet(settings: FleetSettings, deps: FleetDeps): Promise<Fleet> {
  const { db, bus, directory, nowMs, log } = deps
  const signer = await openConfigSigner(settings.secretsDir)
  const { timeZone, gatewayMqttUrl: mqttUrl } = settings
  const book = createConfigBook({ db, signer, defaults: { timeZone, mqttUrl }, nowMs, log })
  const issued = await book.issueStale()
  if (issued > 0) log.info({ issued }, "configs were issued anew for this server's changed settings")

  const refresh = async (gateway: string) => {
    const station = await directory.refreshGateway(gateway)
    if (station !== undefined) deps.onStationChanged(station)
    await watch.refresh(gateway)
  }
  const sync = createConfigSync({
    bus,
    book: {
      ...book,
      reported: async (gateway, report) => {
        const isChanged = await book.reported(gateway, report)
        await watch.refresh(gateway)
        return isChanged
      },
    },
    districts: settings.districts,
    onDevicesChanged: refresh,
    nowMs,
    log,
  })
  const profiles = createProfileBook({ db, nowMs })
  await offerStandardProfile(profiles)
  const onIssued = async (gateway: string) => {
    await refresh(gateway)
    sync.changed(gateway)
  }
  const configs = createGatewayConfigs({ db, book, profiles, onIssued, log })
  const claims = createClaims({
    db,
    book,
    signer,
    mqttUrl,
    nowMs,
    randomBytes: deps.randomBytes,
    refused: createRefusedClaims({ db, nowMs }),
    profiles,
    configs,
    onClaimed: async gateway => {
      // First what it may send, then that it may: no reading of its first second is refused.
      await refresh(gateway)
      deps.onAccountsChanged()
      sync.changed(gateway)
    },
    log,
  })
  recordRefusedReaches({ db, bus, nowMs, log })
  const flashing = await openFlashing(settings, { db, claims, nowMs, log })
  const audit = createFleetAudit(db)
  const watch = openWatch(settings, { ...deps, book, configs, profiles, software: flashing.software, onIssued })
  return {
    take: watch.take,
    heard: watch.heard,
    routes: [
      ...watch.routes,
      ...fleetRoutes({ claims, limits: createClaimLimits(), fleet: configs }),
      ...batchRoutes({
        batches: createClaimBatches({ db, profiles, timeZone, nowMs, randomBytes: deps.randomBytes, log }),
        publicUrl: settings.publicUrl,
      }),
      ...profileRoutes({ profiles, configs }),
      ...flashing.routes,
      ...deviceSetupRoutes({ db, configs, book, timeZone }),
      ...auditRoutes({ audit, checkReach: configs.checkReach }),
      ...auditFileRoutes(audit, { timeZone, nowMs }),
    ],
    start: async () => {
      sync.start()
      await watch.start()
    },
    stop: async () => {
      sync.stop()
      await watch.stop()
    },
  }
}
