import { APPLIANCE_KINDS, WARRANTY_STATES } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SERVICES, readAssetFilters, writeAssetFilters } from './asset-filters.ts'

test('whatever filters are written into an address are read from it again', () => {
  const filters = fc.record({
    kind: fc.option(fc.constantFrom(...APPLIANCE_KINDS), { nil: undefined }),
    warranty: fc.option(fc.constantFrom(...WARRANTY_STATES), { nil: undefined }),
    service: fc.constantFrom(...SERVICES),
    station: fc.option(fc.stringMatching(/^[a-z0-9-]{1,40}$/), { nil: undefined }),
    text: fc.string({ maxLength: 80, unit: 'grapheme-ascii' }),
  })
  fc.assert(
    fc.property(filters, given => {
      expect(readAssetFilters(new URLSearchParams(writeAssetFilters(given).toString()))).toEqual(given)
    }),
  )
})

test('an address with nonsense shows what is in service', () => {
  expect(readAssetFilters(new URLSearchParams('kind=toaster&warranty=1&service=x&station=A%20B'))).toEqual({
    kind: undefined,
    warranty: undefined,
    service: 'in',
    station: undefined,
    text: '',
  })
})
