import type { ContactKind, Delivery } from '@harbor/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_WAITING_MS, ROBOT_LIMIT, createPace, paced } from './pace.ts'

const NOW_MS = 1_800_000_000_000

test('no stretch of a minute holds more messages to a robot than it takes, and none waits beyond the bound', () => {
  const gaps = fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(500) }, fc.nat(30_000)), { maxLength: 200 })
  fc.assert(
    fc.property(gaps, afterMs => {
      const pace = createPace()
      let nowMs = NOW_MS
      const sent: number[] = []
      for (const gapMs of afterMs) {
        nowMs += gapMs
        const atMs = pace.take('a', nowMs)
        if (atMs === undefined) continue
        expect(atMs).toBeGreaterThanOrEqual(nowMs)
        expect(atMs).toBeLessThanOrEqual(nowMs + MAX_WAITING_MS)
        expect(atMs).toBeGreaterThanOrEqual(sent.at(-1) ?? 0)
        sent.push(atMs)
      }
      for (const fromMs of sent) {
        const within = sent.filter(atMs => atMs >= fromMs && atMs < fromMs + ROBOT_LIMIT.withinMs)
        expect(within.length).toBeLessThanOrEqual(ROBOT_LIMIT.most)
      }
    }),
  )
})

test('twenty go at once, twenty a minute later, and the rest is not taken; another robot is free', () => {
  const pace = createPace()
  const taken = Array.from({ length: 50 }, () => pace.take('a', NOW_MS))
  expect(taken.filter(atMs => atMs === NOW_MS)).toHaveLength(20)
  expect(taken.filter(atMs => atMs === NOW_MS + ROBOT_LIMIT.withinMs)).toHaveLength(20)
  expect(taken.slice(40)).toEqual(Array.from({ length: 10 }, () => undefined))
  expect(pace.take('b', NOW_MS)).toBe(NOW_MS)
})

test('a clock that is set back does not silence a robot', () => {
  const pace = createPace()
  for (let n = 0; n < 20; n++) pace.take('a', NOW_MS)
  expect(pace.take('a', NOW_MS - 3_600_000)).toBe(NOW_MS - 3_600_000)
})

test.each<[ContactKind, { sent: number; waited: number[]; failed: number }]>([
  ['wecom', { sent: 40, waited: Array.from({ length: 20 }, () => ROBOT_LIMIT.withinMs), failed: 5 }],
  ['dingtalk', { sent: 40, waited: Array.from({ length: 20 }, () => ROBOT_LIMIT.withinMs), failed: 5 }],
  ['sms', { sent: 45, waited: [], failed: 0 }],
])('of forty-five messages at once by %s what does not fit is handed back', async (kind, expected) => {
  const waited: number[] = []
  let sent = 0
  const send = paced(
    () => {
      sent += 1
      return Promise.resolve({ state: 'delivered' })
    },
    {
      pace: createPace(),
      nowMs: () => NOW_MS,
      wait: ms => {
        waited.push(ms)
        return Promise.resolve()
      },
    },
  )
  const delivery = { channel: { id: 'c', kind, target: 'a', language: 'zh' } } as Delivery
  const results = await Promise.all(Array.from({ length: 45 }, () => send(delivery)))
  const failed = results.filter(({ state }) => state === 'failed').length
  expect({ sent, waited, failed }).toEqual(expected)
})
