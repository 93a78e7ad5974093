import { useEffect, useRef, useState } from 'react'
import type { MapCluster, MapHandle, MapPin, MapPosition, MapTiles, MapView, MapWords, SeenView } from './map-types.ts'

export interface StationMapProps {
  /** What the map is, for screen readers. */
  label: string
  pins: readonly MapPin[]
  clusters: readonly MapCluster[]
  selected?: string | undefined
  position?: MapPosition | undefined
  tiles?: MapTiles | undefined
  words: MapWords
  /** Shown in the map's place until it is there, and when its code cannot be loaded. */
  loading: string
  failed: string
  view: MapView
  onSelect: (id: string) => void
  /** Told of every view that came to rest. Always the same function, or it is told anew. */
  onMove: (view: SeenView) => void
  /** The code of the map is loaded when this is true for the first time: what matters more comes first. */
  wanted: boolean
}

/** A map of stations. Leaflet is loaded when it is `wanted`, so that a list comes before its map. */
export function StationMap(props: StationMapProps) {
  const { label, pins, clusters, selected, position, tiles, words, view, onSelect, onMove, wanted } = props
  const container = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<MapHandle>()
  const [failed, setFailed] = useState(false)

  useEffect(() => {
    if (!wanted) return
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
      setMap(undefined)
    }
  }, [wanted])

  useEffect(() => map?.setWords(words), [map, words])
  useEffect(() => map?.setOnSelect(onSelect), [map, onSelect])
  useEffect(() => map?.setTiles(tiles), [map, tiles])
  useEffect(() => map?.setPins(pins), [map, pins])
  useEffect(() => map?.setClusters(clusters), [map, clusters])
  useEffect(() => map?.setPosition(position), [map, position])
  useEffect(() => map?.setView(view), [map, view])
  useEffect(() => map?.setSelected(selected), [map, selected])
  // Last: the first view that is told is the one that the others have set.
  useEffect(() => map?.setOnMove(onMove), [map, onMove])

  return (
    <section className="station-map" aria-label={label}>
      <div ref={container} className="station-map-canvas" />
      {map === undefined && <p className="station-map-note">{failed ? props.failed : props.loading}</p>}
    </section>
  )
}
