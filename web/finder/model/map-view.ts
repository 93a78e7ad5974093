import type { LatLng } from '../../shared/map/basemap.ts'
import { isOpen } from './station-now.ts'
import type { ListedStation } from './station-order.ts'

/** So many of the nearest are brought into view beside the visitor's own place. */
const NEAREST_IN_VIEW = 3
/** Without a position the view holds the middle of all stations, leaving out this share at each edge. */
const EDGE_SHARE = 0.25

/** What the map shows first: the visitor with the nearest open stations, or where most stations are. */
export function firstView(stations: readonly ListedStation[], here: LatLng | undefined): LatLng[] {
  const places = (list: readonly ListedStation[]) => list.map(({ view }): LatLng => [view.latDeg, view.lngDeg])
  if (here !== undefined) return [here, ...places(stations.filter(isOpen).slice(0, NEAREST_IN_VIEW))]
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
