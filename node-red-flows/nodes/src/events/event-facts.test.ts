import { expect, test } from 'vitest'
import { cloudEvent } from '../../test/contract-server.ts'
import { type EventFilter, eventFacts, passes } from './event-facts.ts'

const ALL: EventFilter = { kinds: [], districts: [], stations: [], severities: [] }

test.each([
  [
    { district: '500103', station: 'cq-1', severity: 'P0' },
    { district: '500103', stations: ['cq-1'], severity: 'P0' },
  ],
  [
    { act: 'open', order: { district: '500103', station: 'cq-1' } },
    { district: '500103', stations: ['cq-1'] },
  ],
  [
    { district: '500103', stations: ['cq-1', 'cq-2'] },
    { district: '500103', stations: ['cq-1', 'cq-2'] },
  ],
  [{ station: 'cq-1', severity: 'strange' }, { stations: ['cq-1'] }],
  ['text', { stations: [] }],
  [null, { stations: [] }],
])('of %o is known what it says, and nothing is made up', (data, facts) => {
  expect(eventFacts(cloudEvent(1, 'notice-issued', data))).toEqual({ kind: 'notice-issued', ...facts })
})

test.each([
  [ALL, true],
  [{ ...ALL, kinds: ['alert-raised'] as const }, true],
  [{ ...ALL, kinds: ['alert-cleared'] as const }, false],
  [{ ...ALL, severities: ['P0'] as const }, false],
  [{ ...ALL, severities: ['P0', 'P1'] as const }, true],
  [{ ...ALL, stations: ['cq-2'] }, false],
  [{ ...ALL, stations: ['cq-1'] }, true],
  [{ ...ALL, districts: ['500106'] }, false],
  [{ ...ALL, districts: ['500103', '500106'] }, true],
])('an alert of grade P1 at cq-1 in 500103, with the filter %o: %o', (filter, passed) => {
  const facts = { kind: 'alert-raised' as const, district: '500103', stations: ['cq-1'], severity: 'P1' as const }
  expect(passes(facts, filter)).toBe(passed)
})

test('an event without a grade passes a filter of grades; one without a district hangs on where its station lies', () => {
  const facts = { kind: 'stock-expiring' as const, stations: ['cq-1'] }
  expect(passes(facts, { ...ALL, severities: ['P0'] })).toBe(true)
  expect(passes(facts, { ...ALL, districts: ['500103'] })).toBe('unknown')
})
