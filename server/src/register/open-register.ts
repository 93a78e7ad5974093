import type { PublicLimits } from '../finder/public-limits.ts'
import type { Route } from '../http/route.ts'
import type { LiveDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { StationHours } from '../stations/open-hours.ts'
import { createOpenData } from './open-data.ts'
import { takeAwayRoutes } from './open-data.routes.ts'
import { importStations } from './register-import.ts'
import { createRegisterPhotos } from './register-photos.ts'
import { createRegister } from './register.ts'
import { registerRoutes } from './register.routes.ts'
import { createStationLife } from './station-life.ts'

export interface RegisterSettings {
  photosDir: string
  photosQuotaBytes: number
  timeZone: string
  openDataLicence: string
  /** Without a trailing slash; undefined: as each request says. */
  publicUrl: string | undefined
}

export interface OpenRegisterDeps {
  db: RegistryDb
  directory: LiveDirectory
  hours: StationHours
  limits: PublicLimits
  /** Stations that are others than before, or new, or visitors see no more; the directory knows it already. */
  onStations: (stations: readonly string[]) => Promise<void>
  nowMs: () => number
  newId: () => string
}

/** The register of stations with its routes. */
export interface OpenRegister {
  routes: Route[]
  /** Addresses of photos that a station shows before those of visitors. */
  photosOf: (station: string) => string[]
  start: () => Promise<void>
}

export function openRegister(settings: RegisterSettings, deps: OpenRegisterDeps): OpenRegister {
  const { db, directory, hours, limits, onStations: onChanged, nowMs, newId } = deps
  const { photosDir: folder, photosQuotaBytes: quotaBytes, timeZone, openDataLicence: licence, publicUrl } = settings
  const photos = createRegisterPhotos({ folder, quotaBytes }, { db, nowMs, newId })
  const register = createRegister({ db, directory, hours, photos, timeZone, nowMs, onChanged })
  const life = createStationLife({ db, directory, nowMs, onChanged })
  const openData = createOpenData({ directory, licence, nowMs })
  return {
    routes: [
      // Before the stations themselves: `stations.csv` would be taken for one of them otherwise.
      ...takeAwayRoutes({ register, publicUrl, photos, openData, limits, timeZone, nowMs }),
      ...registerRoutes({
        register,
        life,
        nowMs,
        importTable: async (bytes, options) => {
          const given = { ...options, atMs: nowMs(), isReadable: hours.posted.isReadable }
          const { result, touched } = await db.transaction().execute(tx => importStations(tx, bytes, given))
          if (touched.length > 0) {
            await directory.refreshStations(touched)
            await onChanged(touched)
          }
          return result
        },
      }),
    ],
    photosOf: station => photos.of(station).map(({ path }) => path),
    start: photos.start,
  }
}
