import { describe, expect, it } from 'vitest'
import { laterOf, partsOf } from './influx-parts.ts'

const kept = { raw: 1_000, quarter: 500, hour: 100 }

describe('the parts of a span', () => {
  it.each([
    ['raw', 0, 2_000, [['raw', 1_000, 2_000]]],
    ['raw', 1_500, 2_000, [['raw', 1_500, 2_000]]],
    [
      'quarter',
      600,
      2_000,
      [
        ['quarter', 600, 1_000],
        ['raw', 1_000, 2_000],
      ],
    ],
    ['quarter', 1_000, 2_000, [['raw', 1_000, 2_000]]],
    ['quarter', 600, 1_000, [['quarter', 600, 1_000]]],
    [
      'hour',
      0,
      1_001,
      [
        ['hour', 100, 1_000],
        ['raw', 1_000, 1_001],
      ],
    ],
    ['hour', 2_000, 2_000, []],
    ['hour', 0, 50, []],
  ] as const)('of level %s from %i to %i', (...[level, fromMs, toMs, parts]) => {
    expect(partsOf({ level, fromMs, toMs }, kept).map(part => [part.level, part.fromMs, part.toMs])).toEqual(parts)
  })

  it('never reach back behind what was once no longer kept', () => {
    expect(laterOf(kept, { raw: 900, quarter: 600, hour: 0 })).toEqual({ raw: 1_000, quarter: 600, hour: 100 })
  })
})
