import type {
  AlertView,
  PublicEvents,
  PublicRequests,
  Reading,
  StaffEvents,
  StaffRequests,
  StationList,
} from '@harbor/protocol'
import { type Socket, io } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { hasRedis, startRedis } from './redis-server.ts'
import { type RunningServer, startServer } from './running-server.ts'

/** A loaded machine takes its time. */
const PATIENCE = { timeout: 60_000, interval: 100 }

const pages: { disconnect: () => unknown }[] = []
afterEach(() => pages.splice(0).forEach(page => page.disconnect()))

/** Two servers of one installation: the first takes Yuzhong's readings, the second Yubei's. */
async function startPair(
  redisUrl: string,
): Promise<{ yuzhong: RunningServer; yubei: RunningServer; stop: () => Promise<void> }> {
  const yuzhong = await startServer({ env: { REDIS_URL: redisUrl, INGEST_DISTRICTS: '500103' } })
  const yubei = await startServer({ env: { REDIS_URL: redisUrl, INGEST_DISTRICTS: '500112' } })
  const stop = async () => {
    await Promise.all([yuzhong[Symbol.asyncDispose](), yubei[Symbol.asyncDispose]()])
  }
  await vi.waitFor(async () => {
    for (const { request } of [yuzhong, yubei])
      expect((await request('GET', '/metrics')).body).toContain('harbor_cluster_connected 1')
  }, PATIENCE)
  return { yuzhong, yubei, stop }
}

async function openStaff(server: RunningServer, login: string): Promise<Socket<StaffEvents, StaffRequests>> {
  const cookie = await server.signIn(login)
  const socket: Socket<StaffEvents, StaffRequests> = io(`${server.url}/staff`, {
    extraHeaders: { cookie },
    transports: ['websocket'],
    forceNew: true,
  })
  pages.push(socket)
  await vi.waitFor(() => expect(socket.connected).toBe(true), PATIENCE)
  return socket
}

const people = (value: number): Reading => ({ device: 'yuzhong-people', metric: 'people', timeMs: Date.now(), value })

/** As a thermometer in a fridge that is too warm for 110 s. */
const tooWarm = (): Reading[] =>
  Array.from({ length: 110 }, (_, index) => ({
    device: 'yuzhong-fridge-temp',
    metric: 'temperature' as const,
    timeMs: Date.now() - (110 - index) * 1_000,
    value: 14,
  }))

test.skipIf(!hasRedis)(
  'a page on one server sees what another server took in: people, readings and alerts, each told once',
  async () => {
    await using redis = await startRedis()
    const { yuzhong, yubei, stop } = await startPair(redis.url)
    try {
      const page: Socket<PublicEvents, PublicRequests> = io(`${yubei.url}/public`, {
        transports: ['websocket'],
        forceNew: true,
      })
      pages.push(page)
      const told: StationList[] = []
      page.on('stations', list => told.push(list))
      await vi.waitFor(() => expect(page.connected).toBe(true), PATIENCE)
      await page.timeout(30_000).emitWithAck('look', { box: null, stations: ['yuzhong-1'] })
      const staff = await openStaff(yubei, 'yuzhong')
      const alerts: AlertView[] = []
      const readings: number[] = []
      staff.on('alert', alert => alerts.push(alert))
      staff.on('readings', ({ readings: heard }) => {
        for (const { metric, value } of heard) if (metric === 'people') readings.push(value)
      })
      staff.emit('watch', 'yuzhong-1')

      // Told again until heard: nothing says when a page's watch stands.
      let n = 0
      await vi.waitFor(
        async () => {
          n += 1
          await yuzhong.receive([people(n)])
          expect(told.flatMap(list => list.stations.map(station => station.space.people)).at(-1)).toBeGreaterThan(0)
          expect(readings.length).toBeGreaterThan(0)
        },
        { timeout: 60_000, interval: 1_000 },
      )
      expect(readings).toEqual([...new Set(readings)])
      const { body } = await yubei.request('GET', '/api/v1/stations/yuzhong-1')
      expect(body).toMatchObject({ space: { people: expect.any(Number) } })

      await yuzhong.receive(tooWarm())
      await vi.waitFor(() => expect(alerts.map(({ rule }) => rule)).toEqual(['fridge_too_warm']), PATIENCE)
    } finally {
      await stop()
    }
  },
  120_000,
)

test.skipIf(!hasRedis)(
  'a server goes on while Redis is away, starts without it, and is heard again when it is back',
  async () => {
    await using redis = await startRedis()
    const { yuzhong, yubei, stop } = await startPair(redis.url)
    try {
      await redis.kill()
      await yuzhong.receive([people(3)])
      await vi.waitFor(async () => {
        expect((await yuzhong.request('GET', '/metrics')).body).toContain('harbor_cluster_connected 0')
        expect((await yuzhong.request('GET', '/api/v1/stations/yuzhong-1')).body).toMatchObject({
          space: { people: 3 },
        })
      }, PATIENCE)
      await using third = await startServer({ env: { REDIS_URL: redis.url } })
      await redis.start()
      let n = 3
      await vi.waitFor(
        async () => {
          n += 1
          await yuzhong.receive([people(n)])
          for (const server of [yubei, third]) {
            const { body } = await server.request('GET', '/api/v1/stations/yuzhong-1')
            expect((body as { space: { people?: number } }).space.people).toBeGreaterThan(3)
          }
        },
        { timeout: 60_000, interval: 1_000 },
      )
    } finally {
      await stop()
    }
  },
  120_000,
)
