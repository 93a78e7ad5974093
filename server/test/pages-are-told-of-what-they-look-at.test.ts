import { setTimeout } from 'node:timers/promises'
import {
  type Fleet,
  type Look,
  MAX_NEAR,
  type PublicEvents,
  type PublicRequests,
  type StationList,
} from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type RunningServer, startServer } from './running-server.ts'

type Page = Socket<PublicEvents, PublicRequests>

let server: RunningServer
const pages: Page[] = []

/** 渝中一号 at its place, 渝北一号 20 km north of it. */
function fleetApart(): Fleet {
  const fleet = twoDistrictFleet()
  return { ...fleet, stations: fleet.stations.map(s => (s.id === 'yubei-1' ? { ...s, latDeg: 29.7 } : s)) }
}

const AROUND_YUZHONG: Look = { box: [106.49, 29.49, 106.51, 29.51], stations: [] }

beforeAll(async () => {
  server = await startServer({ fleet: fleetApart() })
})
afterEach(() => pages.splice(0).forEach(page => page.disconnect()))
afterAll(() => server[Symbol.asyncDispose]())

async function openPage(
  options: { headers?: Record<string, string>; transports?: string[] } = {},
): Promise<{ page: Page; told: StationList[] }> {
  const page: Page = io(`${server.url}/public`, {
    forceNew: true,
    reconnection: false,
    transports: options.transports ?? ['websocket'],
    extraHeaders: options.headers ?? {},
  })
  pages.push(page)
  const told: StationList[] = []
  page.on('stations', list => told.push(list))
  await vi.waitFor(() => expect(page.connected).toBe(true))
  return { page, told }
}

const look = (page: Page, looked: Look) => page.timeout(5_000).emitWithAck('look', looked)
let countedAtMs = Date.now() - 60_000
/** Each count a moment newer than the last: of two of one millisecond the first would stand. */
const count = (value: number) => {
  countedAtMs += 1
  return server.receive([{ device: 'yuzhong-people', metric: 'people', timeMs: countedAtMs, value }])
}
const people = (told: StationList[]) => told.flatMap(list => list.stations.map(station => station.space.people))
const ids = (list: StationList) => list.stations.map(station => station.id)

describe('a look', () => {
  test.each(['websocket', 'polling'])(
    'is answered over %s with the stations in the box and those named',
    async transport => {
      const { page } = await openPage({ transports: [transport] })
      expect(ids(await look(page, AROUND_YUZHONG))).toEqual(['yuzhong-1'])
      expect(ids(await look(page, { ...AROUND_YUZHONG, stations: ['yubei-1'] })).sort()).toEqual([
        'yubei-1',
        'yuzhong-1',
      ])
      expect(ids(await look(page, { box: null, stations: ['yubei-1', 'nowhere'] }))).toEqual(['yubei-1'])
      expect(ids(await look(page, { box: null, stations: [] }))).toEqual([])
    },
  )

  test('replaces the one before: of what is no longer looked at nothing is told', async () => {
    const { page, told } = await openPage()
    const { page: witness, told: seen } = await openPage()
    await look(page, AROUND_YUZHONG)
    await look(witness, AROUND_YUZHONG)
    await count(1)
    await vi.waitFor(() => expect(people(told)).toEqual([1]))
    await look(page, { box: null, stations: ['yubei-1'] })
    await count(2)
    await vi.waitFor(() => expect(people(seen)).toEqual([1, 2]))
    // Answered after whatever was sent before it.
    await look(page, { box: null, stations: [] })
    expect(people(told)).toEqual([1])
  })

  test('catches up: who comes back is answered with what changed meanwhile', async () => {
    const { page } = await openPage()
    await look(page, AROUND_YUZHONG)
    page.disconnect()
    await count(5)
    page.connect()
    await vi.waitFor(async () => {
      const list = await look(page, AROUND_YUZHONG)
      expect(list.stations[0]?.space.people).toBe(5)
    })
  })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'x'],
    ['a box of three', { box: [1, 2, 3], stations: [] }],
    ['a box inside out', { box: [106.6, 29.4, 106.5, 29.5], stations: [] }],
    ['a box too wide for single stations', { box: [100, 20, 110, 30], stations: [] }],
    ['no numbers', { box: [null, 1, 2, 3], stations: [] }],
    [
      'more stations than a list shows',
      { box: null, stations: Array.from({ length: MAX_NEAR + 1 }, (_, n) => `s-${n}`) },
    ],
    ['an id that is none', { box: null, stations: ['../etc'] }],
  ])('that says %s is ignored, and the page goes on seeing what it saw', async (_, wrong) => {
    const { page, told } = await openPage()
    await look(page, AROUND_YUZHONG)
    const answers: unknown[] = []
    page.emit('look', wrong as Look, list => answers.push(list))
    ;(page as Socket).emit('look')
    ;(page as Socket).emit('look', AROUND_YUZHONG, 'no function')
    const value = Math.floor(Math.random() * 1_000)
    await count(value)
    await vi.waitFor(() => expect(people(told)).toContain(value))
    expect(answers).toEqual([])
  })
})

test('several changes within a moment are told in one message, and not more often than four times a second', async () => {
  const { page, told } = await openPage()
  await look(page, { ...AROUND_YUZHONG, stations: ['yubei-1'] })
  const arrivals: number[] = []
  page.on('stations', () => arrivals.push(performance.now()))
  const untilMs = performance.now() + 1_100
  let value = 0
  while (performance.now() < untilMs) {
    value += 1
    await count(value)
    await setTimeout(10)
  }
  await vi.waitFor(() => expect(people(told).at(-1)).toBe(value))
  // 1.1 s and a last one hold at most six marks of 250 ms.
  expect(arrivals.length).toBeLessThanOrEqual(6)
  expect(arrivals.length).toBeGreaterThan(1)
})
