import { randomBytes } from 'node:crypto'
import type { HeatProposal, NoticeDetail, NoticeList, NoticePreview, StationDetail } from '@harbor/protocol'
import { topics } from '@harbor/protocol'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openTestRegistry } from './test-registry.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'

const person = (login: string, role: string, districts: string[]) => ({
  login,
  name: login,
  role,
  districts,
  password: PASSWORD,
})
const LOGINS = [
  person('city', 'manager', []),
  person('yuzhong-manager', 'manager', ['500103']),
  person('yubei-manager', 'manager', ['500112']),
  person('yuzhong-keeper', 'keeper', ['500103']),
  person('yubei-keeper', 'keeper', ['500112']),
]
/** 2 August 2026, 12:00 in Chongqing. */
const NOON = Date.UTC(2026, 7, 2, 4)

let nowMs = NOON
let server: RunningServer
let cookies: Record<string, string>

const fleet = () => {
  const two = twoDistrictFleet()
  return { ...two, stations: two.stations.map(station => ({ ...station, hours: 'Mo-Su 08:00-18:00' })) }
}

const start = async (dataDir?: string) => {
  server = await startServer({
    logins: LOGINS,
    fleet: fleet(),
    nowMs: () => nowMs,
    ...(dataDir !== undefined && { dataDir }),
  })
  cookies = {}
  for (const { login } of LOGINS) cookies[login] = await server.signIn(login)
}

beforeEach(async () => {
  nowMs = NOON
  await start()
})
afterEach(() => server[Symbol.asyncDispose]())

const ask = (login: string, what: string, body?: unknown) =>
  server.request(what.split(' ')[0] ?? '', `/api/v1${what.split(' ')[1]}`, {
    cookie: cookies[login] ?? '',
    ...(body !== undefined && { body }),
  })
const key = () => randomBytes(16).toString('hex')

const order = (rest: object = {}) => ({
  key: key(),
  kind: 'heat',
  severity: 'urgent',
  titleZh: '高温红色预警',
  titleEn: 'Red heat warning',
  textZh: '开放至 22:00，备足饮水。',
  textEn: 'Open until 22:00, extra water.',
  isPublic: true,
  to: { regions: ['500103'] },
  expected: 2,
  ...rest,
})
const issue = async (login: string, rest: object = {}) => {
  const answer = await ask(login, 'POST /notices', order(rest))
  expect(answer.body).toMatchObject({ state: 'standing' })
  expect(answer.status).toBe(201)
  return answer.body as NoticeDetail
}
const detail = async (login: string, id: string) => (await ask(login, `GET /notices/${id}`)).body as NoticeDetail
const settled = (id: string) =>
  vi.waitFor(async () => {
    const now = await detail('city', id)
    expect(now.counts.sent).toBe(0)
    return now
  }, 15_000)

test('the preview names exactly those whom the order then goes to', async () => {
  const preview = (await ask('city', 'POST /notices/preview', { regions: ['500103'] })).body as NoticePreview
  expect(preview).toMatchObject({ count: 2, withoutKeeper: 0 })
  const { receipts } = await issue('city')
  expect(receipts.map(({ station, login }) => station ?? login)).toEqual([
    ...preview.stations.map(({ station }) => station),
    ...preview.managers.map(({ login }) => login),
  ])
})

test('an order whose recipients are no longer those that its writer saw is refused', async () => {
  expect((await ask('city', 'POST /notices', order({ expected: 3 }))).status).toBe(409)
})

test('a level orders only what it governs, and a foreign district answers like one that does not exist', async () => {
  for (const region of ['500112', '500199'])
    expect((await ask('yuzhong-manager', 'POST /notices/preview', { regions: [region] })).status).toBe(404)
  expect((await ask('yuzhong-manager', 'POST /notices/preview', { wholeCity: true })).status).toBe(404)
  expect((await ask('yuzhong-keeper', 'POST /notices', order())).status).toBe(403)
  const { id } = await issue('city')
  for (const login of ['yubei-manager', 'yubei-keeper'])
    expect((await ask(login, `GET /notices/${id}`)).status).toBe(404)
  expect(((await ask('yubei-keeper', 'GET /notices')).body as NoticeList).notices).toEqual([])
})

test('an order that is sent twice is there once, and its key does not serve for other words', async () => {
  const same = order()
  const first = (await ask('city', 'POST /notices', same)).body as NoticeDetail
  const again = await ask('city', 'POST /notices', same)
  expect(again.status).toBe(200)
  expect((again.body as NoticeDetail).id).toBe(first.id)
  expect((await ask('city', 'POST /notices', { ...same, textZh: '别的' })).status).toBe(409)
  expect(((await ask('city', 'GET /notices')).body as NoticeList).notices).toHaveLength(1)
})

