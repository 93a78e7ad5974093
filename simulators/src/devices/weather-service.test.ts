import { weatherSchema } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { simulatedWeather } from './weather-service.ts'

const YEAR_2026_MS = Date.UTC(2026, 0, 1)
const atArb = fc.integer({ min: 0, max: 365 * 24 * 60 }).map(minute => YEAR_2026_MS + minute * 60_000)

test('what the weather service says is weather by the contract, and its warning follows from what it says', () => {
  fc.assert(
    fc.property(atArb, fc.string(), (atMs, seed) => {
      const { maxTodayC = 0, outdoorC, warning, at } = weatherSchema.parse(simulatedWeather(atMs, seed, 'summer'))
      expect(Date.parse(at)).toBe(atMs)
      expect(outdoorC).toBeLessThanOrEqual(maxTodayC + 0.5)
      expect(maxTodayC <= 40.1 || warning?.signal === 'red').toBe(true)
      expect(maxTodayC <= 37.1 || warning !== undefined).toBe(true)
      expect(warning?.source ?? 'demo').toContain('demo')
    }),
  )
})

test('there is no warning of heat in the model’s winter', () => {
  fc.assert(
    fc.property(atArb, fc.string(), (atMs, seed) => {
      expect(simulatedWeather(atMs, seed, 'winter').warning).toBeUndefined()
    }),
  )
})
