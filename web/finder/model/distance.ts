/** A place on earth, WGS-84. */
export interface Position {
  latDeg: number
  lngDeg: number
}

/** IUGG mean radius. */
const EARTH_RADIUS_M = 6_371_008.8

const radians = (deg: number) => (deg * Math.PI) / 180

/** The straight distance on the ground between two places, in metres (haversine; right to 0.5 %). */
export function distanceM(a: Position, b: Position): number {
  const dLat = radians(b.latDeg - a.latDeg)
  const dLng = radians(b.lngDeg - a.lngDeg)
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.latDeg)) * Math.cos(radians(b.latDeg)) * Math.sin(dLng / 2) ** 2
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** A distance as people say it: tens of metres below 1 km, tenths of a kilometre below 10 km, whole ones beyond. */
export function roundDistance(metres: number): { unit: 'metres' | 'kilometres'; value: number } {
  const tens = Math.max(10, Math.round(metres / 10) * 10)
  if (tens < 1_000) return { unit: 'metres', value: tens }
  const tenths = Math.round(metres / 100) / 10
  return { unit: 'kilometres', value: tenths < 10 ? tenths : Math.round(metres / 1_000) }
}
