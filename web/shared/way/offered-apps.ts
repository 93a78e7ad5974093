import { MAP_APPS, type MapApp } from '@harbor/protocol/map-links'

const STORAGE_KEY = 'harbor.mapApp'

/** What of the visitor's browser decides which maps it can open. */
export interface Device {
  /** WeChat's or QQ's own browser: it opens web pages, never another app. */
  insideWeChat: boolean
  system: 'android' | 'apple' | 'other'
}

/** By the browser's own description of itself. */
export function deviceOf(userAgent: string): Device {
  const insideWeChat = /MicroMessenger|QQ\//i.test(userAgent)
  if (/Android|HarmonyOS/i.test(userAgent)) return { insideWeChat, system: 'android' }
  return { insideWeChat, system: /iPhone|iPad|Macintosh/i.test(userAgent) ? 'apple' : 'other' }
}

/**
 * The maps to offer, the one used last first. `geo:` is understood by Android alone and never in WeChat; Apple's maps stand
 * on Apple's devices, elsewhere as a web page that has no place in a list of four.
 */
export function offeredApps({ insideWeChat, system }: Device, last: MapApp | undefined): MapApp[] {
  // Tencent's own map is the one that its own browser opens best.
  const order: readonly MapApp[] = insideWeChat ? ['tencent', 'amap', 'baidu', 'apple', 'geo'] : MAP_APPS
  const offered = order.filter(app => {
    if (app === 'geo') return system === 'android' && !insideWeChat
    return app !== 'apple' || system === 'apple'
  })
  return last !== undefined && offered.includes(last) ? [last, ...offered.filter(app => app !== last)] : offered
}

/** The map that was opened last on this phone. */
export function readLastApp(): MapApp | undefined {
  try {
    const saved = window.localStorage.getItem(STORAGE_KEY)
    return MAP_APPS.find(app => app === saved)
  } catch {
    return undefined // Storage is forbidden.
  }
}

export function saveLastApp(app: MapApp): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, app)
  } catch {
    return // Storage is full or forbidden: the order stays as it is.
  }
}
