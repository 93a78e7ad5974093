import { TWIN_PROBLEMS, TWIN_STATES } from '@harbor/protocol'
import { assert, constantFrom, option, property, record, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTwinFilters, writeTwinFilters } from './twin-filters.ts'

describe('the filters of gateways', () => {
  it('are the same after a way through the address', () => {
    const asked = { nil: undefined }
    assert(
      property(
        record({
          region: option(constantFrom('500103', '500103012'), asked),
          state: option(constantFrom(...TWIN_STATES), asked),
          problem: option(constantFrom(...TWIN_PROBLEMS), asked),
          profile: option(constantFrom('standard', 'park-2'), asked),
          software: option(constantFrom('1.4.0', '2.0.0+a b'), asked),
          tag: option(constantFrom('pilot'), asked),
          text: option(
            string({ minLength: 1, maxLength: 80 }).filter(text => text.trim() !== ''),
            asked,
          ),
        }),
        filters => {
          expect(readTwinFilters(writeTwinFilters(filters))).toEqual(filters)
        },
      ),
    )
  })

  it.each([
    ['state=flying&problem=none&region=1&profile=A%20B&tag=%2F', {}],
    [`text=${'x'.repeat(100)}`, { text: 'x'.repeat(80) }],
    ['', {}],
  ])('pass over what %s says wrongly', (query, filters) => {
    expect(writeTwinFilters(readTwinFilters(new URLSearchParams(query)))).toEqual(writeTwinFilters(filters))
  })
})
