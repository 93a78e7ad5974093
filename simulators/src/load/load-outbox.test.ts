import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  MAX_IN_FLIGHT,
  baseOf,
  createLoadOutbox,
  rewind,
  rewindIfLate,
  takeAcked,
  takeSendable,
} from './load-outbox.ts'

type Step = { kind: 'due' | 'break' | 'deliver' | 'lose' | 'tell' } | { kind: 'pass'; ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Step>({ kind: 'due' }, { kind: 'deliver' }, { kind: 'tell' }) },
  { weight: 2, arbitrary: fc.constantFrom<Step>({ kind: 'break' }, { kind: 'lose' }) },
  { weight: 2, arbitrary: fc.nat(9_000).map((ms): Step => ({ kind: 'pass', ms })) },
)

it('owes no pack for ever and forgets none before the server has it, whatever breaks', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), steps => {
      const outbox = createLoadOutbox()
      const stored = new Set<number>()
      let acked: number[] = []
      let nowMs = 0
      let made = 0
      let wire: { seq: number; timeMs: number; base: number }[] = []
      const byNumber = new Map<number, number>()
      const send = () => {
        for (const { seq, pack } of takeSendable(outbox, nowMs)) {
          // A number stands for the same pack each time that it is sent.
          expect(byNumber.get(seq) ?? pack.timeMs).toBe(pack.timeMs)
          byNumber.set(seq, pack.timeMs)
          wire.push({ seq, timeMs: pack.timeMs, base: baseOf(outbox) })
        }
        expect(outbox.sent).toBeLessThanOrEqual(MAX_IN_FLIGHT)
      }
      const durable = () => {
        let seq = 0
        while (stored.has(byNumber.get(seq + 1) ?? -1)) seq += 1
        return seq
      }
      const tell = () => {
        for (const { timeMs } of takeAcked(outbox, durable(), nowMs)) acked.push(timeMs)
      }
      const deliver = () => {
        const message = wire.shift()
        if (message !== undefined) stored.add(message.timeMs)
      }
      const play = (next: Step) => {
        switch (next.kind) {
          case 'due':
            made += 1
            outbox.packs.push({ timeMs: made, dueAtMs: nowMs })
            break
          case 'break':
            wire = []
            rewind(outbox)
            break
          case 'lose':
            wire.shift()
            break
          case 'deliver':
            deliver()
            break
          case 'tell':
            tell()
            break
          case 'pass':
            nowMs += next.ms
            rewindIfLate(outbox, nowMs)
            break
        }
        send()
      }
      for (const next of steps) play(next)
      for (let round = 0; round < 400 && outbox.packs.length > 0; round++) {
        play({ kind: 'pass', ms: 60_000 })
        while (wire.length > 0) deliver()
        tell()
        send()
      }
      expect(outbox.packs).toEqual([])
      expect(acked).toEqual(Array.from({ length: made }, (_, index) => index + 1))
      expect(stored.size).toBe(made)
    }),
    { numRuns: 200 },
  )
})

it('takes a number that it never sent for no word at all', () => {
  const outbox = createLoadOutbox()
  outbox.packs.push({ timeMs: 1, dueAtMs: 0 })
  takeSendable(outbox, 0)
  expect(takeAcked(outbox, 2, 0)).toEqual([])
  expect(takeAcked(outbox, 0, 0)).toEqual([])
  expect(takeAcked(outbox, 1, 0)).toHaveLength(1)
})
