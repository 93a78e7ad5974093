import { fromWgs84, toWgs84 } from '@harbor/protocol/coordinates'
import type { LatLng } from './basemap.ts'
import type { TileCrs } from './map-types.ts'

/** The way from WGS-84, which all of the project speaks, to the system that the map's tiles are drawn in, and back. */
export interface Placing {
  toMap: (at: LatLng) => LatLng
  fromMap: (at: LatLng) => LatLng
}

/** In China a place drawn in the wrong one of the two systems is some 500 m off: seven minutes' walk. */
export const PLACINGS: Readonly<Record<TileCrs, Placing>> = {
  wgs84: { toMap: at => at, fromMap: at => at },
  gcj02: {
    toMap: ([lat, lng]) => latLng(fromWgs84([lng, lat], 'GCJ02')),
    fromMap: ([lat, lng]) => latLng(toWgs84([lng, lat], 'GCJ02')),
  },
}

function latLng([lng, lat]: readonly [number, number]): LatLng {
  return [lat, lng]
}
