import type { WorkOrderAct } from '@harbor/protocol'
import { describe, expect, test } from 'vitest'
import { orderFactOf } from './facts.ts'

const HOUR_MS = 3_600_000

describe('what was pressed without a network counts from when it was pressed', () => {
  const place = { station: 's', district: '500103', kind: undefined, model: undefined, thing: 'a' }
  const fact = (...steps: [WorkOrderAct, atMs: number, madeMs?: number][]) =>
    orderFactOf(
      { ...place, state: 'verified', createdMs: HOUR_MS },
      steps.map(([act, atMs, madeMs]) => ({ act, atMs, madeMs, from: undefined, fen: act === 'part' ? 5 : undefined })),
      [],
    )

  test('for taking it, for its pauses, its parts and its verification', () => {
    const atMs = 9 * HOUR_MS
    const { takenMs, pausedMs, verifiedMs, costs } = fact(
      ['accept', atMs, 2 * HOUR_MS],
      ['pause', atMs, 3 * HOUR_MS],
      ['resume', atMs, 5 * HOUR_MS],
      ['part', atMs, 6 * HOUR_MS],
      ['verify', atMs, 7 * HOUR_MS],
    )
    expect([takenMs, pausedMs, verifiedMs]).toEqual([2 * HOUR_MS, 2 * HOUR_MS, 7 * HOUR_MS])
    expect(costs).toEqual([{ atMs: 6 * HOUR_MS, fen: 5 }])
  })

  test('but not before the order was made, nor before the step that took effect before it', () => {
    expect(fact(['accept', 9 * HOUR_MS, 0], ['verify', 10 * HOUR_MS]).takenMs).toBe(HOUR_MS)
    const { pausedMs } = fact(['pause', 4 * HOUR_MS], ['finish', 9 * HOUR_MS, 2 * HOUR_MS], ['verify', 10 * HOUR_MS])
    expect(pausedMs).toBe(0)
  })
})
