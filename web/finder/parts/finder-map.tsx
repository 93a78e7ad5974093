import type { ClientConfig } from '@harbor/protocol'
import { useMemo, useState } from 'react'
import type { MapPin, MapPosition } from '../../shared/map/map-types.ts'
import { StationMap } from '../../shared/map/station-map.tsx'
import { inLanguage, useFinder } from '../finder-context.ts'
import { firstView } from '../model/map-view.ts'
import { type ListedStation, rankOf } from '../model/station-order.ts'
import type { PositionState } from '../position.ts'
import { Icon } from './icons.tsx'
import { pinText } from './status.tsx'

interface FinderMapProps {
  stations: readonly ListedStation[]
  chosen: ListedStation | undefined
  position: PositionState
  config: ClientConfig | undefined
  onSelect: (id: string) => void
}

/** The map of all stations, with the visitor's place and the chosen station on it. */
export function FinderMap({ stations, chosen, position, config, onSelect }: FinderMapProps) {
  const { t, language } = useFinder()
  const [large, setLarge] = useState(false)
  const pins = stations.map(({ view, pin }): MapPin => {
    const name = inLanguage(language, view.nameZh, view.nameEn)
    return {
      id: view.id,
      at: [view.latDeg, view.lngDeg],
      label: `${name} · ${pinText(pin, t)}`,
      state: pin,
      rank: -rankOf(pin),
    }
  })
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
  const tiles = useMemo(
    () => (config?.tileUrl === undefined ? undefined : { url: config.tileUrl, attribution: config.tileAttribution }),
    [config],
  )
  // What is in view follows the visitor's place and whether there are stations, not every change of theirs.
  const view = {
    key: `${here?.at.join() ?? 'nowhere'} ${stations.length > 0}`,
    places: firstView(stations, here?.at),
  }
  return (
    <div className={`map-frame${large ? ' map-large' : ''}`}>
      <StationMap
        label={t('map.label')}
        pins={pins}
        selected={chosen?.view.id}
        position={here}
        tiles={tiles}
        words={words}
        loading={t('map.loading')}
        failed={t('map.failed')}
        view={view}
        onSelect={onSelect}
      />
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
