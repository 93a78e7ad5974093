import type { CityList, CityOverview, Fleet, FoundStations, MapView } from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type RunningServer, startServer } from './running-server.ts'

let server: RunningServer

/** Wednesday, 29 July 2026, noon in Chongqing. */
const NOON_MS = Date.parse('2026-07-29T12:00:00+08:00')

/** The two stations, and in Chengdu a bank that is closed at noon and a place that is open all night. */
function fleetOfTwoCities(): Fleet {
  const fleet = twoDistrictFleet()
  const [first] = fleet.stations
  const chengdu = (id: string, more: Partial<Fleet['stations'][number]>) => ({
    ...(first as Fleet['stations'][number]),
    id,
    district: '510104',
    latDeg: 30.65,
    lngDeg: 104.08,
    ...more,
  })
  return {
    ...fleet,
    regions: [...fleet.regions, { district: '510104', nameZh: '锦江区', nameEn: 'Jinjiang' }],
    stations: [
      ...fleet.stations.map(station =>
        station.id === 'yubei-1'
          ? {
              ...station,
              latDeg: 29.7,
              nameZh: '两路口劳动者港湾',
              addressZh: '渝北区长安路3号',
              facilities: ['toilet' as const],
            }
          : {
              ...station,
              nameZh: '解放碑劳动者港湾',
              nameEn: 'Jiefangbei Workers’ Harbor',
              addressZh: '渝中区民族路1号',
            },
      ),
      chengdu('cd-bank', { nameZh: '春熙路建设银行', nameEn: 'Chunxi Road Bank', hours: '09:00-11:30,14:00-17:00' }),
      chengdu('cd-night', { nameZh: '天府广场驿站', nameEn: 'Tianfu Square', latDeg: 30.66, hours: '24/7' }),
    ],
  }
}

beforeAll(async () => {
  server = await startServer({ fleet: fleetOfTwoCities(), nowMs: () => NOON_MS })
  await vi.waitFor(async () => {
    const { status } = await server.request('GET', '/api/v1/stations/search?q=x')
    if (status !== 200) throw new Error('not indexed yet')
  })
})
afterAll(() => server[Symbol.asyncDispose]())

async function get<Body>(path: string): Promise<Body> {
  const answer = await server.request('GET', path)
  expect(answer.status).toBe(200)
  return answer.body as Body
}
const idsOf = ({ stations }: FoundStations) => stations.map(({ id }) => id)

describe('near', () => {
  test('a place gets the stations around it, the nearest first, closed ones last, and counts of its city', async () => {
    const near = await get<FoundStations>('/api/v1/stations/near?lat=29.5&lng=106.5')
    expect(idsOf(near)).toEqual(['yuzhong-1', 'yubei-1', 'cd-night', 'cd-bank'])
    expect(near).toMatchObject({ matching: 2, of: 2, without: {} })
  })

  test('filters leave out what does not pass, and say which of them stands in the way', async () => {
    const near = await get<FoundStations>('/api/v1/stations/near?lat=29.5&lng=106.5&f=open,toilet')
    expect(idsOf(near)).toEqual(['yubei-1'])
    expect(near).toMatchObject({ matching: 1, of: 2, without: { open: 1, toilet: 2 } })
    expect(await get('/api/v1/stations/near?lat=30.65&lng=104.08&f=open,night,microwave')).toMatchObject({
      stations: [],
      matching: 0,
      of: 2,
      without: { open: 0, night: 0, microwave: 1 },
    })
  })

  test('without a place it is a city’s middle, and without a city that of the one with most stations', async () => {
    expect(idsOf(await get('/api/v1/stations/near?city=5101&limit=1'))).toEqual(['cd-night'])
    expect(idsOf(await get('/api/v1/stations/near?limit=2')).sort()).toEqual(['yubei-1', 'yuzhong-1'])
    expect((await server.request('GET', '/api/v1/stations/near?city=9999')).status).toBe(404)
  })

  test.each(['lat=29.5', 'lat=91&lng=0', 'lat=x&lng=y', 'f=opne', 'limit=51', 'limit=0', 'city=chongqing'])(
    '%s is refused, naming what is wrong',
    async query => {
      const { status, body } = await server.request('GET', `/api/v1/stations/near?${query}`)
      expect(status).toBe(400)
      expect(body).toMatchObject({ error: { code: 'invalid_request' } })
    },
  )
})

