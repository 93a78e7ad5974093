import L from 'leaflet'
import 'leaflet/dist/leaflet.css'
import './map.css'
import { createClusterLayer } from './cluster-layer.ts'
import { drawOutline } from './outline-layer.ts'
import type { LatLng } from './basemap.ts'
import type { MapCluster, MapHandle, MapPin, MapPosition, MapTiles, MapWords, SeenView } from './map-types.ts'
import { PLACINGS } from './placing.ts'

/** The inner city of Chongqing: shown until there are pins to show. */
const HOME: LatLng = [29.556, 106.55]
const HOME_ZOOM = 12
/** Below this zoom pins shrink to dots, or those of one district would hide each other. */
const DOTS_BELOW_ZOOM = 12
/** A street or two around: with tiles there is more to see, without them the rivers are to stay in view. */
const CLOSE_ZOOM = { tiles: 16, outline: 14 } as const
/** The country, and a house. */
const ZOOMS = { minZoom: 3, maxZoom: 18 } as const
/** A finger's width, WCAG 2.2 target size (enhanced), and room for a thumb in a glove. */
const PIN_SIZE_PX = 48

/** Draws the map into `container`. The only folder that knows Leaflet. */
export function createLeafletMap(container: HTMLElement): MapHandle {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches
  const map = L.map(container, {
    ...ZOOMS,
    center: HOME,
    zoom: HOME_ZOOM,
    zoomControl: false,
    attributionControl: false,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    inertia: !still,
    zoomSnap: 0.5,
  })
  const outline = drawOutline(map)
  const pins = new Map<string, { pin: MapPin; marker: L.Marker }>()
  let selected: string | undefined
  /** A pin is chosen that is not there yet, as when a page is opened by its link: shown as soon as it comes. */
  let awaited = false
  let words: MapWords | undefined
  let onSelect: ((id: string) => void) | undefined
  let onMove: ((view: SeenView) => void) | undefined
  let viewKey = ''
  let you: L.LayerGroup | undefined
  let position: MapPosition | undefined
  let tileLayer: L.TileLayer | undefined
  let tiles: MapTiles | undefined
  let placing = PLACINGS.wgs84
  let clusters: readonly MapCluster[] = []
  let controls: L.Control[] = []
  /** The page itself sets a view: what moves meanwhile is not the visitor's doing. */
  let pageMoves = false

  const setViewOf = (set: () => void) => {
    pageMoves = true
    set()
    pageMoves = false
  }
  const clusterLayer = createClusterLayer(map, ({ at, zoom }) => {
    map.setView(placing.toMap(at), Math.max(zoom, map.getZoom() + 1), { animate: !still })
  })

  const tellView = () => {
    const bounds = map.getBounds()
    const [south, west] = placing.fromMap([bounds.getSouth(), bounds.getWest()])
    const [north, east] = placing.fromMap([bounds.getNorth(), bounds.getEast()])
    const { lat, lng } = map.getCenter()
    const center = placing.fromMap([lat, lng])
    onMove?.({ box: [west, south, east, north], zoom: Math.floor(map.getZoom()), center, byHand: !pageMoves })
  }
  const showZoom = () => container.classList.toggle('map-dots', map.getZoom() < DOTS_BELOW_ZOOM)
  map.on('zoomend', showZoom)
  map.on('moveend', tellView)
  showZoom()

  const observer = new ResizeObserver(() => setViewOf(() => map.invalidateSize({ animate: false })))
  observer.observe(container)

  const paint = ({ pin, marker }: { pin: MapPin; marker: L.Marker }) => {
    const chosen = pin.id === selected
    marker.setIcon(pinIcon(pin, chosen)).setZIndexOffset(chosen ? 10_000 : pin.rank * 100)
  }

  const removePin = (id: string) => {
    pins.get(id)?.marker.remove()
    pins.delete(id)
  }

  const addPin = (pin: MapPin) => {
    // The list is the way of keyboards and screen readers: dozens of pins would stand between them and it.
    const marker = L.marker(placing.toMap(pin.at), { keyboard: false, title: pin.label, icon: pinIcon(pin, false) })
    marker.on('click', () => onSelect?.(pin.id)).addTo(map)
    const entry = { pin, marker }
    pins.set(pin.id, entry)
    paint(entry)
  }

  const closeZoom = () => (tiles === undefined ? CLOSE_ZOOM.outline : CLOSE_ZOOM.tiles)

  // Views are set without animation: Leaflet drops a view that is set while an animation to another runs.
  const showSelected = () => {
    const entry = selected === undefined ? undefined : pins.get(selected)
    awaited = selected !== undefined && entry === undefined
    if (entry === undefined) return
    paint(entry)
    const zoom = Math.max(map.getZoom(), closeZoom())
    setViewOf(() => map.setView(placing.toMap(entry.pin.at), zoom, { animate: false }))
  }

  const showPosition = () => {
    you?.remove()
    you =
      position === undefined
        ? undefined
        : youLayer({ ...position, at: placing.toMap(position.at) }, words?.you ?? '').addTo(map)
  }

  const setControls = () => {
    for (const control of controls) control.remove()
    if (words === undefined) return
    const attribution = L.control.attribution({ prefix: '<a href="https://leafletjs.com">Leaflet</a>' })
    attribution.addAttribution(words.outline)
    if (tiles?.attribution !== undefined) attribution.addAttribution(tiles.attribution)
    controls = [
      L.control.zoom({ position: 'topleft', zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }),
      attribution,
    ]
    for (const control of controls) control.addTo(map)
  }

  /** Everything moves over to the tiles' own system, and what was in view stays in view. */
  const placeBy = (crs: MapTiles['crs']) => {
    if (placing === PLACINGS[crs]) return
    const { lat, lng } = map.getCenter()
    const center = placing.fromMap([lat, lng])
    placing = PLACINGS[crs]
    for (const { pin, marker } of pins.values()) marker.setLatLng(placing.toMap(pin.at))
    clusterLayer.set(clusters, placing)
    showPosition()
    outline.setPlacing(placing)
    setViewOf(() => map.setView(placing.toMap(center), map.getZoom(), { animate: false }))
  }

  return {
    setPins(next) {
      const wanted = new Set(next.map(({ id }) => id))
      for (const id of pins.keys()) if (!wanted.has(id)) removePin(id)
      for (const pin of next) {
        const entry = pins.get(pin.id)
        if (entry !== undefined && isSame(entry.pin, pin)) continue
        removePin(pin.id)
        addPin(pin)
      }
      if (awaited) showSelected()
    },
    setClusters(next) {
      clusters = next
      clusterLayer.set(next, placing)
    },
    setOnMove(next) {
      onMove = next
      setViewOf(tellView)
    },
    setSelected(id) {
      const before = selected === undefined ? undefined : pins.get(selected)
      selected = id
      if (before !== undefined) paint(before)
      showSelected()
    },
    setPosition(next) {
      position = next
      showPosition()
    },
    setWords(next) {
      words = next
      setControls()
      outline.setLanguage(next.language)
    },
    setOnSelect(next) {
      onSelect = next
    },
    setTiles(next) {
      tileLayer?.remove()
      tiles = next
      placeBy(next?.crs ?? 'wgs84')
      // A tile that does not come leaves its place transparent: the outline map beneath stays in view.
      tileLayer =
        next === undefined ? undefined : L.tileLayer(next.url, { ...ZOOMS, className: 'map-tiles' }).addTo(map)
      setControls()
    },
    setView({ key, places }) {
      if (key === viewKey || places.length === 0) return
      viewKey = key
      // A chosen pin has the say.
      if (selected !== undefined && !awaited) return
      const bounds = L.latLngBounds(places.map(placing.toMap))
      setViewOf(() => map.fitBounds(bounds, { padding: [30, 30], maxZoom: closeZoom(), animate: false }))
    },
    destroy() {
      observer.disconnect()
      outline.remove()
      map.remove()
    },
  }
}

function isSame(a: MapPin, b: MapPin): boolean {
  return a.state === b.state && a.label === b.label && a.rank === b.rank && a.at[0] === b.at[0] && a.at[1] === b.at[1]
}

function pinIcon({ state }: MapPin, chosen: boolean): L.DivIcon {
  return L.divIcon({
    className: `pin pin-${state}${chosen ? ' pin-chosen' : ''}`,
    iconSize: [PIN_SIZE_PX, PIN_SIZE_PX],
    html: '<span class="pin-body"><span class="pin-sign"></span></span>',
  })
}

function youLayer({ at, accuracyM }: MapPosition, label: string): L.LayerGroup {
  const circle = L.circle(at, { radius: accuracyM, interactive: false, className: 'map-accuracy' })
  const icon = L.divIcon({ className: 'map-you', iconSize: [22, 22] })
  return L.layerGroup([circle, L.marker(at, { icon, interactive: false, keyboard: false, title: label })])
}
