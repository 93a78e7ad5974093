import type { ApiError, AssetDetail, AssetEdit, AssetList, ImportResult, WorkOrderDetail } from '@harbor/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { twoDistrictFleet } from './fleet-fixture.ts'
import { type Answer, PASSWORD, type RunningServer, startServer } from './running-server.ts'

const EXTRA = [{ login: 'boss', name: 'Boss', role: 'manager', districts: ['500103'], password: PASSWORD }]

let server: RunningServer
const cookies: Record<string, string> = {}

beforeAll(async () => {
  server = await startServer({ logins: EXTRA, env: { PUBLIC_URL: 'https://harbor.example' } })
  for (const login of ['admin', 'yuzhong', 'yubei', 'boss']) cookies[login] = await server.signIn(login)
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
const assetOf = async (tag: string, login = 'admin') => (await ask(login, `GET assets/${tag}`)).body as AssetDetail
const editOf = (asset: AssetDetail, change: Partial<AssetEdit>): AssetEdit => ({
  revision: asset.revision,
  assetTag: asset.assetTag,
  station: asset.station,
  ...(asset.model !== undefined && { model: asset.model }),
  ...change,
})
const importCsv = async (login: string, text: string, dry: boolean) => {
  const response = await fetch(`${server.url}/api/v1/assets/import?dry=${dry}`, {
    method: 'POST',
    headers: { cookie: cookies[login] ?? '', 'content-type': 'text/csv' },
    body: text,
  })
  return { status: response.status, result: (await response.json()) as ImportResult }
}

describe('the register', () => {
  test('knows every appliance of the fleet, each with a tag', async () => {
    const { assets, total } = (await ask('admin', 'GET assets')).body as AssetList
    expect(total).toBe(3)
    expect(assets.map(({ id, assetTag }) => [id, /^(A-1|H[0-9A-Z]{8})$/.test(assetTag)])).toEqual([
      ['yubei-1-fridge', true],
      ['yuzhong-1-fridge', true],
      ['yuzhong-1-microwave', true],
    ])
  })

  test('shows nobody what is not in their districts, and is like nothing to them', async () => {
    const { assets } = (await ask('yubei', 'GET assets?service=all')).body as AssetList
    expect(assets.map(({ id }) => id)).toEqual(['yubei-1-fridge'])
    const foreign = await ask('yubei', 'GET assets/A-1')
    const missing = await ask('yubei', 'GET assets/A-2')
    expect([foreign.status, missing.status]).toEqual([404, 404])
    expect((foreign.body as ApiError).error.message.replace('A-1', 'A-2')).toBe(
      (missing.body as ApiError).error.message,
    )
    expect((await server.request('GET', '/api/v1/assets')).status).toBe(401)
  })

  test('is searched and narrowed, a page at a time', async () => {
    const ids = async (query: string) =>
      ((await ask('admin', `GET assets?${query}`)).body as AssetList).assets.map(({ id }) => id)
    expect(await ids('q=a-1')).toEqual(['yuzhong-1-fridge'])
    expect(await ids('q=%25')).toEqual([])
    expect(await ids(`q=${encodeURIComponent('渝北')}`)).toEqual(['yubei-1-fridge'])
    expect(await ids('kind=microwave&station=yuzhong-1')).toEqual(['yuzhong-1-microwave'])
    expect(await ids('district=500112')).toEqual(['yubei-1-fridge'])
    const first = (await ask('admin', 'GET assets?limit=2')).body as AssetList
    expect([first.assets.length, first.total, await ids(`limit=2&after=${first.next ?? ''}`)]).toEqual([
      2,
      3,
      ['yuzhong-1-microwave'],
    ])
  })
})

describe('an edit', () => {
  test('is written down field by field: who, when, before and after', async () => {
    const asset = await assetOf('yuzhong-1-microwave')
    const edit = editOf(asset, { maker: '美的', installedOn: '2024-05-01', priceFen: 39_900 })
    const after = (await ask('boss', 'PUT assets/yuzhong-1-microwave', edit)).body as AssetDetail
    expect(after).toMatchObject({ maker: '美的', installedOn: '2024-05-01', priceFen: 39_900, warranty: 'unknown' })
    expect(
      after.history.slice(-3).map(({ field, before, after: now, actorName }) => [field, before, now, actorName]),
    ).toEqual([
      ['maker', undefined, '美的', 'Boss'],
      ['installedOn', undefined, '2024-05-01', 'Boss'],
      ['priceFen', undefined, '39900', 'Boss'],
    ])
    const late = await ask('yuzhong', 'PUT assets/yuzhong-1-microwave', edit)
    expect([late.status, (late.body as ApiError).error.message]).toEqual([
      409,
      expect.stringMatching(/^Boss was faster/),
    ])
  })

  test('of the tag makes the code on the appliance lead to it at once; a tag of another is refused', async () => {
    const asset = await assetOf('yuzhong-1-microwave')
    expect((await ask('boss', `PUT assets/${asset.assetTag}`, editOf(asset, { assetTag: 'A-1' }))).status).toBe(409)
    expect(
      (await ask('boss', `PUT assets/${asset.assetTag}`, editOf(asset, { assetTag: 'yubei-1-fridge' }))).status,
    ).toBe(409)
    await ask('boss', `PUT assets/${asset.assetTag}`, editOf(asset, { assetTag: 'OVEN 7' }))
    expect((await server.request('GET', '/api/v1/appliances/OVEN%207')).body).toMatchObject({ id: asset.id })
    expect((await server.request('GET', `/api/v1/appliances/${asset.assetTag}`)).status).toBe(404)
  })

  test('that moves an appliance shows it in its new station, and its history has both; another district is out of reach', async () => {
    const asset = await assetOf('A-1')
    expect((await ask('boss', 'PUT assets/A-1', editOf(asset, { station: 'yubei-1' }))).status).toBe(400)
    const moved = (await ask('admin', 'PUT assets/A-1', editOf(asset, { station: 'yubei-1' }))).body as AssetDetail
    expect(moved.history.at(-1)).toMatchObject({ field: 'station', before: 'yuzhong-1', after: 'yubei-1' })
    const kindsAt = async (station: string) =>
      ((await server.request('GET', `/api/v1/stations/${station}`)).body as { appliances: unknown[] }).appliances.length
    expect([await kindsAt('yuzhong-1'), await kindsAt('yubei-1')]).toEqual([1, 2])
    await ask('admin', 'PUT assets/A-1', editOf(moved, { station: 'yuzhong-1' }))
    expect([await kindsAt('yuzhong-1'), await kindsAt('yubei-1')]).toEqual([2, 1])
  })

  test('that retires an appliance takes it from visitors, and keeps its life', async () => {
    const asset = await assetOf('yubei-1-fridge')
    const gone = (await ask('yubei', 'PUT assets/yubei-1-fridge', editOf(asset, { retiredOn: '2026-01-31' }))).body
    expect(gone).toMatchObject({ retiredOn: '2026-01-31' })
    const { body } = await server.request('GET', '/api/v1/stations/yubei-1')
    expect((body as { appliances: unknown[] }).appliances).toEqual([])
    expect(((await ask('yubei', 'GET assets')).body as AssetList).total).toBe(0)
    expect(((await ask('yubei', 'GET assets?service=retired')).body as AssetList).total).toBe(1)
    await ask('yubei', 'PUT assets/yubei-1-fridge', editOf(gone as AssetDetail, {}))
  })

  test.each([{ warrantyUntil: '2026-02-30' }, { priceFen: -1 }, { maker: 'a\nb' }, { maker: '' }, { costFen: 1 }])(
    '%j is refused',
    async change => {
      const asset = await assetOf('A-1')
      expect((await ask('boss', 'PUT assets/A-1', editOf(asset, change as Partial<AssetEdit>))).status).toBe(400)
    },
  )
})

test('repairs, parts, cost and energy are read from what happened', async () => {
  const id = 'yuzhong-1-fridge'
  const order = (
    await ask('boss', 'POST work-orders', { station: 'yuzhong-1', appliance: id, severity: 'P3', title: '异响' })
  ).body as WorkOrderDetail
  const { revision } = (await ask('boss', `GET work-orders/${order.id}`)).body as WorkOrderDetail
  expect((await ask('yuzhong', `POST work-orders/${order.id}/acts`, { act: 'accept', revision })).status).toBe(200)
  for (const [name, quantity, unitCostFen] of [
    ['压缩机', 1, 20_000],
    ['螺丝', 4, 50],
    ['螺丝', -1, 50],
  ] as const)
    await ask('boss', `POST work-orders/${order.id}/acts`, {
      act: 'part',
      revision: 1,
      part: { name, quantity, unitCostFen },
    })
  const now = Date.now()
  await server.receive(
    // 5 Wh, then the meter begins again, and 2 Wh more.
    [100, 105, 0, 2].map((value, index) => ({
      device: 'yuzhong-fridge-temp',
      metric: 'energy' as const,
      timeMs: now - (5 - index) * 3_600_000,
      value,
    })),
  )
  // 20,000 + 4 x 50 - 1 x 50 = 20,150.
  await expect
    .poll(() => assetOf(id))
    .toMatchObject({
      costFen: 20_150,
      repairCount: 1,
      repairs: [{ id: order.id, costFen: 20_150, source: 'person' }],
      energy: { kWh: 0.007 },
    })
  expect((await assetOf(id)).parts).toHaveLength(3)
})

describe('an import', () => {
  const HEAD = '设备编号,站点编号,类别,厂家,保修至'

  test('with a bad row names it and does nothing; mended, it is all taken; again, it changes nothing', async () => {
    const good = 'yuzhong-1-fridge,,,海尔,2027-01-01'
    const bad = `${HEAD}\n${good}\nnew-1,yuzhong-1,空调,格力,2027-13-01\nnew-2,yubei-1,空调,,\n,nowhere,冰箱,,\n`
    for (const dry of [true, false]) {
      const { result } = await importCsv('boss', bad, dry)
      expect(result).toMatchObject({ isDone: false, rows: 4, created: 0, changed: 0, problemCount: 3 })
      expect(result.problems).toEqual([
        { row: 3, column: '保修至', reason: 'bad_date', given: '2027-13-01' },
        { row: 4, column: '站点编号', reason: 'other_district', given: 'yubei-1' },
        { row: 5, column: '站点编号', reason: 'unknown_station', given: 'nowhere' },
      ])
    }
    expect((await assetOf('yuzhong-1-fridge')).maker).toBeUndefined()
    const mended = `${HEAD}\n${good}\nnew-1,yuzhong-1,空调,格力,2027-12-01\n,yuzhong-1,空调,,\n`
    const { result: dry } = await importCsv('boss', mended, true)
    expect(dry).toMatchObject({ isDone: false, created: 2, changed: 1, problemCount: 0 })
    expect((await ask('boss', 'GET assets/new-1')).status).toBe(404)
    expect((await importCsv('boss', mended, false)).result).toMatchObject({ isDone: true, created: 2, changed: 1 })
    expect(await assetOf('new-1')).toMatchObject({
      kind: 'air_conditioner',
      maker: '格力',
      warrantyUntil: '2027-12-01',
    })
    expect((await assetOf('yuzhong-1-ac')).assetTag).toMatch(/^H[0-9A-Z]{8}$/)
    const { body: station } = await server.request('GET', '/api/v1/stations/yuzhong-1')
    expect((station as { appliances: { id: string }[] }).appliances.map(({ id }) => id)).toContain('new-1')
    const { body: exported } = await ask('boss', 'GET assets/export.csv')
    expect((await importCsv('boss', exported as string, false)).result).toMatchObject({
      isDone: true,
      created: 0,
      changed: 0,
      unchanged: 4,
    })
  })

  test.each([
    ['设备编号,资产标签,站点编号,类别\na,T,yuzhong-1,冰箱\nb,T,yuzhong-1,冰箱', [3, 'repeated_tag']],
    ['设备编号,资产标签,站点编号,类别\na,A-1,yuzhong-1,冰箱', [2, 'tag_taken']],
    ['设备编号,站点编号,类别\na,yuzhong-1,冰箱\na,yuzhong-1,冰箱', [3, 'repeated_id']],
    ['设备编号,类别\nyuzhong-1-fridge,微波炉', [2, 'kind_differs']],
    ['设备编号,类别\na,微波炉', [2, 'required']],
    ['设备编号,安装日期,保修至\nyuzhong-1-fridge,2025-01-01,2024-01-01', [2, 'warranty_before_installed']],
    ['设备编号,厂家\nyubei-1-fridge,x', [2, 'other_district']],
  ] as const)('%j is refused for %j', async (...[text, [row, reason]]) => {
    const { result } = await importCsv('boss', text, false)
    expect(result).toMatchObject({
      isDone: false,
      problems: expect.arrayContaining([expect.objectContaining({ row, reason })]),
    })
  })

  test('is for those who look after the register alone, and takes no endless file', async () => {
    expect((await importCsv('yuzhong', HEAD, true)).status).toBe(403)
    expect((await importCsv('boss', 'x'.repeat(5 * 2 ** 20), true)).status).toBe(413)
  })
})

describe('labels', () => {
  test('are a PDF for those appliances that the filters leave, and of one’s own districts alone', async () => {
    const { status, headers, body } = await ask('boss', 'GET assets/labels.pdf?kind=fridge&sheet=3x7')
    expect([status, headers.get('content-type')]).toEqual([200, 'application/pdf'])
    expect(headers.get('content-disposition')).toContain('labels.pdf')
    expect((body as string).startsWith('%PDF-')).toBe(true)
    expect((await ask('yubei', 'GET assets/labels.pdf?appliances=yuzhong-1-fridge')).status).toBe(404)
  })

  test('of doors are for staff of the district', async () => {
    expect((await ask('boss', 'GET door-codes.pdf?stations=yuzhong-1')).headers.get('content-type')).toBe(
      'application/pdf',
    )
    expect((await ask('yubei', 'GET door-codes.pdf?stations=yuzhong-1')).status).toBe(404)
  })
})

test('tags stay over a restart, and what the fleet’s own document moved is in the history', async () => {
  const first = await startServer()
  const read = async (from: RunningServer, path: string) =>
    (await from.request('GET', `/api/v1/${path}`, { cookie: await from.signIn('admin') })).body
  const { assets } = (await read(first, 'assets')) as AssetList
  await first.stop()
  const fleet = twoDistrictFleet()
  for (const appliance of fleet.appliances) if (appliance.id === 'yuzhong-1-microwave') appliance.station = 'yubei-1'
  await using second = await startServer({ dataDir: first.dataDir, fleet })
  const tagsOf = (all: AssetList['assets']) => all.map(({ id, assetTag }) => [id, assetTag])
  expect(tagsOf(((await read(second, 'assets')) as AssetList).assets)).toEqual(tagsOf(assets))
  expect(await read(second, 'assets/yuzhong-1-microwave')).toMatchObject({
    station: 'yubei-1',
    history: [{ by: 'system', field: 'station', before: 'yuzhong-1', after: 'yubei-1' }],
  })
})
