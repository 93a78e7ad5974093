import { describe, expect, it, vi } from 'vitest'
import { backoffMs, pause } from './backoff.ts'

const schedule = { firstMs: 1_000, maxMs: 60_000 }

describe('a back-off', () => {
  it('doubles to its maximum and stays there', () => {
    const longest = [1, 2, 3, 6, 7, 8, 1_000].map(attempt => backoffMs(schedule, attempt, () => 1))
    expect(longest).toEqual([1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000])
  })

  it('is never shorter than a tenth of the step', () => {
    expect(backoffMs(schedule, 3, () => 0)).toBe(400)
  })
})

describe('a pause', () => {
  it('ends at its time, not before', async () => {
    vi.useFakeTimers()
    const ended = vi.fn<() => void>()
    void pause(1_000, new AbortController().signal).then(ended)
    await vi.advanceTimersByTimeAsync(999)
    expect(ended).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(ended).toHaveBeenCalled()
    vi.useRealTimers()
  })

  it('ends at once when aborted, and leaves no timer', async () => {
    vi.useFakeTimers()
    const stop = new AbortController()
    const paused = pause(1_000_000, stop.signal)
    stop.abort()
    await paused
    expect(vi.getTimerCount()).toBe(0)
    await pause(1_000_000, stop.signal)
    vi.useRealTimers()
  })
})
