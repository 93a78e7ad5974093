import L from 'leaflet'
import type { Language } from '../i18n/language.ts'
import { type Basemap, type LatLng, decodeBasemap } from './basemap.ts'
import type { BasemapFile } from './basemap-file.ts'
import basemapUrl from './basemap/chongqing.json?url'
import { PLACINGS, type Placing } from './placing.ts'

/** Labels closer than this to a neighbour's would run into each other. */
const LABEL_SPACING_PX = 74
/** Web Mercator: metres a pixel at zoom 0 on the equator, 2π · 6378137 m / 256. */
const METRES_A_PIXEL_AT_ZOOM_0 = 156_543
/** About what the Yangtze and the Jialing are wide in the inner city, which lies at this latitude. */
const RIVER_WIDTH_M = 450
const RIVER_LAT_DEG = 29.56
/** From this zoom on 1 km, the error of the rivers' courses, is more than half a finger's width. */
const COURSES_BELOW_ZOOM = 12

/** The outline map beneath everything else. */
export interface Outline {
  setLanguage: (language: Language) => void
  /** Draws it in another system than WGS-84, to lie under tiles of that. */
  setPlacing: (placing: Placing) => void
  remove: () => void
}

/**
 * Draws districts, rivers and towns under all else on `map`, as soon as their file is there. Colours are map.css's, so
 * that dark mode and high contrast need no redrawing.
 */
export function drawOutline(map: L.Map): Outline {
  let stored: Basemap | undefined
  let basemap: Basemap | undefined
  let placing = PLACINGS.wgs84
  let shapes: Shapes | undefined
  let labels: L.LayerGroup | undefined
  let language: Language = 'zh'
  let removed = false
  const pane = map.createPane('outline')
  // Beneath the tiles' pane (200): where tiles come they cover it, where they do not it stays in view.
  pane.style.zIndex = '150'
  const labelPane = map.createPane('outline-labels')
  labelPane.style.zIndex = '160'
  labelPane.style.pointerEvents = 'none'

  const showLabels = () => {
    labels?.remove()
    labels = basemap === undefined ? undefined : labelLayer(basemap, language, map.getZoom()).addTo(map)
  }
  const fitZoom = () => {
    shapes?.fitZoom(map.getZoom())
    showLabels()
  }
  map.on('zoomend', fitZoom)

  const load = async () => {
    try {
      const response = await fetch(basemapUrl)
      if (!response.ok) return
      stored = decodeBasemap((await response.json()) as BasemapFile)
    } catch {
      // No network: the pins stand on plain ground, and the file comes with the next connection.
      if (!removed) window.addEventListener('online', load, { once: true })
      return
    }
    if (!removed) draw()
  }
  const draw = () => {
    if (stored === undefined) return
    shapes?.layer.remove()
    basemap = placed(stored, placing)
    shapes = drawShapes(basemap)
    shapes.layer.addTo(map)
    fitZoom()
  }
  void load()

  return {
    setLanguage(next) {
      language = next
      showLabels()
    },
    setPlacing(next) {
      placing = next
      draw()
    },
    remove() {
      removed = true
      window.removeEventListener('online', load)
      map.off('zoomend', fitZoom)
    },
  }
}

function placed(map: Basemap, { toMap }: Placing): Basemap {
  const lines = (all: readonly LatLng[][]) => all.map(line => line.map(toMap))
  return {
    districts: map.districts.map(one => ({ ...one, center: toMap(one.center), rings: lines(one.rings) })),
    borders: lines(map.borders),
    riverBorders: lines(map.riverBorders),
    rivers: map.rivers.map(river => ({ ...river, line: river.line.map(toMap) })),
    places: map.places.map(place => ({ ...place, at: toMap(place.at) })),
  }
}

/** What is drawn, and its fitting to a zoom. */
interface Shapes {
  layer: L.LayerGroup
  fitZoom: (zoom: number) => void
}

function drawShapes(basemap: Basemap): Shapes {
  const renderer = L.svg({ pane: 'outline', padding: 0.5 })
  const base = { renderer, pane: 'outline', interactive: false, smoothFactor: 1.2 } as const
  const rings = basemap.districts.flatMap(district => district.rings.map(ring => [ring]))
  const courses = basemap.rivers.map(({ great, line }) =>
    L.polyline(line, { ...base, className: 'outline-river', weight: great ? 5 : 2.5 }),
  )
  const water = L.polyline(basemap.riverBorders, { ...base, className: 'outline-river' })
  const layer = L.layerGroup([
    L.polygon(rings, { ...base, className: 'outline-land' }),
    L.polyline(basemap.borders, { ...base, className: 'outline-border' }),
    ...courses,
    water,
  ])
  return {
    layer,
    fitZoom(zoom) {
      // The courses are right to 1 km: fine from afar, wrong among streets. The inner city's rivers, from borders in midstream, stay.
      const close = zoom >= COURSES_BELOW_ZOOM
      for (const course of courses) course.setStyle({ opacity: close ? 0 : 1 })
      water.setStyle({ weight: Math.max(4, RIVER_WIDTH_M / metresAPixel(zoom, RIVER_LAT_DEG)) })
    },
  }
}

function metresAPixel(zoom: number, latDeg: number): number {
  return (METRES_A_PIXEL_AT_ZOOM_0 * Math.cos((latDeg * Math.PI) / 180)) / 2 ** zoom
}

function labelLayer(basemap: Basemap, language: Language, zoom: number): L.LayerGroup {
  const districts = basemap.districts
    .filter(({ center }) => spacingPx(center, basemap, zoom) >= LABEL_SPACING_PX)
    .map(district => label(district.center, district[language], 'outline-label'))
  const places = zoom < 7 ? [] : basemap.places.map(place => label(place.at, place[language], 'outline-label'))
  return L.layerGroup([...districts, ...places])
}

/** How far a district's name is from the nearest other one on the screen. */
function spacingPx(center: LatLng, { districts }: Basemap, zoom: number): number {
  const distances = districts.flatMap(other =>
    other.center === center ? [] : [L.latLng(center).distanceTo(other.center)],
  )
  return Math.min(...distances) / metresAPixel(zoom, center[0])
}

function label(at: LatLng, text: string, className: string): L.Marker {
  const content = document.createElement('span')
  content.textContent = text
  const icon = L.divIcon({ className, html: content, iconSize: [0, 0] })
  return L.marker(at, { icon, pane: 'outline-labels', interactive: false, keyboard: false })
}
