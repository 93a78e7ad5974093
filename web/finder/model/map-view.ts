import type { LatLng } from '../../shared/map/basemap.ts'
import { isOpen } from './station-now.ts'
import type { ListedStation } from './station-order.ts'

/** So many of the nearest are brought into view beside the visitor's own place. */
const NEAREST_IN_VIEW = 3
/** Without a position the view holds the middle of all stations, leaving out this share at each edge. */
const EDGE_SHARE = 0.25

/** What the map shows first: a place with the nearest open stations, or where most of the stations are. */
export function firstView(stations: readonly ListedStation[], here: readonly [number, number] | undefined): LatLng[] {
  const places = (list: readonly ListedStation[]) => list.map(({ view }): LatLng => [view.latDeg, view.lngDeg])
  if (here !== undefined) {
    const open = stations.filter(isOpen)
    return [[here[0], here[1]], ...places((open.length > 0 ? open : stations).slice(0, NEAREST_IN_VIEW))]
  }
  const [latDegs, lngDegs] = [
    stations.map(({ view }) => view.latDeg).sort((a, b) => a - b),
    stations.map(({ view }) => view.lngDeg).sort((a, b) => a - b),
  ]
  const first = Math.floor(stations.length * EDGE_SHARE)
  const last = stations.length - 1 - first
  const [south, north, west, east] = [latDegs[first], latDegs[last], lngDegs[first], lngDegs[last]]
  if (south === undefined || north === undefined || west === undefined || east === undefined) return []
  return [
    [south, west],
    [north, east],
  ]
}