describe('search', () => {
  test.each([
    ['解放碑', 'yuzhong-1'],
    ['jfb', 'yuzhong-1'],
    ['jiefangbei', 'yuzhong-1'],
    ['Jiefangbei harbor', 'yuzhong-1'],
    ['渝中', 'yuzhong-1'],
    ['cq', undefined],
    ['长安路', 'yubei-1'],
    ['changanlu', 'yubei-1'],
    ['cxljsyh', 'cd-bank'],
    ['yubei-1', 'yubei-1'],
    ['square', 'cd-night'],
    ['', undefined],
  ])('%s finds %s', async (q, id) => {
    const found = await get<FoundStations>(`/api/v1/stations/search?q=${encodeURIComponent(q)}`)
    expect(idsOf(found)[0]).toBe(id)
  })

  test('a place decides between what fits as well, and filters apply', async () => {
    const at = (lat: number, more = '') =>
      get<FoundStations>(`/api/v1/stations/search?q=ldzgw&lat=${lat}&lng=106.5${more}`)
    expect(idsOf(await at(29.5))).toEqual(['yuzhong-1', 'yubei-1'])
    expect(idsOf(await at(29.7))).toEqual(['yubei-1', 'yuzhong-1'])
    const toilets = await at(29.5, '&f=toilet')
    expect(idsOf(toilets)).toEqual(['yubei-1'])
    expect(toilets).toMatchObject({ matching: 1, of: 2, without: { toilet: 2 } })
  })
})

describe('the map', () => {
  test('shows every station of a box while they are few, with its pin', async () => {
    const view = await get<MapView>('/api/v1/stations/view?box=104,30,105,31&zoom=8')
    expect(view.clusters).toEqual([])
    expect(view.pins.map(({ id, pin }) => [id, pin]).sort()).toEqual([
      ['cd-bank', 'closed'],
      ['cd-night', 'open'],
    ])
  })

  test.each([
    'box=1,2,3&zoom=3',
    'box=104,31,105,30&zoom=3',
    'box=104,30,105,31&zoom=23',
    'zoom=3',
    'box=a,b,c,d&zoom=1',
  ])('%s is refused', async query => {
    expect((await server.request('GET', `/api/v1/stations/view?${query}`)).status).toBe(400)
  })
})

describe('cities', () => {
  test('are told with their names, how many of their stations are open, and where they are', async () => {
    const { cities } = await get<CityOverview>('/api/v1/cities')
    expect(cities).toMatchObject([
      { code: '5001', nameZh: '重庆市', nameEn: 'Chongqing', stations: 2, open: 2, box: [106.5, 29.5, 106.5, 29.7] },
      { code: '5101', nameZh: '成都市', nameEn: 'Chengdu', stations: 2, open: 1 },
    ])
  })

  test('a city’s list has all that a phone needs without a network', async () => {
    const list = await get<CityList>('/api/v1/cities/5101/stations')
    expect(list).toMatchObject({ code: '5101', districts: [{ district: '510104', nameZh: '锦江区' }] })
    expect(list.stations.map(({ id, initials, plan }) => [id, initials, plan])).toEqual([
      ['cd-bank', 'cxljsyh', 0],
      ['cd-night', 'tfgcyz', 1],
    ])
    // The week began on the 27th.
    expect(list.plans[0]).toMatchObject({ validFrom: '2026-07-27' })
    expect(list.plans[0]?.week[2]).toEqual([
      { from: 540, to: 690 },
      { from: 840, to: 1020 },
    ])
  })

  test.each(['br', 'gzip', 'identity'])(
    'comes as %s, and is not sent again to who has it, even after a restart',
    async encoding => {
      const ask = (to: RunningServer, tag = '') =>
        fetch(`${to.url}/api/v1/cities/5001/stations`, {
          headers: { 'accept-encoding': encoding, 'if-none-match': tag },
        })
      const first = await ask(server)
      const tag = first.headers.get('etag') ?? ''
      expect(tag).toMatch(/^"[\w-]+"$/)
      expect([first.headers.get('content-encoding'), first.headers.get('vary')]).toEqual([encoding, 'Accept-Encoding'])
      expect(((await first.json()) as CityList).stations).toHaveLength(2)
      expect((await ask(server, tag)).status).toBe(304)
      await server.stop()
      server = await startServer({ fleet: fleetOfTwoCities(), nowMs: () => NOON_MS + 60_000, dataDir: server.dataDir })
      expect((await ask(server, tag)).status).toBe(304)
      expect((await ask(server, '"another"')).status).toBe(200)
    },
  )

  test('of a city without stations there is no list', async () => {
    expect((await server.request('GET', '/api/v1/cities/1101/stations')).status).toBe(404)
  })
})

test('one address that asks without end is told to wait; its neighbours are not', async () => {
  const ask = (from: string) =>
    server.request('GET', '/api/v1/stations?limit=1', { headers: { 'x-forwarded-for': from } })
  const answers = await Promise.all(Array.from({ length: 310 }, () => ask('203.0.113.9')))
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await ask('203.0.113.10')).status).toBe(200)
  // This machine itself, and a proxy on it that does not say whom it speaks for, have no share.
  expect((await server.request('GET', '/api/v1/stations?limit=1')).status).toBe(200)
})
