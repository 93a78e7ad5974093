import type { FoundStations, Look, StationDetail, StationList } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiFailure, type Question } from '../../shared/api/public-api.ts'
import type { LiveHandlers } from '../../shared/live/live-stations.ts'
import { NOON_MS, sampleFound, sampleList, sampleStation } from '../test/sample-stations.ts'
import type { KeptStations } from './kept-stations.ts'
import { createStationsFeed, retryDelayMs } from './stations-feed.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: NOON_MS })
})
afterEach(() => {
  vi.useRealTimers()
})

const NEAR: Question = { place: undefined, text: '', filters: [] }
const LOOK: Look = { box: null, stations: ['cq-500103-01'] }
const KEPT_ANSWER = {
  found: { ids: ['kept'], matching: 1, of: 1, without: {} },
  stations: [{ view: sampleStation({ id: 'kept' }), atMs: NOON_MS }],
}

/** A feed on a server, a phone and a memory that do as they are told. */
function setUp(answers: (FoundStations | 'fail')[], kept: Partial<KeptStations> = {}) {
  const findStations = vi.fn(async () => {
    const answer = answers.shift() ?? sampleFound([sampleStation()])
    if (answer === 'fail') throw new ApiFailure('unreachable', 'no answer')
    return answer
  })
  const getStation = vi.fn(async (): Promise<StationDetail> => ({ ...sampleStation(), readings: [], photos: [] }))
  const link = {
    look: vi.fn<(look: Look, answered: (list: StationList) => void) => void>(),
    hurry: vi.fn(),
    close: vi.fn(),
  }
  const device: { awake?: () => void; offline?: () => void; leaving?: () => void } = {}
  const live: { handlers?: LiveHandlers } = {}
  const memory = {
    recall: vi.fn(async () => undefined),
    keep: vi.fn(async () => undefined),
    answer: vi.fn(async () => undefined),
    recallDetail: vi.fn(async () => undefined),
    keepDetail: vi.fn(async () => undefined),
    ...kept,
  }
  const feed = createStationsFeed({
    api: { findStations, getStation },
    loadLive: async () => handlers => {
      live.handlers = handlers
      return link
    },
    kept: memory,
    nowMs: () => Date.now(),
    random: () => 0.999,
    watchDevice: handlers => {
      Object.assign(device, handlers)
      return () => {
        delete device.awake
        delete device.offline
        delete device.leaving
      }
    },
  })
  feed.ask(NEAR)
  return { feed, findStations, getStation, link, device, live, memory }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

describe('stations feed', () => {
  it('does nothing until it is started', () => {
    const { findStations } = setUp([])
    expect(findStations).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('shows the answer first and goes live after it', async () => {
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
    const { feed, findStations } = setUp(Array.from({ length: 6 }, () => 'fail' as const))
    feed.start()
    await settle()
    expect(feed.getState().phase).toBe('failed')
    let tries = 1
    for (const seconds of [2, 4, 8, 16, 30, 30]) {
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 50)
      expect(findStations).toHaveBeenCalledTimes(tries)
      await vi.advanceTimersByTimeAsync(50)
      tries += 1
      expect(findStations).toHaveBeenCalledTimes(tries)
    }
    expect(feed.getState().phase).toBe('ready')
    feed.stop()
  })

  it('drops the answer to a question when another was asked meanwhile', async () => {
    const { feed, findStations } = setUp([])
    let answerFirst: (answer: FoundStations) => void = () => undefined
    findStations.mockImplementationOnce(() => new Promise(resolve => (answerFirst = resolve)))
    feed.start()
    feed.ask({ ...NEAR, text: 'jfb' })
    await settle()
    answerFirst(sampleFound([sampleStation({ id: 'late' })]))
    await settle()
    expect(feed.getState().found?.ids).toEqual(['cq-500103-01'])
    feed.stop()
  })

  it('asks the same question once', async () => {
    const { feed, findStations } = setUp([])
    feed.start()
    feed.ask({ ...NEAR, filters: [] })
    await settle()
    expect(findStations).toHaveBeenCalledTimes(1)
    feed.stop()
  })

  it('says what it looks at once it is connected and again after every gap', async () => {
    const { feed, live, link, findStations } = setUp([])
    feed.look(LOOK)
    feed.start()
    await settle()
    live.handlers?.up()
    expect(link.look).toHaveBeenCalledTimes(1)
    live.handlers?.down()
    live.handlers?.up()
    await settle()
    expect(link.look).toHaveBeenCalledTimes(2)
    expect(findStations).toHaveBeenCalledTimes(2)
    feed.stop()
  })

  it('sends one look for a drag over many views, and shows what it is told', async () => {
    const { feed, live, link } = setUp([])
    feed.start()
    await settle()
    live.handlers?.up()
    for (let step = 0; step < 10; step += 1) {
      feed.look({ box: [106 + step / 100, 29, 106.1, 29.1], stations: [] })
      await vi.advanceTimersByTimeAsync(50)
    }
    await vi.advanceTimersByTimeAsync(250)
    expect(link.look).toHaveBeenCalledTimes(1)
    const answered = link.look.mock.calls[0]?.[1]
    answered?.(sampleList([sampleStation({ id: 'seen' })]))
    expect([...feed.getState().looked]).toEqual(['seen'])
    feed.stop()
  })

  it('asks and looks again when the phone wakes, and says so at once when it goes offline', async () => {
    const { feed, findStations, device, live, link } = setUp([])
    feed.look(LOOK)
    feed.start()
    await settle()
    live.handlers?.up()
    device.awake?.()
    expect(findStations).toHaveBeenCalledTimes(2)
    expect(link.hurry).toHaveBeenCalledTimes(1)
    expect(link.look).toHaveBeenCalledTimes(2)
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
    const { feed, link, device } = setUp([])
    feed.look(LOOK)
    feed.start()
    await settle()
    feed.stop()
    feed.stop()
    expect(vi.getTimerCount()).toBe(0)
    expect(link.close).toHaveBeenCalledTimes(1)
    expect(device).toEqual({})
  })
})

describe('without a network', () => {
  it('answers from what the phone keeps as soon as the question fails', async () => {
    const { feed } = setUp(['fail'], { answer: async () => KEPT_ANSWER })
    feed.start()
    await settle()
    expect(feed.getState()).toMatchObject({ phase: 'ready', link: 'down', found: { ids: ['kept'], kept: true } })
    feed.stop()
  })

  it('waits 1.5 s for a slow network, then shows what is kept until the answer comes', async () => {
    const { feed, findStations } = setUp([], { answer: async () => KEPT_ANSWER })
    findStations.mockImplementationOnce(
      () => new Promise(resolve => setTimeout(() => resolve(sampleFound([sampleStation()])), 4_000)),
    )
    feed.start()
    await vi.advanceTimersByTimeAsync(1_499)
    expect(feed.getState().phase).toBe('loading')
    await vi.advanceTimersByTimeAsync(1)
    expect(feed.getState().found?.kept).toBe(true)
    await vi.advanceTimersByTimeAsync(2_500)
    expect(feed.getState().found).toMatchObject({ kept: false, ids: ['cq-500103-01'] })
    feed.stop()
  })

  it('keeps what was heard some seconds later, and at once when the page may be gone', async () => {
    const { feed, memory, device } = setUp([])
    feed.start()
    await settle()
    expect(memory.keep).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(memory.keep).toHaveBeenCalledTimes(1)
    device.leaving?.()
    expect(memory.keep).toHaveBeenCalledTimes(2)
    feed.stop()
  })

  it("shows a station's page as it was kept, and says missing only when the server does", async () => {
    const detail: StationDetail = { ...sampleStation({ id: 'kept' }), readings: [], photos: [] }
    const { feed, getStation } = setUp([], {
      recallDetail: async id => (id === 'kept' ? { detail, atMs: NOON_MS } : undefined),
    })
    getStation.mockRejectedValue(new ApiFailure('unreachable', 'no answer'))
    feed.start()
    feed.openStation('kept')
    feed.openStation('never-seen')
    await settle()
    expect(feed.getState().opened.get('kept')).toMatchObject({ kind: 'known', atMs: NOON_MS })
    expect(feed.getState().opened.get('never-seen')?.kind).toBe('failed')
    getStation.mockRejectedValue(new ApiFailure('missing', 'there is none'))
    feed.openStation('gone')
    await settle()
    expect(feed.getState().opened.get('gone')?.kind).toBe('missing')
    feed.stop()
  })
})

describe('retryDelayMs', () => {
  it('spreads phones over the second half of each wait', () => {
    expect(retryDelayMs(1, 0)).toBe(1_000)
    expect(retryDelayMs(100, 0)).toBe(15_000)
    expect(retryDelayMs(100, 0.999)).toBeLessThan(30_000)
  })
})
