import { Button } from '@mantine/core'
import { useCallback, useMemo, useRef } from 'react'
import { useClientConfig } from '../console-context.ts'
import type { LatLng } from '../../shared/map/basemap.ts'
import type { MapCluster, MapPin, MapTiles, SeenView } from '../../shared/map/map-types.ts'
import { StationMap } from '../../shared/map/station-map.tsx'
import { useWords } from '../words/words.tsx'
import '../../shared/map/pins.css'
import styles from './register.module.css'

const NO_CLUSTERS: readonly MapCluster[] = []
const nothing = () => undefined

interface PickMapProps {
  /** WGS-84; undefined: nowhere yet. */
  at: LatLng | undefined
  name: string
  /** Told of the place under the cross, WGS-84; absent: the map only shows. */
  onPick?: ((at: LatLng) => void) | undefined
}

/** One station on the map. It is moved under a cross and not by dragging a pin: a thumb hides what it drags. */
export function PickMap({ at, name, onPick }: PickMapProps) {
  const { say, language } = useWords()
  const config = useClientConfig().data
  const middle = useRef<LatLng>(undefined)
  const [latDeg, lngDeg] = at ?? []
  const pins = useMemo(
    (): MapPin[] =>
      latDeg === undefined || lngDeg === undefined
        ? []
        : [{ id: 'station', at: [latDeg, lngDeg], state: 'open', rank: 1, label: name }],
    [latDeg, lngDeg, name],
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
  const tiles = useMemo(
    (): MapTiles | undefined =>
      config?.tileUrl === undefined
        ? undefined
        : { url: config.tileUrl, crs: config.tileCrs, attribution: config.tileAttribution },
    [config],
  )
  const onMove = useCallback((view: SeenView) => {
    middle.current = view.center
  }, [])
  const view = { key: pins.length === 0 ? '' : 'station', places: pins.map(pin => pin.at) }
  return (
    <>
      <div className={styles['map']} data-testid="register-map">
        <StationMap
          label={say('register.map')}
          pins={pins}
          clusters={NO_CLUSTERS}
          tiles={tiles}
          words={words}
          loading={say('inbox.mapLoading')}
          failed={say('inbox.mapFailed')}
          view={view}
          onSelect={nothing}
          onMove={onMove}
          wanted
        />
        {onPick !== undefined && <span className={styles['cross']} aria-hidden="true" />}
      </div>
      {onPick !== undefined && (
        <>
          <p className="quiet">{say('register.mapHint')}</p>
          <Button
            type="button"
            variant="default"
            data-testid="take-middle"
            onClick={() => middle.current !== undefined && onPick(middle.current)}
          >
            {say('register.takeMiddle')}
          </Button>
        </>
      )}
    </>
  )
}
