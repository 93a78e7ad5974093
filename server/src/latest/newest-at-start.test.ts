import { HarborError, type Reading } from '@harbor/protocol'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createNewestAtStart } from './newest-at-start.ts'

const SETTINGS = { patienceMs: 15_000, retry: { firstMs: 1_000, maxMs: 60_000 } }
const NEWEST: Reading[] = [{ device: 'a', metric: 'power', timeMs: 1, value: 2 }]
const away = () => new HarborError('TELEMETRY_STORE_UNAVAILABLE', 'away')

function setUp(newest: () => Promise<Reading[]>) {
  const onLater = vi.fn<(readings: readonly Reading[]) => void>()
  const asked = vi.fn(newest)
  const atStart = createNewestAtStart(SETTINGS, {
    store: { newest: asked },
    onLater,
    random: () => 1,
    log: pino({ level: 'silent' }),
  })
  return { atStart, onLater, asked }
}

describe('the newest readings at the start', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('are there when the store knows them, and leave no timer', async () => {
    const { atStart, onLater } = setUp(async () => NEWEST)
    expect(await atStart.read()).toEqual(NEWEST)
    expect(onLater).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are waited for a little while the store is away', async () => {
    let tries = 0
    const { atStart } = setUp(async () => {
      tries += 1
      if (tries < 3) throw away()
      return NEWEST
    })
    const reading = atStart.read()
    // 1 s, then 2 s.
    await vi.advanceTimersByTimeAsync(3_000)
    expect(await reading).toEqual(NEWEST)
  })

  it('do not hold up the start for longer than its patience, and come as soon as they can', async () => {
    let isAway = true
    const { atStart, onLater, asked } = setUp(async () => {
      if (isAway) throw away()
      return NEWEST
    })
    const started = vi.fn<(readings: readonly Reading[]) => void>()
    void atStart.read().then(started)
    await vi.advanceTimersByTimeAsync(14_999)
    expect(started).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(started).toHaveBeenCalledWith([])
    await vi.advanceTimersByTimeAsync(3_600_000)
    // Once a minute at most, however long it takes.
    expect(asked.mock.calls.length).toBeLessThan(70)
    isAway = false
    await vi.advanceTimersByTimeAsync(60_000)
    expect(onLater).toHaveBeenCalledExactlyOnceWith(NEWEST)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that take long are not asked for twice', async () => {
    const answer = Promise.withResolvers<Reading[]>()
    const { atStart, onLater, asked } = setUp(() => answer.promise)
    const reading = atStart.read()
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await reading).toEqual([])
    answer.resolve(NEWEST)
    await vi.advanceTimersByTimeAsync(0)
    expect(onLater).toHaveBeenCalledExactlyOnceWith(NEWEST)
    expect(asked).toHaveBeenCalledTimes(1)
  })

  it('are not asked for any more once it is stopped', async () => {
    const { atStart, onLater, asked } = setUp(async () => {
      throw away()
    })
    void atStart.read()
    await vi.advanceTimersByTimeAsync(20_000)
    atStart.stop()
    const before = asked.mock.calls.length
    await vi.advanceTimersByTimeAsync(600_000)
    expect(asked.mock.calls.length).toBe(before)
    expect(onLater).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('end the start where it is not the store being away', async () => {
    const { atStart } = setUp(async () => {
      throw new HarborError('TELEMETRY_STORE_CLOSED', 'closed')
    })
    await expect(atStart.read()).rejects.toMatchObject({ code: 'TELEMETRY_STORE_CLOSED' })
  })
})
