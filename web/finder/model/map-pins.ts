import type { MapView } from '@harbor/protocol'
import type { MapCluster, MapPin } from '../../shared/map/map-types.ts'
import { type FinderContext, inLanguage } from '../finder-context.ts'
import { pinText } from '../parts/pin-text.ts'
import { STATUS_AGE_LIMIT_MS, type PinState } from './station-now.ts'
import { type ListedStation, rankOf } from './station-order.ts'

type Words = Pick<FinderContext, 't' | 'language' | 'nowMs'>

/** What stands on the map: the stations of the list and those of the view, each once. */
export interface MapContent {
  pins: MapPin[]
  clusters: MapCluster[]
}

/**
 * Pins and clusters of a view. What is known better of a station than the view tells (`known`: it is looked at, live)
 * has the say; a view past its age knows nothing any more. Before a view is there, the list's stations stand alone.
 */
export function mapContent(
  view: MapView | undefined,
  {
    listed,
    chosen,
    known,
  }: {
    listed: readonly ListedStation[]
    chosen: ListedStation | undefined
    known: (id: string) => ListedStation | undefined
  },
  words: Words,
): MapContent {
  const own = chosen === undefined ? [] : [chosen]
  if (view === undefined)
    return { pins: unique([...own, ...listed].map(station => listedPin(station, words))), clusters: [] }
  const isOld = words.nowMs - Date.parse(view.at) > STATUS_AGE_LIMIT_MS
  const seen = view.pins.map(({ id, nameZh, nameEn, latDeg, lngDeg, pin }) => {
    const better = known(id)
    if (better !== undefined) return listedPin(better, words)
    const state = isOld ? 'unknown' : pin
    return pinOf({ id, at: [latDeg, lngDeg], name: inLanguage(words.language, nameZh, nameEn), state }, words)
  })
  const clusters = view.clusters.map(({ latDeg, lngDeg, count, open, zoom }): MapCluster => ({
    at: [latDeg, lngDeg],
    count,
    open: isOld ? 0 : open,
    zoom,
    label: words.t('map.cluster', { count, open: isOld ? '?' : open }),
  }))
  return { pins: unique([...own.map(station => listedPin(station, words)), ...seen]), clusters }
}

function listedPin({ view, pin }: ListedStation, words: Words): MapPin {
  const name = inLanguage(words.language, view.nameZh, view.nameEn)
  return pinOf({ id: view.id, at: [view.latDeg, view.lngDeg], name, state: pin }, words)
}

interface PinParts {
  id: string
  at: MapPin['at']
  name: string
  state: PinState
}

function pinOf({ id, at, name, state }: PinParts, { t }: Words): MapPin {
  return { id, at, label: `${name} · ${pinText(state, t)}`, state, rank: -rankOf(state) }
}

function unique(pins: readonly MapPin[]): MapPin[] {
  return [...new Map(pins.map(pin => [pin.id, pin])).values()]
}
