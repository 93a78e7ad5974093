import type { PlugState } from '../physics/electricity.ts'

/** What a device senses at a moment, before any vendor puts it into words. */
export type DeviceReading =
  | ({ kind: 'plug' } & PlugState)
  | { kind: 'climate'; temperatureC: number; humidityPercent: number | undefined }
  | { kind: 'contact'; open: boolean }
  | { kind: 'people'; count: number }

/** How often a kind of device speaks. */
export interface Cadence {
  /** No sooner than this after its last word. */
  leastMs: number
  /** At the latest this long after it. */
  mostMs: number
}

/** Whether a reading differs from the one told last by enough to be told. */
export function isNews(told: DeviceReading, now: DeviceReading): boolean {
  switch (now.kind) {
    case 'plug':
      return told.kind !== 'plug' || told.on !== now.on || isPowerNews(told.powerW, now.powerW)
    case 'climate':
      return told.kind !== 'climate' || Math.abs(told.temperatureC - now.temperatureC) >= 0.2
    case 'contact':
      return told.kind !== 'contact' || told.open !== now.open
    case 'people':
      return told.kind !== 'people' || told.count !== now.count
  }
}

/** Whether a relay was switched since: told at once, whatever the cadence. */
export function isSwitched(told: DeviceReading, now: DeviceReading): boolean {
  return told.kind === 'plug' && now.kind === 'plug' && told.on !== now.on
}

/** docs/domain.md 3.1: on change by at least 5 W or 5 %; below 5 W a meter's noise is no news. */
function isPowerNews(toldW: number, nowW: number): boolean {
  const changeW = Math.abs(toldW - nowW)
  return changeW >= 5 || (changeW >= 1 && changeW >= 0.05 * Math.max(toldW, nowW) && Math.max(toldW, nowW) >= 5)
}

/** `value` with at most `digits` decimals, as devices print it. */
export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}
