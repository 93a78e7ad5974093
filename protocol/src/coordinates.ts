import gcoordModule from 'gcoord'

/** Longitude before latitude, in degrees. */
export type LngLat = readonly [lngDeg: number, latDeg: number]

/** The systems that maps of mainland China are drawn in, beside WGS-84: Amap, Tencent and Apple there use GCJ-02, Baidu BD-09. */
export type ChartedSystem = 'GCJ02' | 'BD09'

/** The part of the library that is used; its own declarations describe a module that Node and bundlers each see another way. */
interface Library {
  transform: (from: [number, number], system: string, wanted: string) => [number, number]
}
const library = gcoordModule as unknown as Library

/**
 * Whether maps of a district shift their coordinates: mainland China, by the first two digits of its GB/T 2260 code
 * (71 is Taiwan, 81 Hong Kong, 82 Macao).
 */
export function isMainland(district: string): boolean {
  return /^[1-6]\d{5}$/.test(district)
}

/** WGS-84 in the system of a map; a place outside the library's box around China comes back as it is. */
export function fromWgs84([lngDeg, latDeg]: LngLat, system: ChartedSystem): LngLat {
  return library.transform([lngDeg, latDeg], 'WGS84', system)
}

/** The way back, right to a few centimetres. */
export function toWgs84([lngDeg, latDeg]: LngLat, system: ChartedSystem): LngLat {
  return library.transform([lngDeg, latDeg], system, 'WGS84')
}
