import { FEEDBACK_TOPICS } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FEEDBACK_STATE_FILTERS, readFeedbackFilters, writeFeedbackFilters } from './feedback-filters.ts'

test('filters come back from the address that they make', () => {
  const filters = fc.record({
    state: fc.constantFrom(...FEEDBACK_STATE_FILTERS),
    topic: fc.constantFrom(undefined, ...FEEDBACK_TOPICS),
    station: fc.constantFrom(undefined, 'cq-500103-01'),
    region: fc.constantFrom(undefined, '500103', '500103012'),
  })
  fc.assert(
    fc.property(filters, given => {
      expect(readFeedbackFilters(writeFeedbackFilters(given))).toEqual(given)
    }),
  )
})

test('what an address says wrongly is passed over', () => {
  expect(readFeedbackFilters(new URLSearchParams('state=none&topic=<b>&station=../x&region=5'))).toEqual({
    state: 'open',
    topic: undefined,
    station: undefined,
    region: undefined,
  })
})
