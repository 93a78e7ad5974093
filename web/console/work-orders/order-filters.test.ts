import { expect, test } from 'vitest'
import { queryOf, readFilters, writeFilters } from './order-filters.ts'

test.each(['scope=mine', 'scope=area&severity=P0%2CP1', 'scope=all&late=1', 'scope=area&late=1&region=500103001'])(
  '%s comes out as it went in',
  address => {
    expect(writeFilters(readFilters(new URLSearchParams(address), 'mine')).toString()).toBe(address)
  },
)

test.each(['scope=theirs', 'severity=P9', 'late=yes', 'region=5001', ''])(
  'what an address says wrongly (%s) is passed over',
  address => {
    expect(readFilters(new URLSearchParams(address), 'area')).toEqual({
      scope: 'area',
      severities: [],
      isOverdue: false,
      region: undefined,
    })
  },
)

test('one’s own and the area’s are asked for by what is due first, all by what is newest', () => {
  const of = (scope: 'mine' | 'area' | 'all') =>
    queryOf({ scope, severities: [], isOverdue: false, region: undefined }, 100)
  expect(of('mine')).toMatchObject({ choice: 'open', sort: 'due', isMine: true })
  expect(of('area')).toMatchObject({ choice: 'open', sort: 'due', isMine: false })
  expect(of('all')).toMatchObject({ choice: 'all', sort: 'newest', isMine: false })
})
