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

/** Raster tiles in WGS-84 over the outline map. */
export interface MapTiles {
  url: string
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

/** A map on the screen. */
export interface MapHandle {
  setPins: (pins: readonly MapPin[]) => void
  /** Marks one pin as chosen and brings it into view; undefined marks none. */
  setSelected: (id: string | undefined) => void
  /** Where the visitor is, and how well that is known. */
  setPosition: (at: LatLng | undefined, accuracyM: number) => void
  setWords: (words: MapWords) => void
  setTiles: (tiles: MapTiles | undefined) => void
  /** Brings all of these into view. */
  fit: (places: readonly LatLng[]) => void
  destroy: () => void
}

export interface MapOptions {
  words: MapWords
  onSelect: (id: string) => void
}
