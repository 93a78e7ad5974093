import { METRICS, isMetric } from '@harbor/protocol'
import type { Say } from '../words/words.tsx'

/** SenML units as people write them (RFC 8428 section 12.1); units that are their own sign are not listed. */
const UNIT_SIGNS: Readonly<Record<string, string>> = { Cel: '°C', '%RH': '%', '%EL': '%', '/': '', count: '', m3: 'm³' }

/** Digits after the point, at most: what the usual sensors of the metric can tell apart. */
const DIGITS: Readonly<Record<string, number>> = {
  power: 0,
  apparent_power: 0,
  reactive_power: 0,
  power_factor: 2,
  voltage: 1,
  current: 2,
  volume: 3,
  humidity: 0,
  people: 0,
  people_in: 0,
  people_out: 0,
  battery: 0,
  rssi: 0,
  illuminance: 0,
  co2: 0,
}

/** A unit as people write it. */
export function unitSign(unit: string | undefined): string {
  return unit === undefined ? '' : (UNIT_SIGNS[unit] ?? unit)
}

/** A measured value with its unit, or a state in words. */
export function valueText(
  { metric, value, unit }: { metric: string; value: number; unit?: string | undefined },
  say: Say,
  locale: string,
): string {
  if (isMetric(metric) && METRICS[metric].kind === 'state' && (value === 0 || value === 1)) {
    const state = value === 1 ? 'on' : 'off'
    // The names of the states are exactly those metrics whose kind is "state".
    return say(`stateValue.${metric as StateMetric}.${state}`)
  }
  // 12,345 Wh is read more easily as 12.3 kWh.
  if (unit === 'Wh' && Math.abs(value) >= 1_000) return `${numberText(value / 1_000, 1, locale)} kWh`
  const sign = unitSign(unit)
  const number = numberText(value, digitsOf(metric, value), locale)
  if (sign === '') return number
  return sign === '%' ? `${number}%` : `${number} ${sign}`
}

/** A bare number in the metric's precision. */
export function bareValueText(metric: string, value: number, locale: string): string {
  return numberText(value, digitsOf(metric, value), locale)
}

function digitsOf(metric: string, value: number): number {
  // Standby powers of a few watts differ in the first decimal.
  if (metric === 'power' && Math.abs(value) < 10) return 1
  return DIGITS[metric] ?? 1
}

/** A bare number with at most so many digits after the point. */
export function numberText(value: number, digits: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value)
}

type StateMetric = {
  [Name in keyof typeof METRICS]: (typeof METRICS)[Name]['unit'] extends string ? never : Name
}[keyof typeof METRICS] &
  ('relay' | 'occupancy' | 'door' | 'leak' | 'smoke' | 'tamper' | 'online')
