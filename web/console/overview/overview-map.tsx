import type { OverviewStation, OverviewState } from '@harbor/protocol'
import { useCallback, useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import type { LatLng } from '../../shared/map/basemap.ts'
import type { MapCluster, MapPin, MapTiles, SeenView } from '../../shared/map/map-types.ts'
import { StationMap } from '../../shared/map/station-map.tsx'
import { useClientConfig } from '../console-context.ts'
import { localName, useWords } from '../words/words.tsx'
import { clusterStations, isTrouble } from './station-clusters.ts'
import './overview-map.css'

/** How a station stands on the map: the finder's own pins, and two that only staff see. */
const PIN: Readonly<Record<OverviewState, string>> = {
  open: 'open',
  full: 'full',
  closed: 'closed',
  noHours: 'unknown',
  notConfirmed: 'unknown',
  closedButShouldBeOpen: 'trouble pin-wrong',
  offline: 'trouble pin-offline',
}
const LEGEND: readonly OverviewState[] = ['open', 'full', 'closedButShouldBeOpen', 'notConfirmed', 'offline', 'closed']

interface OverviewMapProps {
  stations: readonly OverviewStation[]
  /** Another region moves the map to its stations. */
  region: string | undefined
  /** On a wall nobody can press a pin, and the key is read from afar. */
  isWall?: boolean
}

/** Every station of the region as it now is; a pin leads to its page. The lists beside it hold the same. */
export function OverviewMap({ stations, region, isWall = false }: OverviewMapProps) {
  const { say, language } = useWords()
  const navigate = useNavigate()
  const config = useClientConfig().data
  const [seen, setSeen] = useState<SeenView>()
  const viewOf = useMemo(() => clusterStations(stations), [stations])
  const { pins, clusters } = useMemo(() => {
    if (seen === undefined) return { pins: [], clusters: [] }
    const content = viewOf({ box: seen.box, zoom: seen.zoom })
    return {
      pins: content.stations.map((station): MapPin => ({
        id: station.id,
        at: [station.latDeg, station.lngDeg],
        state: PIN[station.state],
        rank: isTrouble(station) ? 2 : 1,
        label: `${localName(language, station)} · ${say(`overview.state.${station.state}`)}`,
      })),
      clusters: content.clusters.map(({ latDeg, lngDeg, count, fine, zoom }): MapCluster => ({
        at: [latDeg, lngDeg],
        count,
        open: fine,
        zoom,
        label: say('overview.cluster', { count, trouble: count - fine }),
      })),
    }
  }, [seen, viewOf, say, language])
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
  const view = useMemo(
    () => ({
      key: stations.length === 0 ? '' : `region ${region ?? ''}`,
      places: extremesOf(stations),
    }),
    [stations, region],
  )
  const onSelect = useCallback((id: string) => void navigate(`/stations/${id}`), [navigate])
  return (
    <div className="overview-map" data-wall={isWall} data-testid="map" data-drawn={pins.length + clusters.length}>
      <StationMap
        label={say('overview.map')}
        pins={pins}
        clusters={clusters}
        tiles={tiles}
        words={words}
        loading={say('inbox.mapLoading')}
        failed={say('inbox.mapFailed')}
        view={view}
        onSelect={onSelect}
        onMove={setSeen}
        wanted
      />
      <ul className="overview-key" aria-label={say('inbox.legend')}>
        {LEGEND.map(state => (
          <li key={state}>
            <span className={`pin pin-inline pin-${PIN[state]}`} aria-hidden="true">
              <span className="pin-body">
                <span className="pin-sign" />
              </span>
            </span>
            {say(`overview.state.${state}`)}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The corners of the box that the stations lie in: what is to be in view. */
function extremesOf(stations: readonly OverviewStation[]): LatLng[] {
  if (stations.length === 0) return []
  const [first] = stations
  const box = {
    south: first?.latDeg ?? 0,
    north: first?.latDeg ?? 0,
    west: first?.lngDeg ?? 0,
    east: first?.lngDeg ?? 0,
  }
  for (const { latDeg, lngDeg } of stations) {
    box.south = Math.min(box.south, latDeg)
    box.north = Math.max(box.north, latDeg)
    box.west = Math.min(box.west, lngDeg)
    box.east = Math.max(box.east, lngDeg)
  }
  return [
    [box.south, box.west],
    [box.north, box.east],
  ]
}
