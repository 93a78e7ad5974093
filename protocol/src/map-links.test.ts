import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LngLat, fromWgs84, isMainland, toWgs84 } from './coordinates.ts'
import { type Destination, MAP_APPS, type MapApp, WAY_MODES, mapLink, showsMode } from './map-links.ts'

/** Metres between two places that are near each other. */
function metres([lngA, latA]: LngLat, [lngB, latB]: LngLat): number {
  const degM = 111_195
  return Math.hypot((lngB - lngA) * degM * Math.cos((latA * Math.PI) / 180), (latB - latA) * degM)
}

const chongqing = (name: string, lngDeg = 106.577, latDeg = 29.557): Destination => ({
  name,
  lngDeg,
  latDeg,
  district: '500103',
  districtNameZh: '渝中区',
})

/** Where an app goes that reads the address as its documentation says, in WGS-84, and the name it shows. */
function readLink(link: string, app: MapApp, shifted = true): { at: LngLat; name: string } {
  const lngLat = (lng: string, lat: string, system: 'GCJ02' | 'BD09' | undefined): LngLat => {
    const at: LngLat = [Number(lng), Number(lat)]
    return system === undefined || !shifted ? at : toWgs84(at, system)
  }
  if (app === 'geo') {
    const [, q = ''] = link.split('?q=')
    const [, lat = '', lng = '', name = ''] = /^([\d.-]+),([\d.-]+)\((.*)\)$/.exec(decodeURIComponent(q)) ?? []
    return { at: lngLat(lng, lat, undefined), name }
  }
  const { searchParams } = new URL(link)
  const get = (name: string) => searchParams.get(name) ?? ''
  switch (app) {
    case 'amap': {
      const [lng = '', lat = '', ...name] = get('to').split(',')
      return { at: lngLat(lng, lat, 'GCJ02'), name: name.join(' and ') }
    }
    case 'baidu': {
      const [latlng = '', ...names] = get('destination').split('|')
      const name = names.join(' and ')
      const [lat = '', lng = ''] = latlng.replace('latlng:', '').split(',')
      return { at: lngLat(lng, lat, 'BD09'), name: name.replace('name:', '') }
    }
    case 'tencent': {
      const [lat = '', lng = ''] = get('tocoord').split(',')
      return { at: lngLat(lng, lat, 'GCJ02'), name: get('to') }
    }
    case 'apple': {
      const [lat = '', lng = ''] = get('daddr').split(',')
      return { at: lngLat(lng, lat, 'GCJ02'), name: get('q') }
    }
  }
}

describe('coordinates', () => {
  // The first from the README of gcoord 1.0.7; the others worked out with the published algorithm, to the sixth decimal.
  it.each([
    { wgs: [116.403988, 39.914266], system: 'BD09', expected: [116.41661560068297, 39.92196580126834], within: 1e-9 },
    { wgs: [106.577, 29.557], system: 'GCJ02', expected: [106.580688, 29.554112], within: 1e-6 },
    { wgs: [106.577, 29.557], system: 'BD09', expected: [106.587165, 29.560267], within: 1e-6 },
    { wgs: [106.457, 29.541], system: 'GCJ02', expected: [106.460965, 29.538399], within: 1e-6 },
    { wgs: [106.532, 29.575], system: 'BD09', expected: [106.542242, 29.578298], within: 1e-6 },
    { wgs: [108.409, 30.808], system: 'GCJ02', expected: [108.41359, 30.805738], within: 1e-6 },
    { wgs: [108.409, 30.808], system: 'BD09', expected: [108.420158, 30.811426], within: 1e-6 },
  ] as const)('$wgs is $expected in $system', ({ wgs, system, expected, within }) => {
    const [lng, lat] = fromWgs84(wgs, system)
    expect(Math.abs(lng - expected[0])).toBeLessThanOrEqual(within)
    expect(Math.abs(lat - expected[1])).toBeLessThanOrEqual(within)
  })

  it('GCJ-02 comes back as the README of gcoord says, within 2 cm', () => {
    expect(metres(toWgs84([123, 45], 'GCJ02'), [122.99395597, 44.99804071])).toBeLessThan(0.02)
  })

  it.each([
    ['500103', true],
    ['659004', true],
    ['710100', false],
    ['810000', false],
    ['820000', false],
  ])('maps of %s shift: %s', (district, shifts) => expect(isMainland(district)).toBe(shifts))
})

