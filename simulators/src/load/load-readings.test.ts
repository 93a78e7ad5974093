import { METRICS, type Metric, decodeTelemetry, encodeTelemetry } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { buildLoadFleet, loadAddress, loadDistricts } from './load-fleet.ts'
import { READINGS_PER_MOMENT, loadReadings } from './load-readings.ts'

const START_MS = Date.UTC(2026, 6, 1)
const gateway = fc.nat(999_998)
const time = fc.integer({ min: START_MS, max: START_MS + 365 * 24 * 3_600_000 })

it('are the same whenever they are made again, and pass through the wire as they are', () => {
  fc.assert(
    fc.property(gateway, time, (n, timeMs) => {
      const readings = loadReadings(n, timeMs)
      expect(readings).toHaveLength(READINGS_PER_MOMENT)
      expect(loadReadings(n, timeMs)).toEqual(readings)
      const decoded = decodeTelemetry(encodeTelemetry({ seq: 1, boot: 'b', base: 1, readings }))
      expect(decoded.rejected).toEqual([])
      expect(decoded.readings).toEqual(readings)
    }),
  )
})

it('have counters that never fall', () => {
  const counters = (n: number, timeMs: number) =>
    loadReadings(n, timeMs).filter(({ metric }) => METRICS[metric as Metric].kind === 'counter')
  fc.assert(
    fc.property(gateway, time, fc.integer({ min: 1, max: 3_600_000 }), (n, timeMs, laterMs) => {
      const before = counters(n, timeMs)
      const after = counters(n, timeMs + laterMs)
      expect(before.length).toBeGreaterThan(0)
      for (const [index, { value }] of before.entries()) expect(after[index]?.value).toBeGreaterThanOrEqual(value)
    }),
  )
})

it('are of devices that the fleet has, whichever of its districts a server takes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 6 }), (gateways, districts) => {
      const whole = buildLoadFleet({ gateways, districts })
      const parts = loadDistricts(districts).map(district => buildLoadFleet({ gateways, districts }, [district]))
      expect(parts.flatMap(part => part.gateways.map(({ id }) => id)).toSorted()).toEqual(
        whole.gateways.map(({ id }) => id).toSorted(),
      )
      for (let n = 0; n < gateways; n++) {
        const { gateway: id, district } = loadAddress(n, districts)
        const part = parts[loadDistricts(districts).indexOf(district)]
        const own = new Set(part?.devices.filter(device => device.gateway === id).map(device => device.id))
        expect(new Set(loadReadings(n, START_MS).map(({ device }) => device))).toEqual(own)
      }
    }),
    { numRuns: 30 },
  )
})
