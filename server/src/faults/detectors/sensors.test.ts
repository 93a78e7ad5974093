import { expect, test } from 'vitest'
import { heatIndexC } from './sensors.ts'

test.each([
  // The National Weather Service's heat index chart, in °F.
  [80, 40, 80],
  [90, 70, 105],
  [100, 40, 109],
  [96, 50, 108],
  [110, 40, 136],
])('at %d °F and %d %% it feels like %d °F', (temperatureF, humidityPct, feelsF) => {
  const index = heatIndexC((temperatureF - 32) / 1.8, humidityPct) * 1.8 + 32
  expect(Math.abs(index - feelsF)).toBeLessThan(1.3)
})

test('in a cool room it is about the temperature itself', () => {
  expect(Math.abs(heatIndexC(20, 50) - 20)).toBeLessThan(1)
})
