import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import gcoordModule from 'gcoord'
import type { BasemapFile } from '../shared/map/basemap-file.ts'
import { decodeBasemap } from '../shared/map/basemap.ts'
import { DISTRICT_NAMES, PLACE_NAMES, RIVER_BORDERS, RIVER_NAMES } from './basemap-names.ts'
import { type LngLat, arcsOf, simplifyLine, snapRings } from './topology.ts'

/**
 * `node scripts/make-basemap.ts SOURCE_FOLDER` writes shared/map/basemap/chongqing.json from chongqing_districts.geojson
 * (GCJ-02), rivers.geojson and places.geojson (WGS-84). Run it again only when the sources change.
 */

/** One unit of the file: about 11 m. The sources are right to 100 m (districts) and 1 km (rivers, places). */
const UNIT_DEG = 1e-4
/** Half of the sources' own resolution for districts; a third of a pixel for rivers at the zoom they are drawn at. */
const DISTRICT_TOLERANCE_DEG = 0.0008
/** Common borders in the source differ by up to some 200 m. */
const SNAP_DEG = 0.002
const RIVER_TOLERANCE_DEG = 0.003
/** How far a course may be off the border that shows the same river: a little more than its own error. */
const COURSE_ERROR_DEG = 0.045
const SIZE_LIMIT_BYTES = 60_000

// The package's types describe an ES module; Node loads it as CommonJS, where the default export is the object itself.
const gcoord = gcoordModule as unknown as typeof gcoordModule.default

interface Feature {
  id?: string
  properties: { name: string; cp?: LngLat; scalerank?: number }
  geometry:
    | { type: 'Point'; coordinates: LngLat }
    | { type: 'LineString'; coordinates: LngLat[] }
    | { type: 'Polygon'; coordinates: LngLat[][] }
    | { type: 'MultiPolygon'; coordinates: LngLat[][][] }
}

async function readFeatures(folder: string, name: string): Promise<Feature[]> {
  const file = JSON.parse(await readFile(join(folder, name), 'utf8')) as { features: Feature[] }
  return file.features
}

const toWgs84 = (point: LngLat): LngLat => gcoord.transform(point, gcoord.GCJ02, gcoord.WGS84)
const toUnits = ([lng, lat]: LngLat): LngLat => [Math.round(lng / UNIT_DEG), Math.round(lat / UNIT_DEG)]

/** First point as it is, every further one as the step from the one before: small numbers compress well. */
function deltas(points: readonly LngLat[]): number[] {
  let last: LngLat = [0, 0]
  return points.map(toUnits).flatMap(point => {
    const step = [point[0] - last[0], point[1] - last[1]]
    last = point
    return step
  })
}

/** The outer rings of a district, open (without the repeated last point). */
function ringsOf({ geometry }: Feature): LngLat[][] {
  if (geometry.type === 'Polygon') return geometry.coordinates.slice(0, 1).map(openRing)
  if (geometry.type === 'MultiPolygon')
    return geometry.coordinates.flatMap(polygon => polygon.slice(0, 1).map(openRing))
  return []
}

function openRing(ring: LngLat[]): LngLat[] {
  const [first, last] = [ring[0], ring.at(-1)]
  return first !== undefined && last !== undefined && first[0] === last[0] && first[1] === last[1]
    ? ring.slice(0, -1)
    : ring
}

