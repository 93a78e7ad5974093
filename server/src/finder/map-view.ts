import { type MapView, MAX_VIEW_FEATURES } from '@harbor/protocol'
import type { ClusterTree, MapSpot } from './cluster-tree.ts'
import { type Box, type Places } from './places.ts'
import type { FilterMask, Standings } from './standings.ts'

/** The world at zoom 0, in pixels. */
const WORLD_PX = 256
/** The widest screen that is answered at its own zoom, in pixels; a wider box is drawn at a smaller zoom. */
const WIDEST_PX = 4_096
/** Below so many stations in a box each of them is looked at; above, the clusters' sums are. */
const FEW = 4_000

/** What a map draws is made of these. */
export interface MapViewSources {
  tree: Pick<ClusterTree, 'spots' | 'parts' | 'splitZoom'>
  places: Places
  standings: Pick<Standings, 'count' | 'passes' | 'pinOf'>
  nameOf: (number: number) => { nameZh: string; nameEn: string }
}

export interface MapQuestion {
  box: Box
  zoom: number
  wanted: FilterMask
}

/**
 * The part of the world in a box as a map draws it: every station that passes while they are few, else what stands close
 * together as one, each with its count. Counts are of this moment.
 */
export function mapView(sources: MapViewSources, question: MapQuestion): Omit<MapView, 'at'> {
  const { tree, places, standings } = sources
  const { box, wanted } = question
  let zoom = Math.min(Math.floor(question.zoom), widestZoom(box))
  for (;;) {
    const spots = tree.spots(box, zoom)
    const singles = fewStations(sources, { box, spots, wanted })
    if (singles !== undefined) return { clusters: [], pins: singles.map(number => pinAt(sources, number)) }
    const drawn = spots.map(spot => ({ spot, ...standings.count(spot.from, spot.to, wanted) }))
    const shown = drawn.filter(({ passing }) => passing > 0)
    if (shown.length > MAX_VIEW_FEATURES && zoom > 0) {
      zoom -= 1
      continue
    }
    const lone = shown.filter(({ passing }) => passing === 1).flatMap(({ spot }) => passingIn(spot, standings, wanted))
    return {
      clusters: shown
        .filter(({ passing }) => passing > 1)
        .map(({ spot, passing, usable }) => ({
          ...(wanted === 0 ? spotPosition(spot) : middleOf(passingIn(spot, standings, wanted), places)),
          count: passing,
          open: usable,
          zoom: splitZoom(sources, spot, wanted),
        })),
      pins: lone.map(number => pinAt(sources, number)),
    }
  }
}

/** The stations of a box that pass, when a map can draw each of them. */
function fewStations(
  { places, standings }: MapViewSources,
  { box, spots, wanted }: { box: Box; spots: readonly MapSpot[]; wanted: FilterMask },
): number[] | undefined {
  const all = spots.reduce((sum, { from, to }) => sum + to - from, 0)
  if (all > FEW) {
    const passing = spots.reduce((sum, { from, to }) => sum + standings.count(from, to, wanted).passing, 0)
    if (passing > MAX_VIEW_FEATURES) return undefined
  }
  // By their own places: a cluster's middle may lie outside of the box that cuts it.
  const numbers = places.inBox(box).filter(number => standings.passes(number, wanted))
  return numbers.length <= MAX_VIEW_FEATURES ? numbers : undefined
}

function passingIn({ from, to }: MapSpot, standings: Pick<Standings, 'passes'>, wanted: FilterMask): number[] {
  const numbers: number[] = []
  for (let number = from; number < to; number++) if (standings.passes(number, wanted)) numbers.push(number)
  return numbers
}

/** Where the cluster comes apart for who sees only what passes: the zoom at which two of its parts have some of it. */
function splitZoom({ tree, standings }: MapViewSources, spot: MapSpot, wanted: FilterMask): number {
  let cluster = spot.cluster
  while (cluster !== undefined) {
    const parts = tree.parts(cluster).filter(({ from, to }) => standings.count(from, to, wanted).passing > 0)
    if (parts.length !== 1) return tree.splitZoom(cluster)
    cluster = parts[0]?.cluster
  }
  return 0
}

function pinAt({ places, standings, nameOf }: MapViewSources, number: number): MapView['pins'][number] {
  return {
    id: places.ids[number] ?? '',
    ...nameOf(number),
    latDeg: round(places.latDeg[number]),
    lngDeg: round(places.lngDeg[number]),
    pin: standings.pinOf(number),
  }
}

function spotPosition({ latDeg, lngDeg }: MapSpot) {
  return { latDeg: round(latDeg), lngDeg: round(lngDeg) }
}

function middleOf(numbers: readonly number[], { latDeg, lngDeg }: Places) {
  const mean = (of: Float64Array) => numbers.reduce((sum, number) => sum + (of[number] ?? 0), 0) / numbers.length
  return { latDeg: round(mean(latDeg)), lngDeg: round(mean(lngDeg)) }
}

/** To the fifth decimal: 1 m. */
function round(deg = 0): number {
  return Math.round(deg * 1e5) / 1e5
}

/** The greatest zoom at which a box is no wider or higher than the widest screen. */
function widestZoom([west, south, east, north]: Box): number {
  const widthPx = ((east - west) / 360) * WORLD_PX
  const heightPx = (mercatorY(south) - mercatorY(north)) * WORLD_PX
  return Math.max(0, Math.floor(Math.log2(WIDEST_PX / Math.max(widthPx, heightPx, 1e-9))))
}

/** 0 at the north of a web map, 1 at its south. */
function mercatorY(latDeg: number): number {
  const sin = Math.sin((Math.max(-85, Math.min(85, latDeg)) * Math.PI) / 180)
  return 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)
}
