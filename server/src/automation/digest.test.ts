import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type DigestLimits, type DigestMessage, type DigestWindow, flush, take } from './digest.ts'

const LIMITS: DigestLimits = { most: 3, windowMs: 1_000 }
const at = (atMs: number, more: Partial<DigestMessage> = {}): DigestMessage => ({
  atMs,
  isUrgent: false,
  notBeforeMs: 0,
  ...more,
})

interface Told {
  atMs: number
  count: number
  isUrgent: boolean
}

/** Plays messages in order of time, with a look for what is due before each, and lets the rest run out. */
function play(messages: readonly DigestMessage[]): { told: Told[]; waits: number[] } {
  const told: Told[] = []
  const waits: number[] = []
  let window: DigestWindow | undefined
  const look = (atMs: number) => {
    // It is looked often: what is due is told when it is due.
    const dueMs = window?.dueMs
    if (window === undefined || dueMs === undefined || dueMs > atMs) return
    const flushed = flush(window, { atMs: dueMs, notBeforeMs: 0 }, LIMITS)
    if (flushed === undefined) throw new Error('due, yet not told')
    window = flushed.window
    told.push({ atMs: dueMs, count: flushed.count, isUrgent: false })
  }
  for (const message of messages) {
    look(message.atMs)
    const taken = take(window, message, LIMITS)
    window = taken.window
    if (taken.isNow) told.push({ atMs: message.atMs, count: 1, isUrgent: message.isUrgent })
    else waits.push((window.dueMs ?? 0) - message.atMs)
  }
  look(Number.MAX_SAFE_INTEGER)
  expect(window?.pending ?? 0).toBe(0)
  return { told, waits }
}

const messagesArb = fc
  .array(
    fc.record({
      afterMs: fc.nat({ max: 700 }),
      isUrgent: fc.boolean(),
      quietForMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat({ max: 5_000 })),
    }),
    { maxLength: 60 },
  )
  .map(steps => {
    let atMs = 1_000
    return steps.map(({ afterMs, isUrgent, quietForMs }) => {
      atMs += afterMs
      return { atMs, isUrgent, notBeforeMs: quietForMs === 0 ? 0 : atMs + quietForMs }
    })
  })

test('every message is told once, alone or in one digest', () => {
  fc.assert(
    fc.property(messagesArb, messages => {
      const { told } = play(messages)
      expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(messages.length)
    }),
  )
})

test('an urgent message is told at once, and alone', () => {
  fc.assert(
    fc.property(messagesArb, messages => {
      const urgent = messages.filter(({ isUrgent }) => isUrgent).map(({ atMs }) => atMs)
      const { told } = play(messages)
      expect(told.filter(({ isUrgent }) => isUrgent).map(({ atMs }) => atMs)).toEqual(urgent)
    }),
  )
})

test('within any stretch as long as a window no more than twice the limit is told, urgent messages apart', () => {
  fc.assert(
    fc.property(messagesArb, messages => {
      const times = play(messages)
        .told.filter(({ isUrgent }) => !isUrgent)
        .map(({ atMs }) => atMs)
      for (const fromMs of times) {
        const within = times.filter(atMs => atMs >= fromMs && atMs < fromMs + LIMITS.windowMs)
        // Two tumbling windows may touch it.
        expect(within.length).toBeLessThanOrEqual(2 * LIMITS.most)
      }
    }),
  )
})

test('without quiet hours nothing waits longer than one window', () => {
  fc.assert(
    fc.property(messagesArb, messages => {
      const { waits } = play(messages.map(message => ({ ...message, notBeforeMs: 0 })))
      for (const waitMs of waits) expect(waitMs).toBeLessThanOrEqual(LIMITS.windowMs)
    }),
  )
})

test('a thousand messages within a second are three and one digest at the end of the window', () => {
  const messages = Array.from({ length: 1_000 }, (_, index) => at(5_000 + (index % 1_000) * 0.9))
  expect(play(messages).told).toEqual([
    { atMs: 5_000, count: 1, isUrgent: false },
    { atMs: 5_000.9, count: 1, isUrgent: false },
    { atMs: 5_001.8, count: 1, isUrgent: false },
    { atMs: 6_000, count: 997, isUrgent: false },
  ])
})

test('what comes in quiet hours is one message at their end', () => {
  const quiet = { notBeforeMs: 9_000 }
  expect(play([at(1_000, quiet), at(2_000, quiet), at(8_999, quiet), at(9_000)]).told).toEqual([
    { atMs: 9_000, count: 3, isUrgent: false },
    { atMs: 9_000, count: 1, isUrgent: false },
  ])
})

test('what is due within quiet hours that began meanwhile waits whole for their end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 9_000 }), (pending, quietForMs) => {
      const window: DigestWindow = { endMs: 2_000, sent: 3, pending, dueMs: 2_000 }
      const notBeforeMs = 2_000 + quietForMs
      const waiting = flush(window, { atMs: 2_000, notBeforeMs }, LIMITS)
      expect(waiting).toEqual({ window: { ...window, dueMs: notBeforeMs }, count: 0 })
      if (waiting === undefined) return
      expect(flush(waiting.window, { atMs: notBeforeMs - 1, notBeforeMs }, LIMITS)).toBeUndefined()
      expect(flush(waiting.window, { atMs: notBeforeMs, notBeforeMs }, LIMITS)?.count).toBe(pending)
    }),
  )
})

test('a clock that is set back opens a new window in place of one that would last for hours', () => {
  const full = { endMs: 9_999_999, sent: 3, pending: 0, dueMs: undefined }
  expect(take(full, at(1_000), LIMITS)).toEqual({
    window: { endMs: 2_000, sent: 1, pending: 0, dueMs: undefined },
    isNow: true,
  })
})
