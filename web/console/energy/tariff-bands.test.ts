import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bandsOf, readBands } from './tariff-bands.ts'

const day = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 24, maxLength: 24 })
const write = (fenPerKWh: readonly number[]) =>
  bandsOf(fenPerKWh)
    .map(({ from, to, fen }) => `${from}-${to} ${fen / 100}`)
    .join('\n')

describe('the prices of a day', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(day, prices => {
        expect(readBands(write(prices))).toEqual(prices)
      }),
    )
  })

  it('are not read unless each hour has exactly one', () => {
    expect(readBands('0-24 0.8')).toEqual(Array.from({ length: 24 }, () => 80))
    for (const wrong of ['', '0-23 0.8', '0-24 0.8\n8-9 1', '0-25 0.8', '9-8 0.8', '0-24', '0-24 -1', '0-24 99'])
      expect([wrong, readBands(wrong)]).toEqual([wrong, undefined])
  })
})
