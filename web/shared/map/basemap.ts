import type { BasemapFile } from './basemap-file.ts'

/** Latitude and longitude in degrees, WGS-84, in the order Leaflet takes them. */
export type LatLng = [latDeg: number, lngDeg: number]

export interface Named {
  zh: string
  en: string
}

/** The outline map in degrees, ready to draw. */
export interface Basemap {
  districts: (Named & { center: LatLng; rings: LatLng[][] })[]
  borders: LatLng[][]
  /** The inner city's rivers, where district borders run in the middle of them. */
  riverBorders: LatLng[][]
  rivers: (Named & { great: boolean; line: LatLng[] })[]
  places: (Named & { at: LatLng })[]
}

/** Unpacks the stored outline map. */
export function decodeBasemap(file: BasemapFile): Basemap {
  const toLatLng = ([lng, lat]: readonly [number, number]): LatLng => [lat * file.unitDeg, lng * file.unitDeg]
  const toLine = (steps: readonly number[]): LatLng[] => {
    const line: LatLng[] = []
    let [lng, lat] = [0, 0]
    for (let index = 0; index + 1 < steps.length; index += 2) {
      lng += steps[index] ?? 0
      lat += steps[index + 1] ?? 0
      line.push(toLatLng([lng, lat]))
    }
    return line
  }
  const arcs = file.arcs.map(toLine)
  const arcAt = (index: number) => arcs[index] ?? []
  const toRing = (indexes: readonly number[]) =>
    indexes.flatMap(index => (index < 0 ? backward(arcAt(~index)) : arcAt(index)).slice(1))
  return {
    districts: file.districts.map(({ zh, en, center, rings }) => ({
      zh,
      en,
      center: toLatLng(center),
      rings: rings.map(toRing),
    })),
    borders: file.borders.map(arcAt),
    riverBorders: file.riverBorders.map(arcAt),
    rivers: file.rivers.map(({ zh, en, great, line }) => ({ zh, en, great, line: toLine(line) })),
    places: file.places.map(({ zh, en, at }) => ({ zh, en, at: toLatLng(at) })),
  }
}

/** `toReversed`, which browsers have only since 2023. */
function backward(line: readonly LatLng[]): LatLng[] {
  return line.reduceRight<LatLng[]>((turned, place) => {
    turned.push(place)
    return turned
  }, [])
}