describe('mapLink', () => {
  const names = [
    '解放碑港湾',
    'A & B = C?',
    '早餐 🥟 铺',
    'x|name:y',
    '一,二,三',
    '(后门) #2',
    '100% 100 %zz',
    '"<b>\'',
  ]

  it.each(MAP_APPS.flatMap(app => names.map(name => ({ app, name }))))(
    '$app is led to within 5 m, with the name $name',
    ({ app, name }) => {
      const to = chongqing(name)
      const { at, name: shown } = readLink(mapLink(app, 'walk', to), app)
      expect(metres(at, [to.lngDeg, to.latDeg])).toBeLessThan(5)
      // What would part values is shown by its wide twin.
      const wide = name.replace(/[,|()]/g, sign => ({ ',': '，', '|': '｜', '(': '（', ')': '）' })[sign] ?? '')
      expect(shown).toBe(wide)
    },
  )

  it('leads any app to within 5 m of anywhere in Chongqing, whatever the name', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MAP_APPS),
        fc.constantFrom(...WAY_MODES),
        fc.record({
          name: fc.string({ unit: 'binary' }),
          lngDeg: fc.double({ min: 105.28, max: 110.2, noNaN: true }),
          latDeg: fc.double({ min: 28.16, max: 32.22, noNaN: true }),
        }),
        (app, mode, { name, lngDeg, latDeg }) => {
          const link = mapLink(app, mode, chongqing(name, lngDeg, latDeg))
          expect(metres(readLink(link, app).at, [lngDeg, latDeg])).toBeLessThan(5)
        },
      ),
    )
  })

  it('takes a name with half a character', () => {
    expect(readLink(mapLink('amap', 'walk', chongqing('A\ud83eB')), 'amap').name).toBe('AB')
  })

  it.each(MAP_APPS)('%s: shifts nothing outside mainland China', app => {
    for (const [district, lngDeg, latDeg] of [
      ['810000', 114.158, 22.281],
      ['710100', 121.565, 25.034],
      ['999999', 2.352, 48.857],
    ] as const) {
      const to = { ...chongqing('x', lngDeg, latDeg), district }
      expect(metres(readLink(mapLink(app, 'walk', to), app, false).at, [lngDeg, latDeg])).toBeLessThan(0.2)
    }
  })

  it('says to Baidu and Tencent which system the coordinates are in', () => {
    const abroad = { ...chongqing('x', 114.158, 22.281), district: '810000' }
    const say = (to: Destination) => [
      new URL(mapLink('baidu', 'walk', to)).searchParams.get('coord_type'),
      new URL(mapLink('tencent', 'walk', to)).searchParams.get('coord_type'),
    ]
    expect(say(chongqing('x'))).toEqual(['bd09ll', '2'])
    expect(say(abroad)).toEqual(['wgs84', '1'])
  })

  it('asks for the way on foot, or by bike where that can be asked for', () => {
    expect(new URL(mapLink('amap', 'walk', chongqing('x'))).searchParams.get('mode')).toBe('walk')
    expect(new URL(mapLink('amap', 'ride', chongqing('x'))).searchParams.get('mode')).toBe('ride')
    expect(MAP_APPS.filter(app => showsMode(app, 'ride'))).toEqual(['amap', 'geo'])
  })

  it('never says where the visitor is', () => {
    for (const app of MAP_APPS) expect(mapLink(app, 'walk', chongqing('x'))).not.toMatch(/[?&](from|saddr|fromcoord)=/)
  })
})
