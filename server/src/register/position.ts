import { COORDINATE_SYSTEMS, type CoordinateSystem, type PositionDoubt, type StationPosition } from '@harbor/protocol'
import { fromWgs84, isMainland, toWgs84 } from '@harbor/protocol/coordinates'

/** WGS-84. */
export interface Place {
  latDeg: number
  lngDeg: number
}

/** IUGG mean radius. */
const EARTH_M = 6_371_008.8
/**
 * How far a wrong label moves a pin in Chongqing: WGS-84 against GCJ-02 some 480 m, both against BD-09 925 to 1,130 m (worked out with
 * the public algorithm, over the whole municipality). A station rarely moves as far by itself.
 */
const SUSPECT_M: readonly (readonly [number, number])[] = [
  [430, 550],
  [850, 1_200],
]
/** Read in another system it falls on the old place to within this: pins are set by hand, at a door or at a roof. */
const SAME_PLACE_M = 100
/** Seven decimals are a centimetre: more is only noise of the conversion. */
const DECIMALS = 1e7

/** A position in WGS-84. Outside of mainland China maps are not shifted, whatever they are called. */
export function wgs84Of({ system, latDeg, lngDeg }: StationPosition, district: string): Place {
  if (system === 'WGS84' || !isMainland(district)) return { latDeg, lngDeg }
  const [lng, lat] = toWgs84([lngDeg, latDeg], system)
  return { latDeg: round(lat), lngDeg: round(lng) }
}

/** A place of ours in another system. */
export function placeIn({ latDeg, lngDeg }: Place, system: CoordinateSystem, district: string): Place {
  if (system === 'WGS84' || !isMainland(district)) return { latDeg, lngDeg }
  const [lng, lat] = fromWgs84([lngDeg, latDeg], system)
  return { latDeg: round(lat), lngDeg: round(lng) }
}

/** Metres between two places, along the sphere. */
export function metresBetween(a: Place, b: Place): number {
  const rad = Math.PI / 180
  const north = Math.sin(((b.latDeg - a.latDeg) * rad) / 2) ** 2
  const east = Math.sin(((b.lngDeg - a.lngDeg) * rad) / 2) ** 2
  const h = north + Math.cos(a.latDeg * rad) * Math.cos(b.latDeg * rad) * east
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/**
 * Whether a position looks as if it were of another system than it says: it is as far from where it should be as the systems are from
 * each other, or would be just there if it were read in another one. Undefined: nothing to ask.
 *
 * @param reference where the station was, or another one at the same address is
 */
export function doubtOf(given: StationPosition, reference: Place, district: string): PositionDoubt | undefined {
  if (!isMainland(district)) return undefined
  const metres = metresBetween(wgs84Of(given, district), reference)
  if (metres <= SAME_PLACE_M) return undefined
  const [likely] = COORDINATE_SYSTEMS.filter(system => system !== given.system)
    .map(system => ({ system, metres: metresBetween(wgs84Of({ ...given, system }, district), reference) }))
    .filter(other => other.metres <= SAME_PLACE_M)
    .sort((a, b) => a.metres - b.metres)
  const isSuspect = SUSPECT_M.some(([from, to]) => metres >= from && metres <= to)
  if (likely === undefined && !isSuspect) return undefined
  return { metres: Math.round(metres), ...(likely !== undefined && { likely: likely.system }) }
}

function round(deg: number): number {
  return Math.round(deg * DECIMALS) / DECIMALS
}
