import L from 'leaflet'
import type { MapCluster } from './map-types.ts'
import type { Placing } from './placing.ts'

/** From a finger's width up: a cluster of thousands is larger than one of three, but never hides its neighbours. */
const SIZES_PX = { smallest: 46, largest: 64 } as const
/** The ring's radius and width in a drawing of 40 by 40. */
const RING = { radius: 17, width: 4 } as const
const ROUND = 2 * Math.PI * RING.radius

/** The clusters of a map, drawn anew whenever others come. */
export interface ClusterLayer {
  set: (clusters: readonly MapCluster[], placing: Placing) => void
}

export function createClusterLayer(map: L.Map, onOpen: (cluster: MapCluster) => void): ClusterLayer {
  const shown = new Map<string, L.Marker>()
  return {
    set(clusters, { toMap }) {
      const wanted = new Map(clusters.map(cluster => [JSON.stringify([cluster, toMap(cluster.at)]), cluster]))
      for (const [key, marker] of shown) {
        if (wanted.has(key)) continue
        marker.remove()
        shown.delete(key)
      }
      for (const [key, cluster] of wanted) {
        if (shown.has(key)) continue
        // As with pins, the list is the way of keyboards and screen readers.
        const options = { icon: clusterIcon(cluster), title: cluster.label, keyboard: false }
        const marker = L.marker(toMap(cluster.at), options)
        marker.on('click', () => onOpen(cluster)).addTo(map)
        shown.set(key, marker)
      }
    },
  }
}

/** A number in a ring whose dark part is the share of stations that one can go to. */
function clusterIcon({ count, open }: MapCluster): L.DivIcon {
  const { smallest, largest } = SIZES_PX
  const size = Math.min(largest, smallest + 4 * Math.log10(count + 1))
  const drawing = svg('svg', { viewBox: '0 0 40 40', 'aria-hidden': 'true' })
  const circle = { cx: 20, cy: 20, r: RING.radius, 'stroke-width': RING.width }
  drawing.append(
    svg('circle', { ...circle, class: 'cluster-ring' }),
    svg('circle', {
      ...circle,
      class: 'cluster-open',
      'stroke-dasharray': `${((ROUND * open) / count).toFixed(2)} ${ROUND.toFixed(2)}`,
    }),
  )
  const number = document.createElement('span')
  number.textContent = countText(count)
  const body = document.createElement('span')
  body.className = 'cluster-body'
  body.append(drawing, number)
  return L.divIcon({ className: 'cluster', iconSize: [size, size], html: body })
}

/** 5, 120, 1.2k, 34k: what fits into the ring. */
function countText(count: number): string {
  if (count < 1_000) return String(count)
  return count < 10_000 ? `${(count / 1_000).toFixed(1)}k` : `${Math.round(count / 1_000)}k`
}

function svg(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}
