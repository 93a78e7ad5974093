import type { AlertDetail, AlertList, AlertView, LifeCycle, Maintenance, RuleList } from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, PASSWORD, type RunningServer, startServer } from './running-server.ts'
import { dataDirWithAlerts } from './seeded-alerts.ts'

let server: RunningServer
let yuzhong: AlertView
let yubei: AlertView
let cookies: Record<string, string>

const EXTRA = [
  { login: 'keeper', name: '站长', role: 'keeper', districts: ['500103'] },
  { login: 'boss', name: 'Boss', role: 'manager', districts: ['500103'] },
].map(person => ({ ...person, password: PASSWORD }))

beforeAll(async () => {
  const seeded = await dataDirWithAlerts()
  ;({ yuzhong, yubei } = seeded)
  server = await startServer({ dataDir: seeded.dataDir, logins: EXTRA })
  cookies = {}
  for (const login of ['admin', 'yuzhong', 'yubei', 'keeper', 'boss']) cookies[login] = await server.signIn(login)
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const ask = (login: string, call: string, body?: unknown): Promise<Answer> => {
  const [method = '', path = ''] = call.split(' ')
  return server.request(method, `/api/v1/${path}`, {
    cookie: cookies[login] ?? '',
    ...(body === undefined ? {} : { body }),
  })
}
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()
const silence = () => ({ until: inAnHour(), reason: '配件已订' })

describe('rules', () => {
  test('every rule is told in both languages, with what to check first; also those of causes', async () => {
    const { rules } = (await ask('keeper', 'GET rules')).body as RuleList
    expect(rules.find(({ id }) => id === 'fridge_too_warm')).toMatchObject({
      scope: 'appliance',
      applianceKind: 'fridge',
      severity: 'P1',
      nameZh: '冰箱温度过高',
      nameEn: 'Fridge too warm',
    })
    for (const id of ['station_mains_failure', 'gateway_offline', 'device_offline', 'devices_offline'])
      expect(rules.map(rule => rule.id)).toContain(id)
    for (const { checkFirst } of rules) expect(checkFirst.length).toBeGreaterThan(0)
    expect((await server.request('GET', '/api/v1/rules')).status).toBe(401)
  })
})

describe('one alert', () => {
  test('has its history, with who did what, why and until when', async () => {
    await ask('yuzhong', `POST alerts/${yuzhong.id}/acknowledge`, {})
    const silenced = await ask('yuzhong', `POST alerts/${yuzhong.id}/silence`, silence())
    expect(silenced.body).toMatchObject({ silence: { by: '渝中维修', reason: '配件已订', isFlapping: false } })
    const { body } = await ask('boss', `GET alerts/${yuzhong.id}`)
    expect((body as AlertDetail).history).toMatchObject([
      { seq: 1, change: 'raised', severity: 'P2' },
      { seq: 2, change: 'acknowledged', by: '渝中维修' },
      { seq: 3, change: 'silenced', by: '渝中维修', reason: '配件已订' },
    ])
    const loud = await ask('yuzhong', `DELETE alerts/${yuzhong.id}/silence`)
    expect((loud.body as AlertView).silence).toBeUndefined()
  })

  test.each([
    ['GET alerts/ID', undefined],
    ['POST alerts/ID/acknowledge', {}],
    ['POST alerts/ID/silence', { until: '2099-01-01T00:00:00Z', reason: 'x' }],
    ['DELETE alerts/ID/silence', undefined],
  ])('%s of another district is answered like one that does not exist', async (call, body) => {
    const foreign = await ask('yuzhong', call.replace('ID', yubei.id), body)
    const missing = await ask('yuzhong', call.replace('ID', 'none'), body)
    expect([foreign.status, missing.status]).toEqual([404, 404])
    expect(JSON.stringify(foreign.body).replace(yubei.id, 'none')).toBe(JSON.stringify(missing.body))
  })

  test('a keeper may acknowledge, not silence', async () => {
    expect((await ask('keeper', `POST alerts/${yuzhong.id}/silence`, silence())).status).toBe(403)
    expect((await ask('keeper', `DELETE alerts/${yuzhong.id}/silence`)).status).toBe(403)
  })

  test.each([
    ['no reason', { until: '2099-01-01T00:00:00Z' }],
    ['a blank reason', { until: '2099-01-01T00:00:00Z', reason: '  ' }],
    ['no time', { reason: 'x' }],
    ['a time that is none', { until: 'tomorrow', reason: 'x' }],
    ['a time long ago', { until: '2020-01-01T00:00:00Z', reason: 'x' }],
  ])('a silence with %s is refused', async (_what, body) => {
    expect((await ask('yuzhong', `POST alerts/${yuzhong.id}/silence`, body)).status).toBe(400)
  })
})

describe('the list', () => {
  test('comes in pages that hold each alert once, and by what was asked for', async () => {
    const ids: string[] = []
    let after = ''
    for (let pages = 0; pages < 3; pages += 1) {
      const { body } = await ask('admin', `GET alerts?state=all&limit=1${after}`)
      const { alerts, next } = body as AlertList
      ids.push(...alerts.map(({ id }) => id))
      if (next === undefined) break
      after = `&after=${encodeURIComponent(next)}`
    }
    expect(ids.sort()).toEqual([yuzhong.id, yubei.id].sort())
    const count = async (query: string) => ((await ask('admin', `GET alerts?${query}`)).body as AlertList).alerts.length
    expect(await count('severity=P0,P1')).toBe(0)
    expect(await count('severity=P1,P2&kind=fridge')).toBe(2)
    expect(await count('station=yubei-1')).toBe(1)
    expect(await count('state=suppressed')).toBe(0)
  })

  test.each(['limit=0', 'limit=1001', 'severity=P9', 'state=mine', 'after=nonsense', 'kind=boat'])(
    '%s is refused',
    async query => {
      expect((await ask('admin', `GET alerts?${query}`)).status).toBe(400)
    },
  )
})

describe('maintenance', () => {
  const window = (change = {}) => ({
    station: 'yuzhong-1',
    appliance: 'yuzhong-1-microwave',
    from: new Date().toISOString(),
    to: inAnHour(),
    reason: '换磁控管',
    ...change,
  })

  test('is opened, changed, listed and ended by those who may, in their districts', async () => {
    const opened = await ask('yuzhong', 'POST maintenance', window())
    expect(opened.body).toMatchObject({ createdBy: '渝中维修', appliance: 'yuzhong-1-microwave' })
    const { id } = opened.body as Maintenance
    expect((await ask('yuzhong', `PATCH maintenance/${id}`, { reason: '等配件' })).body).toMatchObject({
      reason: '等配件',
    })
    const listed = async (login: string) =>
      ((await ask(login, 'GET maintenance')).body as { windows: Maintenance[] }).windows.map(one => one.id)
    expect(await listed('keeper')).toEqual([id])
    expect(await listed('yubei')).toEqual([])
    expect((await ask('yubei', `DELETE maintenance/${id}`)).status).toBe(404)
    expect((await ask('keeper', `DELETE maintenance/${id}`)).status).toBe(403)
    expect((await ask('boss', `DELETE maintenance/${id}`)).body).toMatchObject({ endedBy: 'Boss' })
    expect(await listed('yuzhong')).toEqual([])
  })

  test('of another district, or by a keeper, is refused', async () => {
    expect((await ask('yubei', 'POST maintenance', window())).status).toBe(404)
    expect((await ask('keeper', 'POST maintenance', window())).status).toBe(403)
    expect((await ask('yuzhong', 'POST maintenance', window({ appliance: 'yubei-1-fridge' }))).status).toBe(400)
  })
})

test('a station is closed and opened by a manager of its district alone', async () => {
  const call = 'POST stations/yuzhong-1/life-cycle'
  const closed = { state: 'suspended', reason: '装修' }
  expect((await ask('yuzhong', call, closed)).status).toBe(403)
  expect((await ask('boss', 'POST stations/yubei-1/life-cycle', closed)).status).toBe(404)
  expect((await ask('boss', call, closed)).body).toMatchObject({ state: 'suspended', by: 'Boss', reason: '装修' })
  const opening = async () =>
    ((await ask('yuzhong', 'GET stations/yuzhong-1')).body as { opening: { state: string } }).opening.state
  await vi.waitFor(async () => expect(await opening()).toBe('closed'))
  const standing = ((await ask('yuzhong', 'GET alerts?state=suppressed')).body as AlertList).alerts
  expect(standing.map(alert => alert.suppression?.cause)).toEqual(['station_closed'])
  const opened = await ask('boss', call, { state: 'open', reason: '完工' })
  expect((opened.body as LifeCycle).state).toBe('open')
  expect(await opening()).toBe('open')
  expect(((await ask('yuzhong', 'GET alerts')).body as AlertList).alerts).toHaveLength(1)
})
