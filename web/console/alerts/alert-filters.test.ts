import * as fc from 'fast-check'
import { SEVERITIES } from '@harbor/protocol'
import { describe, expect, it } from 'vitest'
import { alert } from '../test/fixture-data.ts'
import {
  KIND_FILTERS,
  SHOWN,
  STATE_FILTERS,
  USUAL_FILTERS,
  applyFilters,
  choiceOf,
  readFilters,
  writeFilters,
} from './alert-filters.ts'

const NOW = Date.parse('2026-07-30T04:00:00.000Z')

describe('filters in the address', () => {
  it('come back as they were written', () => {
    const filters = fc.record({
      state: fc.constantFrom(...STATE_FILTERS),
      severities: fc.subarray([...SEVERITIES], { maxLength: SEVERITIES.length - 1 }),
      kind: fc.constantFrom(undefined, ...KIND_FILTERS),
      show: fc.subarray([...SHOWN]),
    })
    fc.assert(
      fc.property(filters, given => {
        expect(readFilters(writeFilters(given))).toEqual(given)
      }),
    )
  })

  it('leave nothing in the address when all is as usual', () => {
    expect(writeFilters(USUAL_FILTERS).toString()).toBe('')
  })

  it('pass over what they do not know', () => {
    expect(readFilters(new URLSearchParams('state=odd&severity=P9,P1&kind=toaster&show=ghosts,silenced'))).toEqual({
      state: 'open',
      severities: ['P1'],
      kind: undefined,
      show: ['silenced'],
    })
  })
})

const silence = (untilMs: number, isFlapping = false) => ({
  since: new Date(0).toISOString(),
  until: new Date(untilMs).toISOString(),
  isFlapping,
})
const {
  appliance: _appliance,
  applianceKind: _kind,
  ...ofStation
} = alert('station', NOW - 300_000, {
  scope: 'station',
  severity: 'P3',
})

describe('applyFilters', () => {
  const alerts = [
    alert('resolved', NOW, { state: 'resolved', severity: 'P0' }),
    alert('old', NOW - 60_000, { severity: 'P2' }),
    alert('new', NOW, { severity: 'P2', state: 'acknowledged' }),
    alert('grave', NOW - 120_000, { severity: 'P1', applianceKind: 'microwave' }),
    alert('quiet', NOW, { severity: 'P2', silence: silence(NOW + 1) }),
    alert('loud again', NOW - 180_000, { severity: 'P3', silence: silence(NOW) }),
    alert('flapping', NOW - 240_000, { severity: 'P3', silence: silence(NOW + 1, true) }),
    alert('explained', NOW, { severity: 'P2', state: 'suppressed' }),
    ofStation,
  ]
  const ids = (query: string) => applyFilters(alerts, readFilters(new URLSearchParams(query)), NOW).map(({ id }) => id)

  it.each([
    ['', ['grave', 'new', 'old', 'loud again', 'flapping', 'station']],
    ['state=waiting', ['grave', 'old', 'loud again', 'flapping', 'station']],
    ['state=all&severity=P2,P0', ['new', 'quiet', 'old', 'explained', 'resolved']],
    ['severity=P2', ['new', 'old']],
    ['severity=P2&show=silenced', ['new', 'quiet', 'old']],
    ['severity=P2&show=suppressed', ['new', 'old', 'explained']],
    ['kind=other', ['station']],
    ['kind=microwave', ['grave']],
    ['kind=microwave&severity=P2', []],
  ])('shows for "%s" %j: the gravest first, then the newest, what nobody need act on last', (query, expected) => {
    expect(ids(query)).toEqual(expected)
  })
})

it.each([
  ['', 'open'],
  ['show=silenced', 'open'],
  ['show=suppressed', 'standing'],
  ['state=all&show=suppressed', 'all'],
])('asks the server for as little as "%s" needs', (query, choice) => {
  expect(choiceOf(readFilters(new URLSearchParams(query)))).toBe(choice)
})
