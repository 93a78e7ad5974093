import type { Logger } from 'pino'
import type { ServerSettings } from './config.ts'
import type { Route } from './http/route.ts'
import { regionRoutes } from './people/regions.routes.ts'
import type { LiveDirectory } from './registry/directory.ts'
import type { RegistryDb } from './registry/open-registry.ts'
import type { StationHours } from './stations/open-hours.ts'
import type { Telling } from './tell/open-tell.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'

export interface ManagementDeps {
  db: RegistryDb
  directory: LiveDirectory
  store: TelemetryStore
  hours: StationHours
  /** `say` tells people of anything. */
  tell: Telling
  /** Events wait in the registry's outbox. */
  onEvent: () => void
  nowMs: () => number
  newId: () => string
  log: Logger
}

/** What those who govern need: usage and energy, notices, rotas and stock, the register of stations, reports. */
export interface Management {
  routes: Route[]
  start: () => Promise<void>
  /** May be called twice. */
  stop: () => Promise<void>
}

/** Puts its parts together; each starts after those that it stands on, and stops before them. */
export async function openManagement(_settings: ServerSettings, deps: ManagementDeps): Promise<Management> {
  const parts: { start?: () => Promise<void> | void; stop?: () => Promise<void> | void }[] = []
  return {
    routes: [...regionRoutes(deps.db)],
    start: async () => {
      for (const part of parts) await part.start?.()
    },
    stop: async () => {
      for (const part of parts.toReversed()) await part.stop?.()
    },
  }
}
