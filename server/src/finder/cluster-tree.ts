import Supercluster from 'supercluster'
import type { Box, Place } from './places.ts'

/** Stations nearer to each other than this many of a map's pixels (256 to a tile) are drawn as one. */
const RADIUS_PX = 48
/** From the zoom above this one on (1:4,000) every station stands alone. */
const LAST_CLUSTERED_ZOOM = 17

/**
 * What is drawn at one spot of a map: the stations whose numbers are in `[from, to)`. A cluster that is one station has them
 * one apart.
 */
export interface MapSpot {
  latDeg: number
  lngDeg: number
  from: number
  to: number
  /** Undefined: a single station. */
  cluster: number | undefined
}

/**
 * Which stations are drawn as one, at every zoom. Numbers are given so that the stations of every cluster follow each
 * other: what holds of a cluster is counted by one walk over an array, whatever is asked, and nothing of it grows old.
 */
export interface ClusterTree {
  /** Of each number, the place in the list that was given. */
  readonly order: Uint32Array
  /** What is drawn in a box. */
  spots: (box: Box, zoom: number) => MapSpot[]
  /** What a cluster comes apart into. */
  parts: (cluster: number) => MapSpot[]
  /** The zoom at which it does. */
  splitZoom: (cluster: number) => number
}

/** A chain of stations: its first and its last one, as places in the list that was given. */
interface Chain {
  first: number
  last: number
}

export function createClusterTree(places: readonly Place[]): ClusterTree {
  const after = new Int32Array(places.length).fill(-1)
  const clusters = new Supercluster<Chain, Chain>({
    // The library counts 512 pixels to a tile.
    extent: 512,
    radius: RADIUS_PX * 2,
    maxZoom: LAST_CLUSTERED_ZOOM,
    map: ({ first, last }) => ({ first, last }),
    // Chains are put together as clusters are, so each cluster is a stretch of the whole chain.
    reduce: (whole, part) => {
      after[whole.last] = part.first
      whole.last = part.last
    },
  }).load(
    places.map(({ latDeg, lngDeg }, number) => ({
      type: 'Feature',
      properties: { first: number, last: number },
      geometry: { type: 'Point', coordinates: [lngDeg, latDeg] },
    })),
  )
  const order = new Uint32Array(places.length)
  const numberOf = new Uint32Array(places.length)
  let count = 0
  for (const { properties } of clusters.getClusters([-180, -90, 180, 90], 0)) {
    for (let place = (properties as Chain).first; place !== -1; place = after[place] ?? -1) {
      order[count] = place
      numberOf[place] = count
      count += 1
    }
  }

  const spotOf = ({ properties, geometry }: ReturnType<typeof clusters.getClusters>[number]): MapSpot => {
    const { first, last, cluster_id: cluster } = properties as Chain & { cluster_id?: number }
    const [lngDeg = 0, latDeg = 0] = geometry.coordinates
    return { latDeg, lngDeg, from: numberOf[first] ?? 0, to: (numberOf[last] ?? 0) + 1, cluster }
  }
  return {
    order,
    spots: ([west, south, east, north], zoom) => clusters.getClusters([west, south, east, north], zoom).map(spotOf),
    parts: cluster => clusters.getChildren(cluster).map(spotOf),
    splitZoom: cluster => clusters.getClusterExpansionZoom(cluster),
  }
}
