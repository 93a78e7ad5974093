import type { CoordinateSystem, RegisterStation, StationRecord } from '@harbor/protocol'
import { placeIn } from './position.ts'

export const GEOJSON_TYPE = 'application/geo+json'

/** A station as a feature of a map (RFC 7946). */
interface Feature {
  type: 'Feature'
  id: string
  geometry: { type: 'Point'; coordinates: [lngDeg: number, latDeg: number] }
  properties: Record<string, unknown>
}

export interface FeatureCollection {
  type: 'FeatureCollection'
  features: Feature[]
  [member: string]: unknown
}

/**
 * The register for maps. RFC 7946 knows WGS-84 alone: another system is named in the member `coordinateSystem` and in each feature, as
 * map vendors in China take it, and such a file is not for software that expects the standard.
 */
export function registerGeojson(stations: readonly RegisterStation[], system: CoordinateSystem): FeatureCollection {
  return {
    type: 'FeatureCollection',
    coordinateSystem: system,
    features: stations.map(station => {
      const { id, latDeg: _lat, lngDeg: _lng, revision: _revision, ...properties } = station
      return featureOf({ id, ...placeIn(station, system, station.district) }, { ...properties, system })
    }),
  }
}

/** What the public may take of a station. */
export interface OpenStation {
  record: StationRecord
  districtNameZh: string
  districtNameEn: string
  state: string
  appliances: readonly { kind: string }[]
}

/** One feature of the open data, WGS-84. */
export function openFeature({ record, districtNameZh, districtNameEn, state, appliances }: OpenStation): Feature {
  const { id, latDeg, lngDeg, street: _street, ...facts } = record
  return featureOf(
    { id, latDeg, lngDeg },
    {
      ...facts,
      districtNameZh,
      districtNameEn,
      state,
      appliances: [...new Set(appliances.map(({ kind }) => kind))].sort(),
    },
  )
}

function featureOf(
  { id, latDeg, lngDeg }: { id: string; latDeg: number; lngDeg: number },
  properties: Record<string, unknown>,
): Feature {
  return { type: 'Feature', id, geometry: { type: 'Point', coordinates: [lngDeg, latDeg] }, properties }
}
