import type { StationPage, StationView } from '@harbor/protocol'
import type { LiveDirectory } from '../registry/directory.ts'
import type { Latest } from './latest.ts'

/** A page's time stands for this long, so that one of which nothing changed is known by its ETag. */
const TIME_STANDS_MS = 5_000

export interface PageQuery {
  /** Absent: all. */
  district?: string | undefined
  /** Only stations with a greater id. */
  after?: string | undefined
  limit: number
}

/** Public stations in the order of their ids, as they are now; as much work as the page is long, and a walk over the ids before it. */
export function stationPage(
  {
    directory,
    latest,
    nowMs,
  }: {
    directory: Pick<LiveDirectory, 'publicStations' | 'publicIds'>
    latest: Pick<Latest, 'view'>
    nowMs: () => number
  },
  { district, after, limit }: PageQuery,
): StationPage {
  const at = new Date(Math.floor(nowMs() / TIME_STANDS_MS) * TIME_STANDS_MS).toISOString()
  const stations: StationView[] = []
  let last: string | undefined
  for (const id of directory.publicIds()) {
    if (after !== undefined && id <= after) continue
    if (district !== undefined && directory.publicStations.get(id)?.record.district !== district) continue
    if (stations.length === limit) return { at, stations, next: last as string }
    const view = latest.view(id)
    if (view !== undefined) stations.push(view)
    last = id
  }
  return { at, stations }
}
