import type { OverviewStation } from '@harbor/protocol'
import Supercluster from 'supercluster'
import type { SeenView } from '../../shared/map/map-types.ts'

/** Pixels within which stations are drawn as one, and the last zoom at which they are. */
const RADIUS_PX = 56
const MAX_ZOOM = 15

/** Several stations that are drawn as one. */
export interface StationCluster {
  latDeg: number
  lngDeg: number
  count: number
  /** Of these, such as need nobody. */
  fine: number
  /** At this zoom it comes apart. */
  zoom: number
}

/** What a view shows: thousands of stations as some hundred pins and clusters. */
export interface ClusteredView {
  clusters: StationCluster[]
  stations: OverviewStation[]
}

/** Whether somebody has to see to a station now. */
export function isTrouble({ state, heatDanger }: Pick<OverviewStation, 'state' | 'heatDanger'>): boolean {
  return heatDanger || state === 'closedButShouldBeOpen' || state === 'notConfirmed' || state === 'offline'
}

/** Builds the index once for a list of stations; asking it for a view takes a millisecond. */
export function clusterStations(
  stations: readonly OverviewStation[],
): (view: Pick<SeenView, 'box' | 'zoom'>) => ClusteredView {
  const index = new Supercluster<{ station: OverviewStation; fine: number }, { fine: number }>({
    radius: RADIUS_PX,
    maxZoom: MAX_ZOOM,
    map: ({ fine }) => ({ fine }),
    reduce(sum, { fine }) {
      sum.fine += fine
    },
  })
  index.load(
    stations.map(station => ({
      type: 'Feature' as const,
      geometry: { type: 'Point' as const, coordinates: [station.lngDeg, station.latDeg] },
      properties: { station, fine: isTrouble(station) ? 0 : 1 },
    })),
  )
  return ({ box, zoom }) => {
    const seen: ClusteredView = { clusters: [], stations: [] }
    for (const { properties, geometry } of index.getClusters([...box], zoom)) {
      const [lngDeg = 0, latDeg = 0] = geometry.coordinates
      if ('cluster_id' in properties)
        seen.clusters.push({
          latDeg,
          lngDeg,
          count: properties.point_count,
          fine: properties.fine,
          zoom: index.getClusterExpansionZoom(properties.cluster_id),
        })
      else seen.stations.push(properties.station)
    }
    return seen
  }
}
