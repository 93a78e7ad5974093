import * as fc from 'fast-check'
import { METRICS, METRIC_NAMES, type Metric } from './metrics.ts'
import type { Reading } from './reading.ts'

/** What the tests of this package draw from. */

export const idArb = fc.stringMatching(/^[a-z0-9-]{1,40}$/)
export const gatewayIdArb = idArb.filter(id => id !== 'event')
export const districtArb = fc.integer({ min: 100_000, max: 999_999 }).map(String)
export const streetArb = fc.integer({ min: 100_000_000, max: 999_999_999 }).map(String)
/** Up to the year 2100. */
export const atMsArb = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) })
export const nameArb = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })

const metricArb = fc.constantFrom(...METRIC_NAMES)

function valueArb(metric: Metric): fc.Arbitrary<number> {
  const { kind, min, max } = METRICS[metric]
  if (kind === 'state') return fc.constantFrom(0, 1)
  // JSON has no negative zero.
  return fc.oneof(fc.constantFrom(min, max), fc.double({ min, max, noNaN: true })).map(value => value + 0)
}

/** A reading of a few devices, so that packs hold runs of one device, at a time that counts as absolute (from 1978 on). */
export const readingArb: fc.Arbitrary<Reading> = fc
  .tuple(fc.oneof(fc.constantFrom('plug', 'room'), idArb), metricArb)
  .chain(([device, metric]) =>
    fc.record({
      device: fc.constant(device),
      metric: fc.constant(metric),
      timeMs: fc.integer({ min: 2 ** 28 * 1000, max: Date.UTC(2100, 0, 1) }),
      value: valueArb(metric),
    }),
  )

/** Whatever a sender may put into JSON, often with names that mean something here. */
export const anyJsonArb: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(null, true, 0, -1, 1e9, 1.78e9, 1e300, '', 'W', 'urn:harbor:plug:power', 'urn:harbor:'),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(
        fc.constantFrom('seq', 'boot', 'base', 'pack', 'bn', 'bt', 'bu', 'bv', 'n', 'u', 't', 'v', 'vb', '__proto__'),
        tie('value'),
      ),
    ),
  })).value,
)
