import {
  type ApiError,
  type CityOverview,
  type FoundStations,
  type RegisterDetail,
  type RegisterImport,
  type RegisterList,
  type StationCreate,
  type StationDetail,
  type StationEdit,
  type StationPage,
} from '@harbor/protocol'
import { fromWgs84 } from '@harbor/protocol/coordinates'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, PASSWORD, type RunningServer, startServer } from './running-server.ts'

const EXTRA = [
  { login: 'boss', name: 'Boss', role: 'manager', districts: ['500103'], password: PASSWORD },
  { login: 'other', name: 'Other', role: 'manager', districts: ['500112'], password: PASSWORD },
]
const SOON = { timeout: 5_000 }

let server: RunningServer
const cookies: Record<string, string> = {}

const signAllIn = async () => {
  for (const login of ['admin', 'yuzhong', 'boss', 'other']) cookies[login] = await server.signIn(login)
}
beforeAll(async () => {
  server = await startServer({ logins: EXTRA })
  await signAllIn()
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const ask = (login: string, call: string, body?: unknown): Promise<Answer> => {
  const [method = '', path = ''] = call.split(' ')
  const cookie = cookies[login]
  return server.request(method, `/api/v1/${path}`, {
    ...(cookie !== undefined && { cookie }),
    ...(body === undefined ? {} : { body }),
  })
}
const NEW: StationCreate = {
  district: '500103',
  nameZh: '解放碑港湾',
  nameEn: 'Jiefangbei Harbor',
  addressZh: '民权路28号',
  hours: 'Mo-Su 08:00-20:00',
  facilities: ['seating', 'toilet'],
  position: { system: 'WGS84', latDeg: 29.5586, lngDeg: 106.5772 },
  isPositionSure: false,
}
const create = async (change: Partial<StationCreate> = {}) =>
  (await ask('boss', 'POST register/stations', { ...NEW, ...change })).body as RegisterDetail
const detailOf = async (id: string) => (await ask('boss', `GET register/stations/${id}`)).body as RegisterDetail
const step = (id: string, state: string, login = 'boss') =>
  ask(login, `POST stations/${id}/life-cycle`, { state, reason: `now ${state}` })
const openUp = async (id: string) => {
  for (const state of ['built', 'accepted', 'open']) expect((await step(id, state)).status).toBe(200)
}
const editOf = (
  { revision, nameZh, nameEn, facilities, hours }: RegisterDetail,
  change: Partial<StationEdit> = {},
) => ({
  revision,
  nameZh,
  nameEn,
  facilities,
  ...(hours !== undefined && { hours }),
  ...change,
})
const publicStatus = async (id: string) => (await ask('nobody', `GET stations/${id}`)).status
const found = async (text: string) =>
  ((await ask('nobody', `GET stations/search?q=${encodeURIComponent(text)}`)).body as FoundStations).stations.map(
    ({ id }) => id,
  )

describe('a new station', () => {
  test('gets the next code of its district, is planned, and is nobody’s to see but staff’s', async () => {
    const first = await create()
    const second = await create({ nameZh: '第二' })
    expect([first.id, first.code, second.id]).toEqual(['cq-500103-01', 'CQ-500103-01', 'cq-500103-02'])
    expect(first).toMatchObject({ state: 'planned', next: ['built', 'closed'], mayEdit: true })
    expect(first.steps).toMatchObject([{ to: 'planned', by: 'Boss' }])
    expect(await publicStatus(first.id)).toBe(404)
    expect((await ask('other', `GET stations/${first.id}`)).status).toBe(404)
    expect((await ask('boss', `GET stations/${first.id}`)).status).toBe(200)
    const page = (await ask('nobody', 'GET stations')).body as StationPage
    expect(page.stations.map(({ id }) => id)).toEqual(['yubei-1', 'yuzhong-1'])
  })

  test('is in the list, the search, the map, the pages and the open data once it is open, without a restart', async () => {
    const { id } = await create({ nameZh: '朝天门码头驿站', nameEn: 'Chaotianmen Pier' })
    await openUp(id)
    await vi.waitFor(async () => expect(await found('朝天门')).toEqual([id]), SOON)
    const near = (await ask('nobody', 'GET stations/near?lat=29.5586&lng=106.5772')).body as FoundStations
    expect(near.stations.map(station => station.id)).toContain(id)
    const cities = (await ask('nobody', 'GET cities')).body as CityOverview
    expect(cities.cities[0]?.stations).toBe(3)
    const list = await server.request('GET', '/api/v1/cities/5001/stations')
    expect(JSON.stringify(list.body)).toContain('朝天门码头驿站')
    await vi.waitFor(async () => {
      const data = await fetch(`${server.url}/api/v1/open-data/stations.geojson`)
      expect(data.headers.get('content-type')).toContain('application/geo+json')
      const { features, licence } = (await data.json()) as { features: { id: string }[]; licence: string }
      expect(features.map(feature => feature.id)).toEqual(['cq-500103-03', 'yubei-1', 'yuzhong-1'])
      expect(licence).toContain('CC BY 4.0')
    }, SOON)
    const sitemap = await (await fetch(`${server.url}/sitemap-1.xml`)).text()
    expect(sitemap).toContain(`/s/${id}`)

    expect((await step(id, 'suspended')).status).toBe(200)
    await vi.waitFor(async () => {
      const detail = (await ask('nobody', `GET stations/${id}`)).body as StationDetail
      expect([detail.opening.state, detail.closedFor]).toEqual(['closed', 'now suspended'])
    }, SOON)
    expect((await step(id, 'closed')).status).toBe(200)
    expect(await publicStatus(id)).toBe(404)
    await vi.waitFor(async () => expect(await found('朝天门')).toEqual([]), SOON)
    expect((await fetch(`${server.url}/api/v1/stations/${id}/busy`)).status).toBe(404)
  })

  test('takes only steps of the life cycle, each by a manager of its region, each written down', async () => {
    const { id } = await create()
    expect((await step(id, 'open')).status).toBe(409)
    expect((await step(id, 'built', 'yuzhong')).status).toBe(403)
    expect((await step(id, 'built', 'other')).status).toBe(404)
    await openUp(id)
    expect((await detailOf(id)).steps.map(({ from, to, by, reason }) => [from, to, by, reason])).toEqual([
      ['accepted', 'open', 'Boss', 'now open'],
      ['built', 'accepted', 'Boss', 'now accepted'],
      ['planned', 'built', 'Boss', 'now built'],
      [undefined, 'planned', 'Boss', 'new'],
    ])
  })

  test('of a region that is not the person’s, with hours that cannot be read, or in no such street is refused', async () => {
    expect((await ask('other', 'POST register/stations', NEW)).status).toBe(404)
    expect((await ask('yuzhong', 'POST register/stations', NEW)).status).toBe(403)
    expect((await ask('boss', 'POST register/stations', { ...NEW, hours: 'whenever' })).status).toBe(400)
    expect((await ask('boss', 'POST register/stations', { ...NEW, street: '500103999' })).status).toBe(400)
    const { position: _position, ...nowhere } = NEW
    expect((await ask('boss', 'POST register/stations', nowhere)).status).toBe(400)
    const unnamed = { latDeg: 29.5, lngDeg: 106.5 }
    expect((await ask('boss', 'POST register/stations', { ...NEW, position: unnamed })).status).toBe(400)
  })
})

describe('an edit', () => {
  test('is written down field by field, and reaches visitors at once', async () => {
    const edit = editOf(await detailOf('yuzhong-1'), { nameZh: '储奇门新名', capacity: 24, phone: '023-6381 0000' })
    const after = (await ask('boss', 'PUT register/stations/yuzhong-1', edit)).body as RegisterDetail
    expect(after.history.slice(0, 3).map(({ field, before, after: now, by }) => [field, before, now, by])).toEqual(
      expect.arrayContaining([
        ['nameZh', '渝中一号', '储奇门新名', 'Boss'],
        ['capacity', '10', '24', 'Boss'],
        ['phone', undefined, '023-6381 0000', 'Boss'],
      ]),
    )
    const shown = (await ask('nobody', 'GET stations/yuzhong-1')).body as StationDetail
    expect([shown.nameZh, shown.phone]).toEqual(['储奇门新名', '023-6381 0000'])
    await vi.waitFor(async () => expect(await found('储奇门新名')).toEqual(['yuzhong-1']), SOON)
  })

  test('of two people at once: the second is told who changed what', async () => {
    const seen = await detailOf('yuzhong-1')
    const wins = await ask('boss', 'PUT register/stations/yuzhong-1', editOf(seen, { nameEn: 'First' }))
    const loses = await ask('admin', 'PUT register/stations/yuzhong-1', editOf(seen, { nameEn: 'Second' }))
    expect([wins.status, loses.status]).toEqual([200, 409])
    expect((loses.body as ApiError).error.message).toContain(`Boss changed it meanwhile: `)
    expect((loses.body as ApiError).error.message).toContain(`nameEn ${seen.nameEn} → First`)
    expect((await detailOf('yuzhong-1')).nameEn).toBe('First')
  })

  test('of another district is refused as if there were none', async () => {
    const edit = editOf(await detailOf('yuzhong-1'))
    expect((await ask('other', 'PUT register/stations/yuzhong-1', edit)).status).toBe(404)
    expect((await ask('yuzhong', 'PUT register/stations/yuzhong-1', edit)).status).toBe(403)
  })

  test('with a position of another coordinate system than it says is asked about, and done when it is sure', async () => {
    const station = await create()
    const [lngDeg, latDeg] = fromWgs84([station.lngDeg, station.latDeg], 'GCJ02')
    const wrong = { system: 'WGS84' as const, latDeg, lngDeg }
    const call = `PUT register/stations/${station.id}`
    const doubted = await ask('boss', call, editOf(station, { position: wrong }))
    expect(doubted.status).toBe(409)
    expect((doubted.body as ApiError).error.message).toContain('as if it were GCJ02')
    const check = await ask('boss', 'POST register/check', { position: wrong, station: station.id, district: '500103' })
    expect(check.body).toMatchObject({ doubt: { likely: 'GCJ02' } })
    const named = await ask('boss', call, editOf(station, { position: { ...wrong, system: 'GCJ02' } }))
    expect(named.status).toBe(200)
    const { revision } = named.body as RegisterDetail
    const sure = await ask('boss', call, editOf(station, { revision, position: wrong, isPositionSure: true }))
    expect((sure.body as RegisterDetail).latDeg).toBeCloseTo(latDeg, 6)
  })
})

test('a photo is shown to everybody until it is removed, with nothing in it but its pixels', async () => {
  const picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#336699' } })
    .withExif({ IFD0: { Artist: 'somebody' } })
    .jpeg()
    .toBuffer()
  const added = await fetch(`${server.url}/api/v1/register/stations/yuzhong-1/photos`, {
    method: 'POST',
    headers: { cookie: cookies['boss'] ?? '', 'content-type': 'image/jpeg' },
    body: new Uint8Array(picture),
  })
  const { photos } = (await added.json()) as RegisterDetail
  const path = photos[0]?.path ?? ''
  expect(((await ask('nobody', 'GET stations/yuzhong-1')).body as StationDetail).photos).toEqual([path])
  const shown = Buffer.from(await (await fetch(server.url + path)).arrayBuffer())
  expect([(await sharp(shown).metadata()).width, shown.includes('somebody')]).toEqual([60, false])
  await ask('boss', `DELETE register/stations/yuzhong-1/photos/${photos[0]?.id ?? ''}`)
  expect((await fetch(server.url + path)).status).toBe(404)
})

describe('a table', () => {
  const bring = async (query: string, text: string, login = 'boss') => {
    const response = await fetch(`${server.url}/api/v1/register/import?${query}`, {
      method: 'POST',
      headers: { cookie: cookies[login] ?? '', 'content-type': 'text/csv' },
      body: text,
    })
    expect(response.status).toBe(200)
    return (await response.json()) as RegisterImport
  }
  const HEAD = 'district,nameZh,nameEn,lngDeg,latDeg,hours'

  test('names every bad row and column, and does nothing then', async () => {
    const before = ((await ask('boss', 'GET register/stations')).body as RegisterList).total
    const text = `${HEAD}\n500103,甲,A,106.57,29.55,24/7\n500112,乙,B,106.57,29.55,24/7\n500103,,C,east,29.55,whenever\n`
    const result = await bring('dry=false&system=WGS84', text)
    expect(result.isDone).toBe(false)
    expect(result.problems.map(({ row, column, reason }) => [row, column, reason])).toEqual([
      [3, 'district', 'not_yours'],
      [4, 'lngDeg', 'bad_number'],
    ])
    expect((await bring('dry=false', text.split('\n').slice(0, 2).join('\n'))).problems).toMatchObject([
      { row: 2, reason: 'system_missing' },
    ])
    expect(((await ask('boss', 'GET register/stations')).body as RegisterList).total).toBe(before)
  })

  test('is tried, then taken over whole; what was taken away comes back without a change', async () => {
    const text = `${HEAD}\n500103,七星岗,Qixinggang,106.5700,29.5550,24/7\n500103,通远门,Tongyuanmen,106.5660,29.5560,08:00-20:00\n`
    expect(await bring('dry=true&system=BD09', text)).toMatchObject({ isDone: false, created: 2, problemCount: 0 })
    expect(await bring('dry=false&system=BD09', text)).toMatchObject({ isDone: true, created: 2 })
    for (const system of ['WGS84', 'GCJ02', 'BD09']) {
      const file = await server.request('GET', `/api/v1/register/stations.csv?system=${system}&language=en`, {
        cookie: cookies['boss'] ?? '',
      })
      const again = await bring('dry=false', String(file.body))
      expect(again).toMatchObject({ isDone: true, created: 0, changed: 0, problemCount: 0, warningCount: 0 })
      const map = await server.request('GET', `/api/v1/register/stations.geojson?system=${system}`, {
        cookie: cookies['boss'] ?? '',
      })
      const drawn = await bring('dry=false', typeof map.body === 'string' ? map.body : JSON.stringify(map.body))
      expect(drawn).toMatchObject({ created: 0, changed: 0, problemCount: 0, warningCount: 0 })
    }
  })

  test('with positions of another system is warned of, and waits for somebody who is sure', async () => {
    const { id, lngDeg, latDeg, nameZh, nameEn } = await create()
    const [lng, lat] = fromWgs84([lngDeg, latDeg], 'BD09')
    const text = `id,nameZh,nameEn,lngDeg,latDeg\n${id},${nameZh},${nameEn},${lng},${lat}\n`
    const asked = await bring('dry=false&system=WGS84', text)
    expect(asked).toMatchObject({ isDone: false, warningCount: 1, warnings: [{ row: 2, reason: 'doubtful_position' }] })
    expect(asked.warnings[0]?.given).toContain('BD09')
    expect(await bring('dry=false&system=WGS84&sure=true', text)).toMatchObject({ isDone: true, changed: 1 })
  })
})

test('what a person changed stays after a restart, whatever the fleet’s document says; the rest follows the document', async () => {
  const seen = await detailOf('yuzhong-1')
  await ask('boss', 'PUT register/stations/yuzhong-1', editOf(seen, { nameZh: '手改的名字', capacity: 33 }))
  const { dataDir } = server
  await server.stop()
  server = await startServer({ dataDir })
  await signAllIn()
  expect(await detailOf('yuzhong-1')).toMatchObject({ nameZh: '手改的名字', capacity: 33 })
  expect((await ask('nobody', 'GET stations/yubei-1')).body).toMatchObject({ nameZh: '渝北一号' })
})
