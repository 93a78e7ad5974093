import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type LatLng, decodeBasemap } from './basemap.ts'
import type { BasemapFile } from './basemap-file.ts'

const text = readFileSync(new URL('basemap/chongqing.json', import.meta.url), 'utf8')
const basemap = decodeBasemap(JSON.parse(text) as BasemapFile)

/** Even-odd rule. */
function isInside([lat, lng]: LatLng, ring: readonly LatLng[]): boolean {
  return ring.reduce((inside, [aLat, aLng], index) => {
    const [bLat, bLng] = ring.at(index - 1) ?? [aLat, aLng]
    const crosses = aLat > lat !== bLat > lat && lng < ((bLng - aLng) * (lat - aLat)) / (bLat - aLat) + aLng
    return crosses ? !inside : inside
  }, false)
}

const districtsAt = (place: LatLng) =>
  basemap.districts.filter(({ rings }) => rings.some(ring => isInside(place, ring))).map(({ en }) => en)

describe('the outline map', () => {
  it('is small enough for a weak network', () => {
    expect(gzipSync(text).length).toBeLessThan(60_000)
  })

  it('has all 38 districts, each named in both languages', () => {
    expect(new Set(basemap.districts.map(({ zh }) => zh)).size).toBe(38)
    expect(new Set(basemap.districts.map(({ en }) => en)).size).toBe(38)
  })

  // Well-known places, WGS-84. Left in GCJ-02, borders would be some 480 m off: the first three are nearer to one.
  it.each([
    { name: 'Jiefangbei', place: [29.5586, 106.574], district: 'Yuzhong' },
    { name: 'Nanping', place: [29.524, 106.562], district: "Nan'an" },
    { name: 'Guanyinqiao', place: [29.5755, 106.5315], district: 'Jiangbei' },
    { name: 'Yangjiaping', place: [29.511, 106.508], district: 'Jiulongpo' },
    { name: 'Wanzhou', place: [30.809, 108.375], district: 'Wanzhou' },
    { name: 'Yongchuan', place: [29.359, 105.923], district: 'Yongchuan' },
  ] as const)('has $name in $district and in no other', ({ place, district }) => {
    expect(districtsAt([place[0], place[1]])).toEqual([district])
  })

  it('lies where Chongqing is', () => {
    const all = basemap.districts.flatMap(({ rings }) => rings.flat())
    expect(Math.min(...all.map(([lat]) => lat))).toBeGreaterThan(28)
    expect(Math.max(...all.map(([lat]) => lat))).toBeLessThan(32.3)
    expect(Math.min(...all.map(([, lng]) => lng))).toBeGreaterThan(105.2)
    expect(Math.max(...all.map(([, lng]) => lng))).toBeLessThan(110.3)
  })

  it('has the Yangtze and the Jialing, and water around the inner city', () => {
    expect(basemap.rivers.map(({ en }) => en)).toEqual(expect.arrayContaining(['Yangtze', 'Jialing']))
    expect(basemap.riverBorders.flat().length).toBeGreaterThan(40)
  })
})