test('a keeper accepts, shows a photo and says done; the issuer’s numbers add up at each step', async () => {
  const { id } = await issue('city', { needsPhoto: true })
  const mine = (await detail('yuzhong-keeper', id)).receipts.filter(({ isYours }) => isYours)
  expect(mine.map(({ station }) => station)).toEqual(['yuzhong-1'])
  const receipts = mine.map(({ n }) => n)
  const act = (name: string, rest: object = {}) =>
    ask('yuzhong-keeper', `POST /notices/${id}/acts`, { key: key(), act: name, receipts, ...rest })
  expect((await act('accept')).status).toBe(200)
  expect((await act('done')).status).toBe(409)
  const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#1a6' } })
    .png()
    .toBuffer()
  const photo = await fetch(`${server.url}/api/v1/notices/${id}/receipts/${receipts[0]}/photos`, {
    method: 'POST',
    headers: { cookie: cookies['yuzhong-keeper'] ?? '', 'content-type': 'image/png' },
    body: new Uint8Array(png),
  })
  expect(photo.status).toBe(200)
  const done = { key: key(), act: 'done', receipts, note: '两桶水' }
  await ask('yuzhong-keeper', `POST /notices/${id}/acts`, done)
  const { steps } = await detail('city', id)
  expect((await ask('yuzhong-keeper', `POST /notices/${id}/acts`, done)).status).toBe(200)
  const seen = await detail('city', id)
  expect(seen.steps).toEqual(steps)
  expect(seen.receipts[0]).toMatchObject({ state: 'done', note: '两桶水', by: 'yuzhong-keeper' })
  expect(seen.counts.done).toBe(1)
  expect(Object.values(seen.counts).reduce((sum, count) => sum + count, 0)).toBe(seen.addressees)
  const table = String((await ask('city', `GET /notice-receipts.csv?notice=${id}&language=en`)).body)
  expect(table.split('\n').filter(line => line.includes('yuzhong-1,Done,')).length).toBe(1)
  expect(table.split('\n').find(line => line.includes('yuzhong-1'))).toContain('两桶水,1,')
  expect(String((await ask('city', 'GET /notices.csv?language=en')).body)).toMatch(/Issued by[^]*,In force,\d+,/)
  const address = seen.receipts[0]?.photos[0] ?? ''
  expect((await fetch(server.url + address, { headers: { cookie: cookies['city'] ?? '' } })).status).toBe(200)
  expect((await fetch(server.url + address, { headers: { cookie: cookies['yubei-manager'] ?? '' } })).status).toBe(404)
})

test('nobody answers for another’s receipt, and declining takes a reason', async () => {
  const { id, receipts } = await issue('city')
  const all = receipts.map(({ n }) => n)
  const act = (login: string, body: object) => ask(login, `POST /notices/${id}/acts`, { key: key(), ...body })
  expect((await act('yuzhong-keeper', { act: 'done', receipts: all })).status).toBe(404)
  expect((await act('yuzhong-manager', { act: 'done', receipts: [1] })).status).toBe(404)
  expect((await act('yuzhong-keeper', { act: 'decline', receipts: [1] })).status).toBe(400)
  expect((await act('yuzhong-keeper', { act: 'decline', receipts: [1], note: '停水' })).status).toBe(200)
  expect((await detail('city', id)).receipts[0]).toMatchObject({ state: 'declined', note: '停水' })
})

test('whoever cannot be reached is failed with the reason, and counts as delivered once a display shows it', async () => {
  const { id } = await issue('city')
  const { receipts } = await settled(id)
  expect(receipts.map(({ state, note }) => [state, note])).toEqual([
    ['failed', 'no_way'],
    ['failed', 'no_way'],
  ])
  const { url } = (await ask('yuzhong-keeper', 'GET /stations/yuzhong-1/display')).body as { url: string }
  const { pathname, searchParams } = new URL(url)
  const at = (secret: string) =>
    server.request('GET', `/api/v1${pathname.replace('/display/', '/displays/')}?key=${secret}`)
  expect((await at('wrong')).status).toBe(404)
  expect((await at(searchParams.get('key') ?? '')).body).toMatchObject({
    notices: [{ id }],
    station: { id: 'yuzhong-1' },
  })
  expect((await detail('city', id)).receipts[0]).toMatchObject({ state: 'delivered', note: 'display' })
  expect((await ask('yubei-keeper', 'GET /stations/yuzhong-1/display')).status).toBe(404)
})

