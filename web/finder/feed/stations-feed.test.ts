import type { StationList } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LiveHandlers } from '../../shared/live/live-stations.ts'
import { NOON_MS, sampleList, sampleStation } from '../test/sample-stations.ts'
import { createStationsFeed, retryDelayMs } from './stations-feed.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: NOON_MS })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A feed on a server and a phone that do as they are told. */
function setUp(answers: (StationList | 'fail')[]) {
  const list = sampleList([sampleStation()])
  const getStations = vi.fn(async () => {
    const answer = answers.shift() ?? list
    if (answer === 'fail') throw new RangeError('no answer')
    return answer
  })
  const closeLive = vi.fn()
  const device: { awake?: () => void; offline?: () => void } = {}
  const live: { handlers?: LiveHandlers } = {}
  const feed = createStationsFeed({
    api: { getStations },
    loadLive: async () => handlers => {
      live.handlers = handlers
      return closeLive
    },
    nowMs: () => Date.now(),
    random: () => 0.999,
    watchDevice: handlers => {
      Object.assign(device, handlers)
      return () => {
        delete device.awake
        delete device.offline
      }
    },
  })
  return { feed, getStations, closeLive, device, live }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

describe('stations feed', () => {
  it('does nothing until it is started', () => {
    const { getStations } = setUp([])
    expect(getStations).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('shows the list first and goes live after it', async () => {
    const { feed, live } = setUp([])
    feed.start()
    expect(live.handlers).toBeUndefined()
    await settle()
    expect(feed.getState()).toMatchObject({ phase: 'ready', link: 'connecting' })
    live.handlers?.up()
    expect(feed.getState().link).toBe('up')
    feed.stop()
  })

  it('tries again by itself after 2, 4, 8 and 16 s, then every 30 s', async () => {
    const { feed, getStations } = setUp(Array.from({ length: 6 }, () => 'fail' as const))
    feed.start()
    await settle()
    expect(feed.getState().phase).toBe('failed')
    let tries = 1
    for (const seconds of [2, 4, 8, 16, 30, 30]) {
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 50)
      expect(getStations).toHaveBeenCalledTimes(tries)
      await vi.advanceTimersByTimeAsync(50)
      tries += 1
      expect(getStations).toHaveBeenCalledTimes(tries)
    }
    expect(feed.getState().phase).toBe('ready')
    feed.stop()
  })

  it('loads the list again after every reconnection', async () => {
    const { feed, getStations, live } = setUp([])
    feed.start()
    await settle()
    live.handlers?.up()
    await settle()
    live.handlers?.down()
    expect(feed.getState().link).toBe('down')
    live.handlers?.up()
    await settle()
    expect(getStations).toHaveBeenCalledTimes(3)
    feed.stop()
  })

  it('loads once more when a reconnection comes while a list is on its way', async () => {
    const { feed, getStations, live } = setUp([])
    feed.start()
    await settle()
    feed.reload()
    live.handlers?.up()
    expect(getStations).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1)
    expect(getStations).toHaveBeenCalledTimes(3)
    feed.stop()
  })

  it('loads when the phone wakes, and says so at once when it goes offline', async () => {
    const { feed, getStations, device } = setUp([])
    feed.start()
    await settle()
    device.awake?.()
    expect(getStations).toHaveBeenCalledTimes(2)
    device.offline?.()
    expect(feed.getState().link).toBe('down')
    feed.stop()
  })

  it('ignores a live message that is no list', async () => {
    const { feed, live } = setUp([])
    feed.start()
    await settle()
    const before = feed.getState()
    live.handlers?.stations({ at: 'never', stations: [] } as StationList)
    expect(feed.getState()).toBe(before)
    feed.stop()
  })

  it('leaves no timer, listener or socket behind, however often it is stopped', async () => {
    const { feed, closeLive, device } = setUp([])
    feed.start()
    await settle()
    feed.stop()
    feed.stop()
    expect(vi.getTimerCount()).toBe(0)
    expect(closeLive).toHaveBeenCalledTimes(1)
    expect(device).toEqual({})
  })
})

describe('retryDelayMs', () => {
  it('spreads phones over the second half of each wait', () => {
    expect(retryDelayMs(1, 0)).toBe(1_000)
    expect(retryDelayMs(100, 0)).toBe(15_000)
    expect(retryDelayMs(100, 0.999)).toBeLessThan(30_000)
  })
})
