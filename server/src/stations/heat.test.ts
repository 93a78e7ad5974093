import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { heatBand, heatIndexF } from './heat.ts'

test.each([
  // Published: 90 °F at 60 % feels like 99.7 °F; the others are cells of the National Weather Service's table, in whole °F.
  [90, 60, 99.7, 0.05],
  [80, 40, 80, 0.6],
  [84, 75, 92, 0.6],
  [90, 50, 95, 0.6],
  [96, 50, 108, 0.6],
  [100, 40, 109, 0.6],
  [104, 55, 137, 0.6],
  [86, 90, 105, 0.6],
  [110, 40, 136, 0.6],
])('%d °F at %d %% feels like %d °F', (...[temperatureF, humidity, feelsLikeF, withinF]) => {
  expect(Math.abs(heatIndexF(temperatureF, humidity) - feelsLikeF)).toBeLessThanOrEqual(withinF)
})

test.each([
  // docs/domain.md 4.2: 26 °C at 60 % is 26.1 °C, 28/70 30.7, 33/60 39.5, 42/35 50.3
  [20, 50, 'none'],
  [26, 60, 'none'],
  [28, 70, 'caution'],
  [30, 70, 'extreme_caution'],
  [33, 60, 'danger'],
  [42, 35, 'danger'],
  [42, 50, 'extreme_danger'],
])('%d °C at %d %% is %s', (temperatureC, humidity, band) => {
  expect(heatBand(temperatureC, humidity)).toBe(band)
})

test('warmer air of the same humidity is never easier, above what the equation is for', () => {
  const order = ['none', 'caution', 'extreme_caution', 'danger', 'extreme_danger']
  const tempArb = fc.double({ min: 15, max: 45, noNaN: true })
  fc.assert(
    fc.property(tempArb, fc.integer({ min: 20, max: 80 }), (temperatureC, humidity) => {
      const now = order.indexOf(heatBand(temperatureC, humidity))
      expect(order.indexOf(heatBand(temperatureC + 1, humidity))).toBeGreaterThanOrEqual(now)
    }),
  )
})