function makeDistricts(
  features: readonly Feature[],
): Pick<BasemapFile, 'arcs' | 'borders' | 'riverBorders' | 'districts'> {
  const rings = features.flatMap(feature => ringsOf(feature).map(points => ({ owner: feature.id ?? '', points })))
  const topology = arcsOf(snapRings(rings, SNAP_DEG))
  const isRiver = (owners: readonly string[]) =>
    RIVER_BORDERS.some(pair => pair.every(district => owners.includes(district)))
  return {
    arcs: topology.arcs.map(arc => deltas(simplifyLine(arc.points.map(toWgs84), DISTRICT_TOLERANCE_DEG))),
    borders: topology.arcs.flatMap((arc, index) => (isRiver(arc.owners) ? [] : [index])),
    riverBorders: topology.arcs.flatMap((arc, index) => (isRiver(arc.owners) ? [index] : [])),
    districts: features.map(({ id, properties }) => {
      const names = DISTRICT_NAMES[id ?? '']
      if (names === undefined || properties.cp === undefined) throw new RangeError(`no names for district ${id}`)
      return {
        zh: names[0],
        en: names[1],
        center: toUnits(toWgs84(properties.cp)),
        rings: topology.rings.filter(ring => ring.owner === id).map(ring => ring.arcs),
      }
    }),
  }
}

/**
 * The courses of rivers, without the stretches that borders in midstream show better (`water`): there a course ends at
 * the nearest point of such a border.
 */
function makeRivers(features: readonly Feature[], water: readonly LngLat[]): BasemapFile['rivers'] {
  return features.flatMap(({ properties, geometry }) => {
    const names = RIVER_NAMES[properties.name]
    if (geometry.type !== 'LineString' || names === undefined) return []
    return stretchesBeside(geometry.coordinates, water).map(stretch => ({
      zh: names[0],
      en: names[1],
      great: (properties.scalerank ?? 9) < 5,
      line: deltas(simplifyLine(stretch, RIVER_TOLERANCE_DEG)),
    }))
  })
}

function stretchesBeside(course: readonly LngLat[], water: readonly LngLat[]): LngLat[][] {
  const stretches: LngLat[][] = []
  let stretch: LngLat[] = []
  const offDeg = (a: LngLat, b: LngLat) => Math.hypot(a[0] - b[0], a[1] - b[1])
  for (const point of course) {
    const nearest = water.reduce((best, other) => (offDeg(other, point) < offDeg(best, point) ? other : best))
    if (offDeg(nearest, point) > COURSE_ERROR_DEG) {
      stretch.push(point)
      continue
    }
    // The first point in reach of the border joins the course to it; the last one begins the next stretch.
    if (stretch.length > 1) stretches.push([...stretch, nearest])
    stretch = [nearest]
  }
  if (stretch.length > 1) stretches.push(stretch)
  return stretches
}

function makePlaces(features: readonly Feature[]): BasemapFile['places'] {
  return features.flatMap(({ properties, geometry }) => {
    const names = PLACE_NAMES[properties.name]
    if (geometry.type !== 'Point' || names === undefined) return []
    return [{ zh: names[0], en: names[1], at: toUnits(geometry.coordinates) }]
  })
}

const source = process.argv[2]
if (source === undefined) {
  process.stderr.write('make-basemap: which folder holds the sources?\n')
  process.exit(2)
}
const districts = makeDistricts(await readFeatures(source, 'chongqing_districts.geojson'))
const decoded = decodeBasemap({ unitDeg: UNIT_DEG, ...districts, rivers: [], places: [] })
const water = decoded.riverBorders.flat().map(([lat, lng]): LngLat => [lng, lat])
const file: BasemapFile = {
  unitDeg: UNIT_DEG,
  ...districts,
  rivers: makeRivers(await readFeatures(source, 'rivers.geojson'), water),
  places: makePlaces(await readFeatures(source, 'places.geojson')),
}
const text = JSON.stringify(file)
const sizeBytes = gzipSync(text).length
if (sizeBytes > SIZE_LIMIT_BYTES) {
  process.stderr.write(`make-basemap: ${sizeBytes} bytes compressed, at most ${SIZE_LIMIT_BYTES} are sent to a phone\n`)
  process.exit(1)
}
const folder = join(import.meta.dirname, '../shared/map/basemap')
await mkdir(folder, { recursive: true })
await writeFile(join(folder, 'chongqing.json'), text)
process.stdout.write(`chongqing.json: ${text.length} bytes, ${sizeBytes} compressed\n`)
