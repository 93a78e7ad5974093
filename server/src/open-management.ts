import { join } from 'node:path'
import type { PublicNotice, Reading, StationView } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { MessageBus } from './bus/message-bus.ts'
import type { ServerSettings } from './config.ts'
import type { PublicLimits } from './finder/public-limits.ts'
import type { Route } from './http/route.ts'
import { openNotices } from './notices/open-notices.ts'
import { regionRoutes } from './people/regions.routes.ts'
import { openRegister } from './register/open-register.ts'
import type { LiveDirectory } from './registry/directory.ts'
import type { RegistryDb } from './registry/open-registry.ts'
import { openVoices } from './feedback/open-voices.ts'
import { openReports } from './reports/open-reports.ts'
import { openRota } from './rota/open-rota.ts'
import type { StationHours } from './stations/open-hours.ts'
import type { Telling } from './tell/open-tell.ts'
import { openStock } from './stock/open-stock.ts'
import type { TelemetryStore } from './telemetry/telemetry-store.ts'
import { type Usage, openUsage } from './usage/open-usage.ts'

/** A station's page shows this many at most (protocol, stationDetailSchema). */
const MAX_SHOWN_PHOTOS = 10

export interface ManagementDeps {
  db: RegistryDb
  bus: Pick<MessageBus, 'subscribe'>
  /** A station as it is now. */
  viewOf: (station: string) => StationView | undefined
  /** Something of an order changed at a station. */
  onNotice: (id: string, at: { station: string; district: string }) => void
  directory: LiveDirectory
  store: TelemetryStore
  hours: StationHours
  /** `say` tells people of anything. */
  tell: Telling
  limits: PublicLimits
  /** Photos that visitors took and staff released. */
  visitorPhotosOf: (station: string) => string[]
  /** Stations that are others than before, or new; the directory knows it already. */
  onStations: (stations: readonly string[]) => Promise<void>
  /** Appliances of which an alert stands. */
  faultyAppliances: ReadonlySet<string>
  /** Events wait in the registry's outbox. */
  onEvent: () => void
  nowMs: () => number
  newId: () => string
  log: Logger
}

/** What those who govern need: usage and energy, notices, rotas and stock, the register of stations, reports. */
export interface Management {
  routes: Route[]
  overview: Usage['overview']
  /** Readings just stored, in any order. */
  take: (readings: readonly Reading[]) => void
  /** Addresses of a station's photos: the register's, then those of visitors. */
  photosOf: (station: string) => string[]
  /** Orders that stand at a station for everybody. */
  noticesOf: (station: string) => readonly PublicNotice[]
  start: () => Promise<void>
  /** May be called twice. */
  stop: () => Promise<void>
}

/** Puts its parts together; each starts after those that it stands on, and stops before them. */
export async function openManagement(settings: ServerSettings, deps: ManagementDeps): Promise<Management> {
  const parts: { start?: () => Promise<void> | void; stop?: () => Promise<void> | void }[] = []
  const register = openRegister({ ...settings, photosDir: join(settings.dataDir, 'station-photos') }, deps)
  const rota = await openRota(settings, deps)
  const stock = openStock({ ...settings, photosDir: join(settings.dataDir, 'stock-photos') }, deps)
  const voices = await openVoices(settings, deps)
  const usage = openUsage(settings, deps)
  parts.push(usage, register, rota, stock)
  const notices = await openNotices(
    {
      ...settings,
      photosDir: join(settings.dataDir, 'notice-photos'),
      districts: settings.ingestDistricts ?? [],
    },
    deps,
  )
  const reports = openReports({ ...deps, dayOf: deps.hours.dayOf, timeZone: settings.timeZone })
  parts.push(notices, reports)
  return {
    overview: usage.overview,
    take: usage.take,
    noticesOf: notices.publicAt,
    photosOf: station => [...register.photosOf(station), ...deps.visitorPhotosOf(station)].slice(0, MAX_SHOWN_PHOTOS),
    routes: [
      ...notices.routes,
      ...usage.routes,
      ...reports.routes,
      ...regionRoutes(deps.db),
      ...register.routes,
      ...rota.routes,
      ...stock.routes,
      ...voices.routes,
    ],
    start: async () => {
      for (const part of parts) await part.start?.()
    },
    stop: async () => {
      for (const part of parts.toReversed()) await part.stop?.()
    },
  }
}
