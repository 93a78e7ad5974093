import { type Reading, type StationView, errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { Route } from '../http/route.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { StationHours } from '../stations/open-hours.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import { createDayBook } from './day-book.ts'
import { repriceDays } from './reprice.ts'
import { overviewRoutes } from './overview.routes.ts'
import { type OverviewBook, createOverviewBook } from './overview.ts'
import { createTariffs } from './tariffs.ts'
import { usageRoutes } from './usage.routes.ts'

export interface OpenUsageDeps {
  db: RegistryDb
  directory: LiveDirectory
  store: Pick<TelemetryStore, 'series'>
  hours: StationHours
  /** A station as it is now. */
  viewOf: (station: string) => StationView | undefined
  /** Appliances of which an alert stands. */
  faultyAppliances: ReadonlySet<string>
  nowMs: () => number
  newId: () => string
  log: Logger
}

/** Use, energy and the truth of opening. */
export interface Usage {
  routes: Route[]
  overview: OverviewBook
  start: () => Promise<void>
  stop: () => Promise<void>
  /** Readings just stored, in any order. */
  take: (readings: readonly Reading[]) => void
}

export function openUsage({ timeZone }: { timeZone: string }, deps: OpenUsageDeps): Usage {
  const { db, directory, hours, nowMs, log } = deps
  let repricing: Promise<void> = Promise.resolve()
  const tariffs = createTariffs({
    ...deps,
    onChanged: (district, fromDay) => {
      repricing = repricing
        .then(() => repriceDays({ db, tariffs, timeZone, nowMs }, { district, fromDay }))
        .catch((error: unknown) => log.warn({ reason: errorText(error), district }, 'costs could not be reckoned anew'))
    },
  })
  const book = createDayBook({ ...deps, openingAt: hours.openingAt, openingsOn: hours.openingsOn, tariffs, timeZone })
  const overview = createOverviewBook({ ...deps, timeZone })
  return {
    overview,
    routes: [
      ...usageRoutes({ ...deps, directory, dayOf: hours.dayOf, tariffs, timeZone }),
      ...overviewRoutes(overview, { timeZone, nowMs }),
    ],
    start: async () => {
      await tariffs.start()
      book.start()
    },
    stop: async () => {
      await book.stop()
      await repricing
    },
    take: book.take,
  }
}
