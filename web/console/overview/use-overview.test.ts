import { expect, it } from 'vitest'
import { overview } from '../test/fixture-management.ts'
import { withNewerCounts } from './use-overview.ts'

const NOW = Date.parse('2026-10-01T04:00:00.000Z')

it('keeps the counts of a live update that overtook an answer, and takes everything else from the answer', () => {
  const live = overview(NOW + 1_000, '', { offline: 3 })
  const told = { ...overview(NOW), orders: { at: new Date(NOW).toISOString(), open: 9, overdue: 9 } }
  expect(withNewerCounts(told, live)).toEqual({ ...told, at: live.at, counts: live.counts, parts: live.parts })
  expect(withNewerCounts(live, told)).toBe(live)
  expect(withNewerCounts(told, undefined)).toBe(told)
})
