import { type ChartedSystem, type LngLat, fromWgs84, isMainland } from './coordinates.ts'

/** What can show the way: `geo` is whatever app of the phone answers to a `geo:` address. */
export const MAP_APPS = ['amap', 'baidu', 'tencent', 'apple', 'geo'] as const
export type MapApp = (typeof MAP_APPS)[number]

export const WAY_MODES = ['walk', 'ride'] as const
export type WayMode = (typeof WAY_MODES)[number]

/** Where to. */
export interface Destination {
  name: string
  /** WGS-84. */
  latDeg: number
  lngDeg: number
  /** GB/T 2260 code: it decides whether coordinates are shifted. */
  district: string
  /** The district's Chinese name. */
  districtNameZh: string
}

/** Only Amap documents a route by bike in an address of the web; a `geo:` address leaves the choice to the app. */
const RIDES: readonly MapApp[] = ['amap', 'geo']

/** Whether an app takes the mode from an address. */
export function showsMode(app: MapApp, mode: WayMode): boolean {
  return mode === 'walk' || RIDES.includes(app)
}

/** Who asks, as the map services want to know. */
const SOURCE = 'workers-harbor'
/** Longer names are cut: an address is shown in full by none of the apps. */
const LONGEST_NAME = 60

/**
 * The address that opens a map with the way to `to`, from wherever the visitor is: their position is not part of it. Each has
 * the order and the coordinate system of its service:
 * - Amap, lng,lat, GCJ-02: https://lbs.amap.com/api/uri-api/guide/travel/route
 * - Baidu, lat,lng, BD-09: https://lbsyun.baidu.com/faq/api?title=webapi/uri/web
 * - Tencent, lat,lng, GCJ-02: https://lbs.qq.com/webApi/uriV1/uriGuide/uriWebRoute
 * - Apple, lat,lng, in mainland China GCJ-02 as its maps there are
 * - geo:, lat,lng, WGS-84 (RFC 5870)
 */
export function mapLink(app: MapApp, mode: WayMode, to: Destination): string {
  const name = safeName(to.name)
  switch (app) {
    case 'amap': {
      const { lng, lat } = placed(to, 'GCJ02')
      return address('https://uri.amap.com/navigation', {
        to: `${lng},${lat},${name}`,
        mode: mode === 'ride' ? 'ride' : 'walk',
        src: SOURCE,
        callnative: '1',
      })
    }
    case 'baidu': {
      const { lng, lat } = placed(to, 'BD09')
      return address('https://api.map.baidu.com/direction', {
        origin: '我的位置',
        destination: `latlng:${lat},${lng}|name:${name}`,
        mode: 'walking',
        region: to.districtNameZh,
        coord_type: isMainland(to.district) ? 'bd09ll' : 'wgs84',
        output: 'html',
        src: `webapp.${SOURCE}.finder`,
      })
    }
    case 'tencent': {
      const { lng, lat } = placed(to, 'GCJ02')
      return address('https://apis.map.qq.com/uri/v1/routeplan', {
        type: 'walk',
        to: name,
        tocoord: `${lat},${lng}`,
        // 1: WGS-84, 2: GCJ-02.
        coord_type: isMainland(to.district) ? '2' : '1',
        referer: SOURCE,
      })
    }
    case 'apple': {
      const { lng, lat } = placed(to, 'GCJ02')
      return address('https://maps.apple.com/', { daddr: `${lat},${lng}`, dirflg: 'w', q: name })
    }
    case 'geo': {
      const { lng, lat } = placed(to, undefined)
      return `geo:0,0?q=${encodeURIComponent(`${lat},${lng}(${name})`)}`
    }
  }
}

/** Six decimals are 0.1 m, and some services refuse more. */
function placed(to: Destination, system: ChartedSystem | undefined): { lng: string; lat: string } {
  const wgs84: LngLat = [to.lngDeg, to.latDeg]
  const [lng, lat] = system === undefined || !isMainland(to.district) ? wgs84 : fromWgs84(wgs84, system)
  return { lng: lng.toFixed(6), lat: lat.toFixed(6) }
}

/** Signs that part values inside a parameter, with the wide ones that read the same. */
const WIDE: Readonly<Record<string, string>> = { ',': '，', '|': '｜', '(': '（', ')': '）' }

/** A name that cannot be taken for another part of the address, even after it was decoded, and that can be encoded. */
function safeName(name: string): string {
  const whole = [...name].filter(sign => !/^[\uD800-\uDFFF]$/.test(sign)).map(sign => WIDE[sign] ?? sign)
  return whole.slice(0, LONGEST_NAME).join('').trim()
}

/** Spaces as %20: not every app reads `+` as one. */
function address(base: string, parameters: Readonly<Record<string, string>>): string {
  const query = Object.entries(parameters).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
  return `${base}?${query.join('&')}`
}
