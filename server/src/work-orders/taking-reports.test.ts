import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ReportForWork } from '../feedback/feedback-work.ts'
import { FIRST_RETRY_MS, MOST_RETRY_MS, createTakingReports } from './taking-reports.ts'

/** Reports as the registry has them, and orders that a locked registry refuses. */
let received: ReportForWork[]
let orders: string[]
let answers: string[]
let isLocked: boolean
let tries: number
let taking: ReturnType<typeof createTakingReports>
let tellReport: (report: ReportForWork) => void
let tellAnswer: (report: string, isFixed: boolean) => void

const report = (id: string): ReportForWork => ({ id, station: 's', appliance: undefined, topic: 'broken' })
const refuse = () => {
  tries += 1
  if (isLocked) throw new Error('database is locked')
}

beforeEach(() => {
  vi.useFakeTimers()
  received = []
  orders = []
  answers = []
  isLocked = false
  tries = 0
  taking = createTakingReports({
    feedback: {
      untaken: async () => [...received],
      onReport: listener => {
        tellReport = listener
        return () => undefined
      },
      onFixedAnswered: listener => {
        tellAnswer = listener
        return () => undefined
      },
    },
    orders: {
      takeReport: async ({ id }) => {
        refuse()
        orders.push(id)
        received = received.filter(one => one.id !== id)
      },
      reporterSays: async (id, isFixed) => {
        refuse()
        answers.push(`${id} ${isFixed}`)
      },
    },
    random: () => 0,
    log: pino({ level: 'silent' }),
  })
})
afterEach(async () => {
  await taking.stop()
  vi.useRealTimers()
})

test('a report that could not be made an order is tried again after 5 seconds, then less and less often, until it is one', async () => {
  await taking.start()
  isLocked = true
  received.push(report('a'))
  tellReport(report('a'))
  await vi.advanceTimersByTimeAsync(FIRST_RETRY_MS - 1)
  expect(tries).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(tries).toBe(2)
  // 5 s, 10 s, 20 s ... 320 s are 635 s; from then on each 10 minutes.
  await vi.advanceTimersByTimeAsync(635_000)
  const before = tries
  await vi.advanceTimersByTimeAsync(3 * MOST_RETRY_MS)
  expect(tries - before).toBe(3)
  isLocked = false
  await vi.advanceTimersByTimeAsync(MOST_RETRY_MS)
  expect(orders).toEqual(['a'])
  const after = tries
  await vi.advanceTimersByTimeAsync(3 * MOST_RETRY_MS)
  expect(tries).toBe(after)
})

test('a report that fails at the start keeps neither the start nor the others', async () => {
  received.push(report('a'), report('b'))
  isLocked = true
  await taking.start()
  expect(tries).toBe(2)
  isLocked = false
  await vi.advanceTimersByTimeAsync(FIRST_RETRY_MS)
  expect(orders).toEqual(['a', 'b'])
})

test('the answer to "is it fixed?" is kept until it is taken, and the last word counts', async () => {
  await taking.start()
  isLocked = true
  tellAnswer('a', true)
  tellAnswer('a', false)
  tellAnswer('b', true)
  await vi.advanceTimersByTimeAsync(0)
  isLocked = false
  await vi.advanceTimersByTimeAsync(FIRST_RETRY_MS)
  expect(answers).toEqual(['a false', 'b true'])
})

test('nothing is tried after the stop', async () => {
  await taking.start()
  isLocked = true
  received.push(report('a'))
  tellReport(report('a'))
  await vi.advanceTimersByTimeAsync(0)
  await taking.stop()
  await vi.advanceTimersByTimeAsync(10 * MOST_RETRY_MS)
  expect(tries).toBe(1)
  expect(vi.getTimerCount()).toBe(0)
})
