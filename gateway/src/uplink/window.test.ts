import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FIRST_RESEND_MS,
  INITIAL_WINDOW,
  LAST_RESEND_MS,
  MAX_BACKLOG_IN_FLIGHT,
  MAX_IN_FLIGHT,
  type Pack,
  type WindowInput,
  type WindowState,
  baseOf,
  hasRoom,
  step,
} from './window.ts'

const AT_0 = { nowMs: 0, random: 0 }

function run(inputs: readonly WindowInput[], state: WindowState = INITIAL_WINDOW) {
  const sent: number[] = []
  const acked: number[] = []
  for (const input of inputs) {
    const next = step(state, input, AT_0)
    state = next.state
    sent.push(...next.effects.send.map(pack => pack.seq))
    acked.push(...next.effects.acked.map(pack => pack.seq))
  }
  return { state, sent, acked }
}

const live = (firstId: number): WindowInput => ({
  kind: 'offer',
  pack: { lane: 'live', firstId, lastId: firstId, count: 1 },
})
const backlog = (firstId: number): WindowInput => ({
  kind: 'offer',
  pack: { lane: 'backlog', firstId, lastId: firstId, count: 1 },
})

describe('the window', () => {
  it('numbers packs from 1 and sends each once while all goes well', () => {
    const { sent, acked, state } = run([{ kind: 'up' }, live(1), live(2), { kind: 'ack', seq: 2 }, live(3)])
    expect(sent).toEqual([1, 2, 3])
    expect(acked).toEqual([1, 2])
    expect(baseOf(state)).toBe(3)
  })

  it('sends nothing while the link is down, and all that waits, in order, when it is up again', () => {
    const broken = run([{ kind: 'up' }, live(1), live(2), live(3), { kind: 'ack', seq: 1 }, { kind: 'down' }, live(4)])
    expect(broken.sent).toEqual([1, 2, 3])
    expect(broken.state.resendAtMs).toBeUndefined()
    expect(run([{ kind: 'up' }], broken.state).sent).toEqual([2, 3])
  })

  it('takes an ack that comes after the link broke', () => {
    expect(run([{ kind: 'up' }, live(1), { kind: 'down' }, { kind: 'ack', seq: 1 }]).acked).toEqual([1])
  })

  it.each([0, -1, 3, 99])('does not believe an ack of %i when 1 and 2 were sent', seq => {
    expect(run([{ kind: 'up' }, live(1), live(2), { kind: 'ack', seq }]).acked).toEqual([])
  })

  it('holds 16 packs, of them 12 of the backlog', () => {
    const full = run([{ kind: 'up' }, ...Array.from({ length: 40 }, (_, n) => backlog(n + 1))])
    expect(full.sent.length).toBe(MAX_BACKLOG_IN_FLIGHT)
    expect(hasRoom(full.state, 'backlog')).toBe(false)
    expect(hasRoom(full.state, 'live')).toBe(true)
    const fuller = run(
      Array.from({ length: 40 }, (_, n) => live(100 + n)),
      full.state,
    )
    expect(fuller.state.inFlight.length).toBe(MAX_IN_FLIGHT)
  })

  it('sends all again after 3 s without a word, not before, and then ever more seldom up to once a minute', () => {
    let state = run([{ kind: 'up' }, live(1), live(2)]).state
    const tickAt = (nowMs: number) => {
      const next = step(state, { kind: 'tick' }, { nowMs, random: 0 })
      state = next.state
      return next.effects.send.map(pack => pack.seq)
    }
    expect(tickAt(FIRST_RESEND_MS - 1)).toEqual([])
    expect(tickAt(FIRST_RESEND_MS)).toEqual([1, 2])
    const gaps: number[] = []
    for (let n = 0; n < 7; n += 1) {
      const from = state.resendAtMs ?? 0
      expect(tickAt(from)).toEqual([1, 2])
      gaps.push((state.resendAtMs ?? 0) - from)
    }
    expect(gaps).toEqual([12_000, 24_000, 48_000, 60_000, 60_000, 60_000, 60_000])
    expect(LAST_RESEND_MS).toBe(60_000)
  })

  it('counts the 3 s anew from each ack that brought it on', () => {
    let { state } = run([{ kind: 'up' }, live(1), live(2)])
    state = step(state, { kind: 'ack', seq: 1 }, { nowMs: 2_900, random: 0 }).state
    expect(step(state, { kind: 'tick' }, { nowMs: 3_000, random: 0 }).effects.send).toEqual([])
    expect(state.resendAtMs).toBe(5_900)
  })

  it('spreads resends by up to a quarter', () => {
    const first = step({ ...INITIAL_WINDOW, isUp: true }, live(1), { nowMs: 0, random: 0.999 }).state.resendAtMs
    expect(first).toBeCloseTo(FIRST_RESEND_MS * 1.249_75, 5)
  })

  it('keeps its invariants under any inputs', () => {
    const input = fc.oneof<fc.Arbitrary<WindowInput>[]>(
      fc.constant({ kind: 'up' }),
      fc.constant({ kind: 'down' }),
      fc.constant({ kind: 'tick' }),
      fc.nat(40).map(seq => ({ kind: 'ack', seq })),
      fc.constantFrom<Pack['lane']>('live', 'backlog').map(lane => ({
        kind: 'offer',
        pack: { lane, firstId: 1, lastId: 1, count: 1 },
      })),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(input, fc.nat(5_000)), { maxLength: 120 }), inputs => {
        let state = INITIAL_WINDOW
        let nowMs = 0
        const acked = new Set<number>()
        for (const [next, elapsedMs] of inputs) {
          nowMs += elapsedMs
          const before = state
          const { state: after, effects } = step(state, next, { nowMs, random: 0.5 })
          state = after
          expect(after.inFlight.length).toBeLessThanOrEqual(MAX_IN_FLIGHT)
          const seqs = after.inFlight.map(pack => pack.seq)
          expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
          expect(seqs.every(seq => seq < after.nextSeq && seq >= baseOf(after))).toBe(true)
          expect(after.isUp || effects.send.length === 0).toBe(true)
          for (const pack of effects.acked) {
            // Only on an ack that covers it, only if it was on its way, and only once.
            expect(next).toMatchObject({ kind: 'ack' })
            expect(before.inFlight).toContainEqual(pack)
            expect(acked.has(pack.seq)).toBe(false)
            acked.add(pack.seq)
          }
          for (const pack of before.inFlight) {
            expect(after.inFlight.includes(pack) || effects.acked.includes(pack)).toBe(true)
          }
          // Whatever waits on a link that is up will be sent again some time.
          expect(after.resendAtMs !== undefined).toBe(after.isUp && after.inFlight.length > 0)
        }
      }),
    )
  })
})
