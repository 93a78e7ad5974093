import type { InboxMap, TroubledStation } from '@harbor/protocol'
import { useMemo } from 'react'
import { SeverityBadge } from '../alerts/severity-badge.tsx'
import { useClientConfig } from '../console-context.ts'
import type { LatLng } from '../../shared/map/basemap.ts'
import type { MapCluster, MapPin, MapTiles, SeenView } from '../../shared/map/map-types.ts'
import { StationMap } from '../../shared/map/station-map.tsx'
import { localName, useWords } from '../words/words.tsx'
import type { Place } from './inbox-filters.ts'
import './trouble-map.css'

const SEVERITIES = ['P0', 'P1', 'P2', 'P3'] as const
/** The gravest lie on top where pins overlap. */
const RANK = { P0: 4, P1: 3, P2: 2, P3: 1 } as const

interface TroubleMapProps {
  stations: readonly TroubledStation[]
  /** What the view shows where there are more stations than the list holds; undefined: the list holds all. */
  seen: InboxMap | undefined
  here: (Place & { accuracyM: number }) | undefined
  chosen: string | undefined
  /** Always the same function. */
  onChoose: (station: string) => void
  /** Always the same function. */
  onMove: (view: SeenView) => void
}

/** Open faults where they are: a pin a station, its grade told by its sign and shape; the list beside it holds the same. */
export function TroubleMap({ stations, seen, here, chosen, onChoose, onMove }: TroubleMapProps) {
  const { say, language } = useWords()
  const config = useClientConfig().data
  const pins = useMemo(
    () =>
      (seen?.pins ?? stations).map(({ station, latDeg, lngDeg, severity, alerts, ...names }): MapPin => ({
        id: station,
        at: [latDeg, lngDeg],
        state: `trouble pin-${severity.toLowerCase()}`,
        rank: RANK[severity],
        label: say('inbox.pin', {
          station: localName(language, names),
          severity: say(`severity.${severity}`),
          alerts,
        }),
      })),
    [stations, seen, say, language],
  )
  const clusters = useMemo(
    () =>
      (seen?.clusters ?? []).map(({ latDeg, lngDeg, count, grave, severity, zoom }): MapCluster => ({
        at: [latDeg, lngDeg],
        count,
        open: grave,
        zoom,
        label: say('inbox.cluster', { count, severity: say(`severity.${severity}`) }),
      })),
    [seen, say],
  )
  const words = useMemo(
    () => ({
      language,
      zoomIn: say('inbox.zoomIn'),
      zoomOut: say('inbox.zoomOut'),
      you: say('inbox.you'),
      outline: say('inbox.outline'),
    }),
    [say, language],
  )
  const tiles = useMemo((): MapTiles | undefined => {
    if (config?.tileUrl === undefined) return undefined
    return { url: config.tileUrl, crs: config.tileCrs, attribution: config.tileAttribution }
  }, [config])
  const position = useMemo(
    () => here && { at: [here.latDeg, here.lngDeg] as LatLng, accuracyM: here.accuracyM },
    [here],
  )
  // All in view at first; what a person has moved stays, whatever comes or goes.
  const view = {
    key: stations.length === 0 ? '' : 'faults',
    places: stations.map(({ latDeg, lngDeg }): LatLng => [latDeg, lngDeg]),
  }
  return (
    <div className="trouble-map" data-testid="map">
      <StationMap
        label={say('inbox.map')}
        pins={pins}
        clusters={clusters}
        selected={chosen}
        position={position}
        tiles={tiles}
        words={words}
        loading={say('inbox.mapLoading')}
        failed={say('inbox.mapFailed')}
        view={view}
        onSelect={onChoose}
        onMove={onMove}
        wanted
      />
      <ul className="trouble-key" aria-label={say('inbox.legend')}>
        {SEVERITIES.map(severity => (
          <li key={severity}>
            <span className={`pin pin-inline pin-trouble pin-${severity.toLowerCase()}`} aria-hidden="true">
              <span className="pin-body">
                <span className="pin-sign" />
              </span>
            </span>
            <SeverityBadge severity={severity} />
          </li>
        ))}
      </ul>
    </div>
  )
}
