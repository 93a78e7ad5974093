import type { Person } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from '../bus/message-bus.ts'
import { ApiProblem } from '../errors.ts'
import type { Route } from '../http/route.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { withinScope } from '../people/scope.ts'
import { auditRoutes } from './audit/audit.routes.ts'
import { createFleetAudit } from './audit/fleet-audit.ts'
import { createRefusedClaims } from './audit/refused-claims.ts'
import { createClaimLimits } from './claim-limits.ts'
import { createClaims } from './claims.ts'
import { type IssuedConfig, type StoredReport, createConfigBook } from './config-book.ts'
import type { ConfigSettings } from './config-document.ts'
import { openConfigSigner } from './config-signer.ts'
import { createConfigSync } from './config-sync.ts'
import { fleetRoutes } from './fleet.routes.ts'

export interface FleetSettings {
  secretsDir: string
  timeZone: string
  /** Where gateways find the broker: from a station, that is another address than from here. */
  gatewayMqttUrl: string
  /** Districts this process serves; empty: all. */
  districts: readonly string[]
}

export interface FleetDeps {
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

/** Gateways' configs, as the routes use them. */
export interface FleetConfigs {
  /** @throws ApiProblem `not_found`, also for a gateway that is not within the person's districts. */
  checkReach: (person: Person, gateway: string) => Promise<void>
  configOf: (gateway: string) => Promise<{ latest: IssuedConfig | undefined; report: StoredReport | undefined }>
  /** @throws ApiProblem `not_found` or `invalid_request` that names every problem. */
  issueConfig: (person: Person, gateway: string, settings: ConfigSettings) => Promise<void>
}

/** The fleet: boxes become gateways, gateways are given configs. */
export interface Fleet {
  routes: Route[]
  /** Subscribes; call it before the bus is started. */
  start: () => void
  stop: () => void
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
  }
  const sync = createConfigSync({
    bus,
    book,
    districts: settings.districts,
    onDevicesChanged: refresh,
    nowMs,
    log,
  })
  const claims = createClaims({
    db,
    book,
    signer,
    mqttUrl,
    nowMs,
    randomBytes: deps.randomBytes,
    refused: createRefusedClaims({ db, nowMs }),
    onClaimed: async gateway => {
      // First what it may send, then that it may: no reading of its first second is refused.
      await refresh(gateway)
      deps.onAccountsChanged()
      sync.changed(gateway)
    },
    log,
  })
  const configs: FleetConfigs = {
    checkReach: async (person, gateway) => {
      const row = await db
        .selectFrom('gateway')
        .select('id')
        .where('id', '=', gateway)
        .where(withinScope(person, { district: 'gateway.district', station: 'gateway.station' }))
        .executeTakeFirst()
      if (row !== undefined) return
      throw new ApiProblem('not_found', `there is no gateway ${gateway} in your districts`)
    },
    configOf: async gateway => ({ latest: await book.latest(gateway), report: await book.report(gateway) }),
    issueConfig: async (person, gateway, wanted) => {
      await configs.checkReach(person, gateway)
      const { document } = await db
        .transaction()
        .execute(tx => book.issue(tx, gateway, { settings: wanted, by: person.login }))
      const { version, devices } = document
      log.info({ audit: 'config-issued', by: person.login, gateway, version, devices: devices.length }, 'config issued')
      await refresh(gateway)
      sync.changed(gateway)
    },
  }
  return {
    routes: [
      ...fleetRoutes({ claims, limits: createClaimLimits(), fleet: configs }),
      ...auditRoutes({ audit: createFleetAudit(db), checkReach: configs.checkReach }),
    ],
    start: sync.start,
    stop: sync.stop,
  }
}
