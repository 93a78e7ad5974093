import type { CityList, MapView } from '@harbor/protocol'
import Supercluster from 'supercluster'
import type { ViewWanted } from '../feed/view-feed.ts'
import { type KeptMoment, judgeOf } from './answer-kept.ts'
import { mayHave } from './filters.ts'
import { isOpen, pinState } from './station-now.ts'

/** As the server groups: stations within this many pixels of each other, up to the zoom at which streets are told apart. */
const CLUSTER = { radius: 60, maxZoom: 15, minPoints: 3 } as const

/** A view of the stations in the kept lists, as the server would give it, were it there. */
export function viewKept(lists: readonly CityList[], { box, zoom, filters }: ViewWanted, moment: KeptMoment): MapView {
  const [west, south, east, north] = box
  const stations = lists.flatMap(list => {
    const judge = judgeOf(list, moment)
    return list.stations.map(judge).filter(kept => filters.every(filter => mayHave(kept, filter)))
  })
  const index = new Supercluster<{ place: number; open: number }, { open: number }>({
    ...CLUSTER,
    map: ({ open }) => ({ open }),
    reduce: (sum, { open }) => {
      sum.open += open
    },
  })
  index.load(
    stations.map(({ now }, place) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [now.view.lngDeg, now.view.latDeg] },
      properties: { place, open: isOpen(now) || now.posted?.open === true ? 1 : 0 },
    })),
  )
  const view: MapView = { at: new Date(moment.nowMs).toISOString(), clusters: [], pins: [] }
  for (const { geometry, properties, id } of index.getClusters([west, south, east, north], zoom)) {
    const [lngDeg = 0, latDeg = 0] = geometry.coordinates
    if ('cluster' in properties) {
      const apart = index.getClusterExpansionZoom(Number(id))
      view.clusters.push({ latDeg, lngDeg, count: properties.point_count, open: properties.open, zoom: apart })
      continue
    }
    const now = stations[properties.place]?.now
    if (now === undefined) continue
    const { nameZh, nameEn } = now.view
    view.pins.push({ id: now.view.id, nameZh, nameEn, latDeg, lngDeg, pin: pinState(now) })
  }
  return view
}
