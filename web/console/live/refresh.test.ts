import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRefresh, createNewsSense } from './refresh.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a thousand alerts in ten seconds ask for the inbox six times, the last one after the last alert', () => {
  const client = new QueryClient()
  const asked = vi.spyOn(client, 'invalidateQueries')
  const refresh = createRefresh(client, ['inbox'])
  for (let count = 0; count < 1_000; count += 1) {
    refresh.touch()
    vi.advanceTimersByTime(10)
  }
  // At 0, 2, 4, 6, 8 and 10 s.
  vi.advanceTimersByTime(2_000)
  expect(asked).toHaveBeenCalledTimes(6)
  vi.advanceTimersByTime(60_000)
  expect(asked).toHaveBeenCalledTimes(6)
  refresh.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('an alert is news once, and only if it was raised lately', () => {
  const nowMs = Date.parse('2026-07-30T04:00:00.000Z')
  const isNews = createNewsSense(() => nowMs)
  const alert = (id: string, minutesAgo: number) => ({
    id,
    raisedAt: new Date(nowMs - minutesAgo * 60_000).toISOString(),
  })
  expect(isNews(alert('a', 1))).toBe(true)
  expect(isNews(alert('a', 1))).toBe(false)
  expect(isNews(alert('b', 11))).toBe(false)
})
