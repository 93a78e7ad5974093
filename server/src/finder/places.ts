import KDBush from 'kdbush'

/** West, south, east, north in degrees, WGS-84. */
export type Box = readonly [west: number, south: number, east: number, north: number]

/** A station's id and where it is, WGS-84. */
export interface Place {
  id: string
  latDeg: number
  lngDeg: number
}

/**
 * Where all stations are. Each has a number from 0 on, by which what is known of it stands in arrays. A station
 * that comes, goes or moves needs it built anew.
 */
export interface Places {
  readonly ids: readonly string[]
  readonly latDeg: Float64Array
  readonly lngDeg: Float64Array
  /** Undefined: there is no such station. */
  numberOf: (id: string) => number | undefined
  /** Numbers of the stations in a box, its edges included, in no order. */
  inBox: (box: Box) => number[]
}

export function createPlaces(places: Iterable<Place>): Places {
  const all = [...places]
  const ids = all.map(({ id }) => id)
  const latDeg = Float64Array.from(all, place => place.latDeg)
  const lngDeg = Float64Array.from(all, place => place.lngDeg)
  const numbers = new Map(ids.map((id, number) => [id, number]))
  // The index does not take "none".
  const index = all.length === 0 ? undefined : new KDBush(all.length)
  all.forEach(place => index?.add(place.lngDeg, place.latDeg))
  index?.finish()
  return {
    ids,
    latDeg,
    lngDeg,
    numberOf: id => numbers.get(id),
    inBox: ([west, south, east, north]) => index?.range(west, south, east, north) ?? [],
  }
}

export function isInBox({ latDeg, lngDeg }: Omit<Place, 'id'>, [west, south, east, north]: Box): boolean {
  return lngDeg >= west && lngDeg <= east && latDeg >= south && latDeg <= north
}

/** Of the stations in a box at most `limit`: those nearest to its middle. */
export function nearestToMiddle(places: Places, box: Box, limit: number): number[] {
  const numbers = places.inBox(box)
  if (numbers.length <= limit) return numbers
  const [west, south, east, north] = box
  const middleLat = (south + north) / 2
  const middleLng = (west + east) / 2
  // A degree of longitude is shorter than one of latitude by the cosine.
  const shrink = Math.cos((middleLat * Math.PI) / 180)
  const keyed = numbers.map(number => {
    const dLat = (places.latDeg[number] ?? 0) - middleLat
    const dLng = ((places.lngDeg[number] ?? 0) - middleLng) * shrink
    return { number, far: dLat * dLat + dLng * dLng }
  })
  return keyed
    .sort((a, b) => a.far - b.far || a.number - b.number)
    .slice(0, limit)
    .map(({ number }) => number)
}
