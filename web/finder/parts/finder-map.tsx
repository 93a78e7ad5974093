import type { ClientConfig } from '@harbor/protocol'
import { useMemo, useState, useSyncExternalStore } from 'react'
import type { MapPosition, MapTiles, SeenView } from '../../shared/map/map-types.ts'
import { StationMap } from '../../shared/map/station-map.tsx'
import type { ViewFeed } from '../feed/view-feed.ts'
import { useFinder } from '../finder-context.ts'
import { mapContent } from '../model/map-pins.ts'
import { firstView } from '../model/map-view.ts'
import type { ListedStation } from '../model/station-order.ts'
import type { PositionState } from '../position.ts'
import type { AskedQuestion } from '../use-question.ts'
import type { StationLookup } from '../use-stations.ts'
import { Icon } from './icons.tsx'

interface FinderMapProps {
  views: ViewFeed
  /** The stations of the list. */
  stations: readonly ListedStation[]
  chosen: ListedStation | undefined
  lookup: StationLookup
  asked: AskedQuestion
  position: PositionState
  config: ClientConfig | undefined
  seen: SeenView | undefined
  wanted: boolean
  onSelect: (id: string) => void
  onMove: (view: SeenView) => void
}

/** The map: the stations in view, alone or in clusters, with the visitor's place and the chosen station on it. */
export function FinderMap(props: FinderMapProps) {
  const { views, stations, chosen, lookup, asked, position, config, seen, wanted, onSelect, onMove } = props
  const { t, language, nowMs } = useFinder()
  const [large, setLarge] = useState(false)
  const { view: told } = useSyncExternalStore(views.subscribe, views.getState)
  const { pins, clusters } = mapContent(told, { listed: stations, chosen, known: lookup }, { t, language, nowMs })
  const words = useMemo(
    () => ({
      language,
      zoomIn: t('map.zoomIn'),
      zoomOut: t('map.zoomOut'),
      you: t('map.you'),
      outline: t('map.outline'),
    }),
    [language, t],
  )
  const here = useMemo(
    (): MapPosition | undefined =>
      position.kind === 'known'
        ? { at: [position.position.latDeg, position.position.lngDeg], accuracyM: position.accuracyM }
        : undefined,
    [position],
  )
  const tiles = useMemo((): MapTiles | undefined => {
    if (config?.tileUrl === undefined) return undefined
    return { url: config.tileUrl, crs: config.tileCrs, attribution: config.tileAttribution }
  }, [config])
  // What is in view follows the question, not every change of the stations; a part of the map that was asked for stays put.
  const { question, placeKind, setMapPlace } = asked
  const around = question.place === undefined ? undefined : ([question.place.latDeg, question.place.lngDeg] as const)
  const isFound = stations.length > 0
  const view = {
    key: `${placeKind} ${placeKind === 'map' ? '' : (around?.map(degrees => degrees.toFixed(3)).join() ?? '')} ${question.text} ${isFound}`,
    places: placeKind === 'map' || !isFound ? [] : firstView(stations, question.text === '' ? around : undefined),
  }
  return (
    <div className={`map-frame${large ? ' map-large' : ''}`}>
      <StationMap
        label={t('map.label')}
        pins={pins}
        clusters={clusters}
        selected={chosen?.view.id}
        position={here}
        tiles={tiles}
        words={words}
        loading={t('map.loading')}
        failed={t('map.failed')}
        view={view}
        onSelect={onSelect}
        onMove={onMove}
        wanted={wanted}
      />
      {seen?.byHand === true && question.text === '' && chosen === undefined && (
        <button
          type="button"
          className="map-search"
          onClick={() => {
            const [latDeg, lngDeg] = seen.center
            onMove({ ...seen, byHand: false })
            setMapPlace({ latDeg, lngDeg })
          }}
        >
          {t('map.searchHere')}
        </button>
      )}
      <button
        type="button"
        className="map-size"
        aria-expanded={large}
        aria-label={large ? t('map.shrink') : t('map.enlarge')}
        onClick={() => setLarge(!large)}
      >
        <Icon name={large ? 'shrink' : 'expand'} />
      </button>
    </div>
  )
}
