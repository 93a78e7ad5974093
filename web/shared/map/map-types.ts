import type { Language } from '../i18n/language.ts'
import type { LatLng } from './basemap.ts'

/** A pin: what it stands for and where. Its shape and colour follow `state` (map.css, `pin-STATE`). */
export interface MapPin {
  id: string
  at: LatLng
  /** What the pin says, for its tooltip: name and state. */
  label: string
  state: string
  /** Pins of a higher rank lie on top where they overlap. */
  rank: number
}

/** Stations so close together that they are drawn as one. */
export interface MapCluster {
  at: LatLng
  count: number
  /** Of these, such as one can go to: drawn as a share of the ring. */
  open: number
  /** At this zoom it comes apart. */
  zoom: number
  /** What it says, for its tooltip. */
  label: string
}

/** The system that tiles are drawn in. Everything that comes into the map and out of it is WGS-84 all the same. */
export type TileCrs = 'wgs84' | 'gcj02'

/** Raster tiles over the outline map. */
export interface MapTiles {
  url: string
  crs: TileCrs
  attribution: string | undefined
}

/** What the map says in words. */
export interface MapWords {
  language: Language
  zoomIn: string
  zoomOut: string
  you: string
  outline: string
}

/** What is to be in view. */
export interface MapView {
  /** The view is set when this is another than before, so that a visitor's own panning is left alone. */
  key: string
  places: readonly LatLng[]
}

/** What is in view now. */
export interface SeenView {
  /** West, south, east, north. */
  box: [number, number, number, number]
  zoom: number
  center: LatLng
  /** The visitor moved it there, not the page. */
  byHand: boolean
}

/** A map on the screen. */
export interface MapHandle {
  setWords: (words: MapWords) => void
  setPins: (pins: readonly MapPin[]) => void
  setClusters: (clusters: readonly MapCluster[]) => void
  /** What is told of every view after it has come to rest, and of the present one at once. */
  setOnMove: (onMove: (view: SeenView) => void) => void
  /** What is told of a tapped pin. */
  setOnSelect: (onSelect: (id: string) => void) => void
  /** Marks one pin as chosen and brings it into view; undefined marks none. */
  setSelected: (id: string | undefined) => void
  /** Where the visitor is, and how well that is known. */
  setPosition: (position: MapPosition | undefined) => void
  setTiles: (tiles: MapTiles | undefined) => void
  setView: (view: MapView) => void
  destroy: () => void
}

/** A place known to so many metres. */
export interface MapPosition {
  at: LatLng
  accuracyM: number
}
