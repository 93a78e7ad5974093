import type { StationView } from '@harbor/protocol'

/** From these heat indices on, in °C: 80, 90, 103 and 125 °F (US National Weather Service). */
const BANDS_C = [
  ['extreme_danger', 51.7],
  ['danger', 39.4],
  ['extreme_caution', 32.2],
  ['caution', 26.7],
] as const

/**
 * The heat index in °F of air in the shade: the equation of Rothfusz with its adjustments, and Steadman's simple formula
 * where that gives less than 80 °F (weather.gov, wpc.ncep.noaa.gov/html/heatindex_equation.shtml). It is an estimate, for
 * somebody who walks lightly dressed; far outside of Steadman's table it says "extreme" and no figure.
 */
export function heatIndexF(temperatureF: number, humidityPercent: number): number {
  const t = temperatureF
  const rh = humidityPercent
  const simple = (0.5 * (t + 61 + (t - 68) * 1.2 + rh * 0.094) + t) / 2
  if (simple < 80) return simple
  const index =
    -42.379 +
    2.04901523 * t +
    10.14333127 * rh -
    0.22475541 * t * rh -
    0.00683783 * t * t -
    0.05481717 * rh * rh +
    0.00122874 * t * t * rh +
    0.00085282 * t * rh * rh -
    0.00000199 * t * t * rh * rh
  if (rh < 13 && t >= 80 && t <= 112) return index - ((13 - rh) / 4) * Math.sqrt((17 - Math.abs(t - 95)) / 17)
  if (rh > 85 && t >= 80 && t <= 87) return index + ((rh - 85) / 10) * ((87 - t) / 5)
  return index
}

/** How hard the air is on a person (protocol, HEAT_BANDS). */
export function heatBand(temperatureC: number, humidityPercent: number): NonNullable<StationView['heat']> {
  const indexC = (heatIndexF((temperatureC * 9) / 5 + 32, humidityPercent) - 32) * (5 / 9)
  return BANDS_C.find(([, fromC]) => indexC >= fromC)?.[0] ?? 'none'
}
