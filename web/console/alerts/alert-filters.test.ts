import * as fc from 'fast-check'
import { APPLIANCE_KINDS, SEVERITIES } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { alert } from '../test/fixture-data.ts'
import { STATE_FILTERS, applyFilters, readFilters, writeFilters } from './alert-filters.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')

describe('filters in the address', () => {
  it('come back as they were written', () => {
    const filters = fc.record({
      state: fc.constantFrom(...STATE_FILTERS),
      severities: fc.subarray([...SEVERITIES], { maxLength: SEVERITIES.length - 1 }),
      kind: fc.constantFrom(undefined, ...APPLIANCE_KINDS),
    })
    fc.assert(
      fc.property(filters, given => {
        expect(readFilters(writeFilters(given))).toEqual(given)
      }),
    )
  })

  it('leave nothing in the address when all is as usual', () => {
    expect(writeFilters({ state: 'open', severities: [], kind: undefined }).toString()).toBe('')
  })

  it('pass over what they do not know', () => {
    expect(readFilters(new URLSearchParams('state=odd&severity=P9,P1&kind=toaster'))).toEqual({
      state: 'open',
      severities: ['P1'],
      kind: undefined,
    })
  })
})

describe('applyFilters', () => {
  const alerts = [
    alert('resolved', NOW, { state: 'resolved', severity: 'P0' }),
    alert('old', NOW - 60_000, { severity: 'P2' }),
    alert('new', NOW, { severity: 'P2', state: 'acknowledged' }),
    alert('grave', NOW - 120_000, { severity: 'P1', applianceKind: 'microwave' }),
  ]
  const ids = (query: string) => applyFilters(alerts, readFilters(new URLSearchParams(query))).map(({ id }) => id)

  it.each([
    ['', ['grave', 'new', 'old']],
    ['state=waiting', ['grave', 'old']],
    ['state=all', ['grave', 'new', 'old', 'resolved']],
    ['severity=P2', ['new', 'old']],
    ['kind=microwave', ['grave']],
    ['kind=microwave&severity=P2', []],
  ])('shows for "%s" %j: the gravest first, then the newest, resolved ones last', (query, expected) => {
    expect(ids(query)).toEqual(expected)
  })
})
