import { useEffect, useRef, useState } from 'react'
import type { MapHandle, MapPin, MapPosition, MapTiles, MapView, MapWords } from './map-types.ts'

export interface StationMapProps {
  /** What the map is, for screen readers. */
  label: string
  pins: readonly MapPin[]
  selected?: string | undefined
  position?: MapPosition | undefined
  tiles?: MapTiles | undefined
  words: MapWords
  /** Shown in the map's place until it is there, and when its code cannot be loaded. */
  loading: string
  failed: string
  view: MapView
  onSelect: (id: string) => void
}

/** A map of stations. Leaflet is loaded when the first of these is shown, so that a list comes before its map. */
export function StationMap(props: StationMapProps) {
  const { label, pins, selected, position, tiles, words, view, onSelect } = props
  const container = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<MapHandle>()
  const [failed, setFailed] = useState(false)

  useEffect(() => {
    let handle: MapHandle | undefined
    let gone = false
    const create = async () => {
      try {
        const { createLeafletMap } = await import('./leaflet-map.ts')
        if (gone || container.current === null) return
        handle = createLeafletMap(container.current)
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
  }, [])

  useEffect(() => map?.setWords(words), [map, words])
  useEffect(() => map?.setOnSelect(onSelect), [map, onSelect])
  useEffect(() => map?.setTiles(tiles), [map, tiles])
  useEffect(() => map?.setPins(pins), [map, pins])
  useEffect(() => map?.setPosition(position), [map, position])
  useEffect(() => map?.setView(view), [map, view])
  useEffect(() => map?.setSelected(selected), [map, selected])

  return (
    <section className="station-map" aria-label={label}>
      <div ref={container} className="station-map-canvas" />
      {map === undefined && <p className="station-map-note">{failed ? props.failed : props.loading}</p>}
    </section>
  )
}