test('longer hours are in force at once, and end when the order is withdrawn; the order stays to be read', async () => {
  const opens = async () => ((await server.request('GET', '/api/v1/stations/yuzhong-1')).body as StationDetail).opening
  const shown = async () => ((await server.request('GET', '/api/v1/stations/yuzhong-1')).body as StationDetail).notices
  expect((await opens()).changesAt).toBe('2026-08-02T10:00:00.000Z')
  const hours = { openFrom: '06:00', openUntil: '22:00', from: '2026-08-02', to: '2026-08-03' }
  const { id } = await issue('city', { hours })
  await vi.waitFor(
    async () => expect(await opens()).toMatchObject({ changesAt: '2026-08-02T14:00:00.000Z', special: 'heat' }),
    15_000,
  )
  expect((await shown())?.map(one => one.id)).toEqual([id])
  expect((await server.request('GET', '/list/500103?lang=en')).body).toContain('Red heat warning')
  expect((await ask('yuzhong-manager', `POST /notices/${id}/withdraw`, { reason: 'x' })).status).toBe(404)
  const ended = await ask('city', `POST /notices/${id}/withdraw`, { reason: '预警解除' })
  expect(await shown()).toBeUndefined()
  expect(ended.body).toMatchObject({ state: 'withdrawn', textZh: '开放至 22:00，备足饮水。' })
  await vi.waitFor(async () => expect((await opens()).changesAt).toBe('2026-08-02T10:00:00.000Z'), 15_000)
  expect(
    (await ask('yuzhong-keeper', `POST /notices/${id}/acts`, { key: key(), act: 'done', receipts: [1] })).status,
  ).toBe(409)
})

test('what was not read is told again once, what was not done goes up once, also over a restart', async () => {
  const { id } = await issue('city', { deadline: new Date(NOON + 3_600_000).toISOString() })
  await settled(id)
  const count = async (what: string) => (await detail('city', id)).steps.filter(step => step.what === what).length
  expect(await count('remind')).toBe(0)
  nowMs = NOON + 16 * 60_000
  await server.stop()
  const { dataDir } = server
  await start(dataDir)
  await vi.waitFor(async () => expect(await count('remind')).toBe(2), 15_000)
  nowMs = NOON + 3_600_001
  await server.stop()
  await start(dataDir)
  await vi.waitFor(async () => expect(await count('escalate')).toBe(2), 15_000)
  await server.stop()
  await start(dataDir)
  await ask('yuzhong-keeper', 'GET /notices')
  expect([await count('remind'), await count('escalate')]).toEqual([2, 2])
  expect((await detail('city', id)).escalated).toBe(2)
})

test('Node-RED hears of an order through the broker, once for each district', async () => {
  const { id } = await issue('city', { to: { wholeCity: true }, expected: 4 })
  await vi.waitFor(() => {
    const events = server.bus.published.filter(({ topic }) => topic.endsWith('/event/notice-issued'))
    expect(events.map(({ topic }) => topic).sort()).toEqual([
      topics.event('500103', 'notice-issued'),
      topics.event('500112', 'notice-issued'),
    ])
    const payload = events[0]?.payload ?? new Uint8Array()
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({
      subject: id,
      data: { stations: expect.any(Array) },
    })
  }, 15_000)
})

test('heat from the weather topic to longer hours, and back when the warning is lifted', async () => {
  const weather = (rest: object) =>
    server.bus.receive(topics.weather('500103'), new TextEncoder().encode(JSON.stringify({ outdoorC: 38.5, ...rest })))
  const at = (ms: number) => new Date(ms).toISOString()
  const warning = { signal: 'red', kind: 'heat', from: at(NOON), to: at(NOON + 9 * 3_600_000), source: '重庆市气象台' }
  await weather({ at: at(NOON), maxTodayC: 41, warning })
  const path = '/heat/proposal?district=500103'
  expect((await ask('yubei-manager', `GET ${path}`)).status).toBe(404)
  const proposal = (await ask('yuzhong-manager', `GET ${path}`)).body as HeatProposal
  expect(proposal).toMatchObject({ signal: 'red', openUntil: '22:00', maxTodayC: 41 })
  expect(proposal.candidates[0]).toMatchObject({ station: 'yuzhong-1', isProposed: true, closesAtMin: 1_080 })
  const { openFrom, openUntil, from, to } = proposal
  const { id } = await issue('yuzhong-manager', {
    to: { stations: ['yuzhong-1'] },
    expected: 1,
    hours: { openFrom, openUntil, from, to },
    untilHeatEndsIn: '500103',
  })
  const opens = async () => ((await server.request('GET', '/api/v1/stations/yuzhong-1')).body as StationDetail).opening
  await vi.waitFor(async () => expect((await opens()).changesAt).toBe('2026-08-02T14:00:00.000Z'), 15_000)
  await weather({ at: at(NOON + 1_000) })
  await vi.waitFor(async () => expect((await opens()).changesAt).toBe('2026-08-02T10:00:00.000Z'), 15_000)
  expect((await detail('yuzhong-manager', id)).state).toBe('ended')
})

test('weather is typed in by whoever governs the district, and its day’s highest and lowest are kept', async () => {
  const type = (login: string, outdoorC: number) => ask(login, 'POST /weather', { district: '500103', outdoorC })
  expect((await type('yubei-manager', 30)).status).toBe(404)
  for (const degrees of [30, 38, 27]) {
    nowMs += 1_000
    expect((await type('yuzhong-manager', degrees)).status).toBe(200)
  }
  const db = await openTestRegistry(server.dataDir)
  try {
    expect(await db.selectFrom('weather_day').selectAll().execute()).toEqual([
      { district: '500103', date: '2026-08-02', max_c: 38, min_c: 27 },
    ])
  } finally {
    await db.destroy()
  }
})
