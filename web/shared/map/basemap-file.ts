/** Steps in units: the first pair is a place, every further one the step from the place before. */
type Line = number[]

/** The outline map as it is stored: made by scripts/make-basemap.ts, drawn by leaflet-map.ts. WGS-84. */
export interface BasemapFile {
  /** Degrees of one unit of every coordinate in the file. */
  unitDeg: number
  /** Pieces of border that districts share. */
  arcs: Line[]
  /** Arcs to draw as borders. */
  borders: number[]
  /** Arcs that lie in the middle of a great river. */
  riverBorders: number[]
  /** `center` and `at` are [longitude, latitude] in units; a ring lists arcs, `~i` meaning arc i backward. */
  districts: { zh: string; en: string; center: [number, number]; rings: number[][] }[]
  rivers: { zh: string; en: string; great: boolean; line: Line }[]
  places: { zh: string; en: string; at: [number, number] }[]
}
