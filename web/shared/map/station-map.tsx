import { useEffect, useRef, useState } from 'react'
import type { LatLng } from './basemap.ts'
import type { MapHandle, MapPin, MapTiles, MapWords } from './map-types.ts'

export interface StationMapProps {
  /** What the map is, for screen readers. */
  label: string
  pins: readonly MapPin[]
  selected?: string | undefined
  position?: { at: LatLng; accuracyM: number } | undefined
  tiles?: MapTiles | undefined
  words: MapWords
  /** Shown in the map's place until it is there, and when its code cannot be loaded. */
  loading: string
  failed: string
  /** Places to bring into view whenever this list changes. */
  view: readonly LatLng[]
  onSelect: (id: string) => void
}

/** A map of stations. Leaflet is loaded when the first of these is shown, so that a list comes before its map. */
export function StationMap(props: StationMapProps) {
  const { label, pins, selected, position, tiles, words, view, onSelect } = props
  const container = useRef<HTMLDivElement>(null)
  const select = useRef(onSelect)
  select.current = onSelect
  const [map, setMap] = useState<MapHandle>()
  const [failed, setFailed] = useState(false)

  useEffect(() => {
    let handle: MapHandle | undefined
    let gone = false
    const create = async () => {
      try {
        const { createLeafletMap } = await import('./leaflet-map.ts')
        if (gone || container.current === null) return
        handle = createLeafletMap(container.current, { words, onSelect: id => select.current(id) })
        setFailed(false)
        setMap(handle)
      } catch {
        setFailed(true) // Its code did not come; the list serves without it.
        window.addEventListener('online', create, { once: true })
      }
    }
    void create()
    return () => {
      gone = true
      window.removeEventListener('online', create)
      handle?.destroy()
    }
    // The map is made once; what changes is told to it below.
  }, [])

  useEffect(() => map?.setWords(words), [map, words])
  useEffect(() => map?.setTiles(tiles), [map, tiles?.url, tiles?.attribution])
  useEffect(() => map?.setPins(pins), [map, pins])
  useEffect(() => map?.fit(view), [map, view])
  useEffect(() => map?.setPosition(position?.at, position?.accuracyM ?? 0), [map, position])
  useEffect(() => map?.setSelected(selected), [map, selected])

  return (
    <section className="station-map" aria-label={label}>
      <div ref={container} className="station-map-canvas" />
      {map === undefined && <p className="station-map-note">{failed ? props.failed : props.loading}</p>}
    </section>
  )
}
