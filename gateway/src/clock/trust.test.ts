import { MAX_FUTURE_MS } from '@harbor/protocol'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BACK_WITHIN_MS,
  FIRST_PLAUSIBLE_MS,
  MAX_OFF_MS,
  type TrustState,
  hearServer,
  initialTrust,
  offsetMs,
  tick,
} from './trust.ts'

const T = Date.UTC(2026, 6, 30)
const at = (wallMs: number, upMs = 0, isSynchronised?: boolean) => ({ wallMs, upMs, isSynchronised })
const sourceAt = (state: TrustState, now: ReturnType<typeof at>) => tick(state, now).state.source

describe("the machine's clock, while the server was not heard", () => {
  it.each([
    { when: 'at 1970', now: at(5_000), source: 'none' },
    { when: 'just before the first release', now: at(FIRST_PLAUSIBLE_MS - 1), source: 'none' },
    { when: 'at the first release', now: at(FIRST_PLAUSIBLE_MS), source: 'own' },
    { when: 'before a date that an earlier run gave', newestMs: T, now: at(T - 1), source: 'none' },
    { when: 'at that date', newestMs: T, now: at(T), source: 'own' },
    { when: 'plausible, but said to be not synchronised', now: at(T, 0, false), source: 'none' },
    { when: 'said to be synchronised', now: at(T, 0, true), source: 'own' },
  ])('$when: $source', ({ newestMs, now, source }) => {
    expect(sourceAt(initialTrust(newestMs), now)).toBe(source)
  })

  it('goes on to count after a small step back below the last date', () => {
    const { state } = tick(initialTrust(T), at(T))
    expect(tick(state, at(T - 30_000, 10_000))).toMatchObject({ atMs: T - 30_000, stepBack: undefined })
  })

  it('holds again when it falls to 1970', () => {
    const { state } = tick(initialTrust(undefined), at(T))
    expect(tick(state, at(0, 1_000))).toMatchObject({ atMs: undefined, state: { source: 'none' } })
  })
})

describe("the server's time", () => {
  it('dates what comes while the own clock is wrong, and goes on by the time since the start', () => {
    const state = hearServer(initialTrust(undefined), T, 60_000)
    expect(tick(state, at(60_000, 60_000)).atMs).toBe(T)
    expect(tick(state, at(65_000, 65_000)).atMs).toBe(T + 5_000)
  })

  it('lets the own clock count up to 2 minutes off, and again from 1 minute', () => {
    const heard = hearServer(initialTrust(undefined), T, 0)
    expect(sourceAt(heard, at(T + MAX_OFF_MS))).toBe('own')
    const { state } = tick(heard, at(T + MAX_OFF_MS + 1))
    expect(state.source).toBe('server')
    expect(sourceAt(state, at(T + BACK_WITHIN_MS + 1))).toBe('server')
    expect(sourceAt(state, at(T + BACK_WITHIN_MS))).toBe('own')
  })

  it('overrules a date that an earlier run gave while its clock was years ahead', () => {
    const lost = initialTrust(Date.UTC(2036, 0, 1))
    expect(sourceAt(lost, at(T))).toBe('none')
    expect(sourceAt(hearServer(lost, T, 0), at(T))).toBe('own')
    expect(sourceAt(hearServer(lost, undefined, 0), at(T))).toBe('own')
  })

  it('lets a plausible clock count, not another, when the server answers without a time', () => {
    const silent = hearServer(initialTrust(undefined), undefined, 0)
    expect(sourceAt(silent, at(T, 0, false))).toBe('own')
    expect(sourceAt(silent, at(0))).toBe('none')
  })

  it('is taken from the acknowledgement that came fastest, for ten minutes', () => {
    let state = hearServer(initialTrust(undefined), T, 0)
    // 5 s under way: heard 10 s later, said 5 s later.
    state = hearServer(state, T + 5_000, 10_000)
    expect(offsetMs(state, { wallMs: T, upMs: 0 })).toBe(0)
    state = hearServer(state, T + 600_000, 600_001)
    expect(offsetMs(state, { wallMs: T + 600_000, upMs: 600_000 })).toBe(1)
  })

  it('is not believed when it is implausible itself', () => {
    expect(hearServer(initialTrust(undefined), 5, 0)).toEqual(initialTrust(undefined))
  })
})

describe('a clock that was far ahead', () => {
  it('is said to have been, with what it dated beyond what the server takes', () => {
    const ahead = tick(initialTrust(undefined), at(T + 86_400_000, 1_000)).state
    const back = tick(ahead, at(T + 9_000, 10_000))
    expect(back.stepBack).toEqual({ beyondMs: T + 9_000 + MAX_FUTURE_MS, anchorMs: T + 86_400_000 - 1_000 })
    expect(tick(back.state, at(T + 10_000, 11_000)).stepBack).toBeUndefined()
  })

  it('is found by the server, too', () => {
    const ahead = tick(initialTrust(undefined), at(T + 86_400_000)).state
    expect(tick(hearServer(ahead, T, 0), at(T + 86_400_000))).toMatchObject({
      atMs: T,
      stepBack: { anchorMs: T + 86_400_000 },
    })
  })

  it('is not one that went back by 10 minutes', () => {
    const ahead = tick(initialTrust(undefined), at(T + MAX_FUTURE_MS)).state
    expect(tick(ahead, at(T)).stepBack).toBeUndefined()
  })
})

it('never dates before the first release, and by the server within 2 minutes of it, whatever the clock does', () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('jump' as const), toMs: fc.integer({ min: 0, max: 2 * T }) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(3_600_000) }),
    fc.constant({ kind: 'server' as const }),
  )
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), events => {
      let state = initialTrust(undefined)
      let [wallMs, upMs, isTold] = [0, 0, false]
      for (const next of events) {
        if (next.kind === 'jump') wallMs = next.toMs
        else if (next.kind === 'server') {
          state = hearServer(state, T + upMs, upMs)
          isTold = true
        } else {
          wallMs += next.ms
          upMs += next.ms
        }
        const now = tick(state, at(wallMs, upMs))
        state = now.state
        expect(now.atMs ?? FIRST_PLAUSIBLE_MS).toBeGreaterThanOrEqual(FIRST_PLAUSIBLE_MS)
        expect(!isTold || Math.abs((now.atMs ?? 0) - (T + upMs)) <= MAX_OFF_MS).toBe(true)
      }
    }),
  )
})
