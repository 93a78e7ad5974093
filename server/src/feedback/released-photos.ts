import type { RegistryDb } from '../registry/open-registry.ts'

/** A station shows this many at most (protocol, stationDetailSchema). */
const MAX_SHOWN = 10

/** Addresses of the photos that stations show, kept in memory: bounded by what people released. */
export interface ReleasedPhotos {
  /** Newest first. */
  of: (station: string) => string[]
  /** Reads one station's anew, or all of them. */
  refresh: (station?: string) => Promise<void>
}

export function createReleasedPhotos(db: RegistryDb): ReleasedPhotos {
  let known = new Map<string, string[]>()
  return {
    of: station => [...(known.get(station) ?? [])],
    refresh: async station => {
      const rows = await db
        .selectFrom('visitor_photo')
        .select(['id', 'station'])
        .where('released_at_ms', 'is not', null)
        .$if(station !== undefined, query => query.where('station', '=', station as string))
        .orderBy('released_at_ms', 'desc')
        .execute()
      if (station === undefined) known = new Map()
      else known.delete(station)
      for (const row of rows) {
        const shown = known.get(row.station) ?? []
        if (shown.length < MAX_SHOWN) known.set(row.station, [...shown, `/api/v1/photos/${row.id}`])
      }
    },
  }
}
