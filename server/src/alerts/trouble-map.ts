import type { InboxMap, SEVERITIES } from '@harbor/protocol'

/** A station in trouble, as far as a map needs to know. */
export interface TroubleSpot {
  station: string
  nameZh: string
  nameEn: string
  latDeg: number
  lngDeg: number
  severity: (typeof SEVERITIES)[number]
  alerts: number
}

/** Stations within one cell are drawn as one: a finger's width on tiles of 256 pixels. */
const CELL_PX = 64
const TILE_PX = 256
/** From here on every station is drawn by itself: such as share a house must be told apart at some zoom. */
const APART_ZOOM = 17
/** No answer has more; a view that would is drawn coarser. */
export const MAX_SPOTS = 2_000

/**
 * What a map shows of the stations in trouble within a box: pins, and clusters with their gravest grade. Cells are those of the whole
 * map and not of the box, so that nothing jumps when the map is moved.
 *
 * @param box west, south, east, north, in degrees
 */
export function troubleMap(
  spots: readonly TroubleSpot[],
  { box: [west, south, east, north], zoom }: { box: readonly [number, number, number, number]; zoom: number },
): Omit<InboxMap, 'at'> {
  const inView = spots.filter(
    ({ latDeg, lngDeg }) => lngDeg >= west && lngDeg <= east && latDeg >= south && latDeg <= north,
  )
  let at = zoom
  let cells = cellsOf(inView, at)
  // At zoom 0 there are 16 cells in all.
  while (cells.length > MAX_SPOTS) cells = cellsOf(inView, (at -= 1))
  const view: Omit<InboxMap, 'at'> = { clusters: [], pins: [] }
  for (const cell of cells) {
    const [first] = cell
    if (cell.length === 1 && first !== undefined) view.pins.push(first)
    else view.clusters.push(clusterOf(cell, at))
  }
  return view
}

function cellsOf(spots: readonly TroubleSpot[], zoom: number): TroubleSpot[][] {
  if (zoom >= APART_ZOOM) return spots.map(spot => [spot])
  return [...Map.groupBy(spots, spot => cellKey(spot, zoom)).values()]
}

/** Web Mercator, as the map's tiles are cut. */
function cellKey({ latDeg, lngDeg }: TroubleSpot, zoom: number): string {
  const cells = (2 ** zoom * TILE_PX) / CELL_PX
  const sin = Math.sin((latDeg * Math.PI) / 180)
  const x = (lngDeg + 180) / 360
  const y = 0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)
  return `${Math.floor(x * cells)} ${Math.floor(y * cells)}`
}

function clusterOf(cell: readonly TroubleSpot[], zoom: number): InboxMap['clusters'][number] {
  const mean = (of: (spot: TroubleSpot) => number) => cell.reduce((sum, spot) => sum + of(spot), 0) / cell.length
  let apart = zoom + 1
  while (apart < APART_ZOOM && new Set(cell.map(spot => cellKey(spot, apart))).size === 1) apart += 1
  return {
    latDeg: mean(({ latDeg }) => latDeg),
    lngDeg: mean(({ lngDeg }) => lngDeg),
    count: cell.length,
    grave: cell.filter(({ severity }) => severity <= 'P1').length,
    severity: cell.reduce<TroubleSpot['severity']>((worst, one) => (one.severity < worst ? one.severity : worst), 'P3'),
    zoom: apart,
  }
}
