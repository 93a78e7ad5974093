import type { Place } from '../shared/api/public-api.ts'

const STORAGE_KEY = 'harbor.place'

/** Where the visitor was when the page was last told, to about 100 m; undefined when it never was. */
export function readLastPlace(): Place | undefined {
  try {
    const [latDeg = Number.NaN, lngDeg = Number.NaN] = (window.localStorage.getItem(STORAGE_KEY) ?? '')
      .split(',')
      .map(Number.parseFloat)
    return Math.abs(latDeg) <= 90 && Math.abs(lngDeg) <= 180 ? { latDeg, lngDeg } : undefined
  } catch {
    return undefined // Storage is forbidden.
  }
}

export function saveLastPlace({ latDeg, lngDeg }: Place): void {
  try {
    window.localStorage.setItem(STORAGE_KEY, `${latDeg.toFixed(3)},${lngDeg.toFixed(3)}`)
  } catch {
    return // Storage is full or forbidden: the next visit begins with the city.
  }
}
