import type { StationDetail } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'

/** Ratings and thank-yous count for so long (protocol, stationDetailSchema). */
const COUNTED_MS = 90 * 24 * 3_600_000
/** With fewer no mean is told: one angry visitor is no rating. */
const MIN_RATINGS = 5

/** What a station's page says of what visitors thought of it. */
export type StationRating = Pick<StationDetail, 'rating' | 'thanks'>

/** Means by station, kept in memory: bounded by the stations that were ever rated. */
export interface Ratings {
  of: (station: string) => StationRating
  /** Counts one station anew, or all of them. */
  refresh: (station?: string) => Promise<void>
}

export function createRatings({ db, nowMs }: { db: RegistryDb; nowMs: () => number }): Ratings {
  let known = new Map<string, StationRating>()
  return {
    of: station => known.get(station) ?? {},
    refresh: async station => {
      const rows = await db
        .selectFrom('feedback')
        .select(eb => [
          'station',
          eb.fn.sum<number>(eb.case().when('stars_count', '=', 1).then(eb.ref('stars')).else(0).end()).as('sum'),
          eb.fn.sum<number>('stars_count').as('count'),
          eb.fn.sum<number>(eb.case().when('topic', '=', 'thanks').then(1).else(0).end()).as('thanks'),
        ])
        .where('received_at_ms', '>', nowMs() - COUNTED_MS)
        .$if(station !== undefined, query => query.where('station', '=', station as string))
        .groupBy('station')
        .execute()
      if (station === undefined) known = new Map()
      else known.delete(station)
      for (const row of rows) known.set(row.station, ratingOf(row))
    },
  }
}

function ratingOf(row: { sum: number | string; count: number | string; thanks: number | string }): StationRating {
  // PostgreSQL gives sums as text.
  const [sum, count, thanks] = [Number(row.sum), Number(row.count), Number(row.thanks)]
  return {
    ...(count >= MIN_RATINGS && { rating: { mean: Math.round((sum / count) * 10) / 10, count } }),
    ...(thanks > 0 && { thanks }),
  }
}
