import type { ImportResult, StockHistory, StockItem, StockList } from '@harbor/protocol'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PASSWORD, type RunningServer, startServer } from './running-server.ts'

const CSV = 'text/csv'
const KEEPER = { login: 'keeper', name: '站长', role: 'keeper', districts: ['500103'], password: PASSWORD }
const KEY = 'cd'.repeat(16)

let server: RunningServer
let cookie: string
beforeEach(async () => {
  server = await startServer({ logins: [KEEPER] })
  cookie = await server.signIn('keeper')
})
afterEach(() => server[Symbol.asyncDispose]())

const take = async (table: string, dry = false) =>
  (
    await server.request('POST', `/api/v1/stock/import?dry=${dry}`, {
      cookie,
      headers: { 'content-type': CSV },
      body: table,
    })
  ).body as ImportResult
const list = async () => ((await server.request('GET', '/api/v1/stock', { cookie })).body as StockList).items

const TABLE = `站点编号,类别,物资,单位,批号,数量,有效期至,少于多少提醒
yuzhong-1,药箱,创可贴,片,A-1,60,2027/6/30,20
yuzhong-1,,创可贴,片,A-2,"1,000",,
yuzhong-1,饮用水,瓶装水,瓶,,48,2027-01-31,
`

test('a table is tried first, taken over whole, and the same again changes nothing', async () => {
  expect(await take(TABLE, true)).toMatchObject({ isDone: false, rows: 3, created: 3, problemCount: 0 })
  expect(await list()).toEqual([])
  expect(await take(TABLE)).toMatchObject({ isDone: true, created: 3, changed: 0 })
  const items = await list()
  expect(items.map(({ name, usable, low }) => [name, usable, low])).toEqual([
    ['创可贴', 1_060, 20],
    ['瓶装水', 48, undefined],
  ])
  expect(await take(TABLE)).toMatchObject({ created: 0, changed: 0, unchanged: 3 })
})

test('what is taken away comes back as it was, and a number that was edited in it is a count in the history', async () => {
  await take(TABLE)
  for (const language of ['zh', 'en']) {
    const away = (await server.request('GET', `/api/v1/stock.csv?language=${language}`, { cookie })).body
    expect(await take(String(away))).toMatchObject({ created: 0, changed: 0, unchanged: 3, problemCount: 0 })
  }
  const away = String((await server.request('GET', '/api/v1/stock.csv', { cookie })).body)
  expect(await take(away.replace('A-1,60', 'A-1,55'))).toMatchObject({ changed: 1, unchanged: 2 })
  const [item] = await list()
  const { changes } = (await server.request('GET', `/api/v1/stock/${item?.id ?? ''}/history`, { cookie }))
    .body as StockHistory
  expect(changes[0]).toMatchObject({ act: 'counted', before: 60, after: 55, by: '站长' })
})

test.each([
  ['a station of others', 'yubei-1,药箱,x,片,,1,,', 'other_district'],
  ['a station that is none', 'nowhere,药箱,x,片,,1,,', 'unknown_station'],
  ['a new item without its kind', 'yuzhong-1,,x,片,,1,,', 'required'],
  ['a number that is none', 'yuzhong-1,药箱,x,片,,many,,', 'bad_number'],
  ['a date that is none', 'yuzhong-1,药箱,x,片,,1,2027-02-30,', 'bad_date'],
  ['another unit', 'yuzhong-1,,创可贴,盒,A-9,1,,', 'unit_differs'],
  ['a batch that is there twice', 'yuzhong-1,,创可贴,片,A-1,7,2027-06-30,', 'repeated_batch'],
])('of a table with %s nothing is taken over, and the row is named', async (...[, row, reason]) => {
  const result = await take(`${TABLE}${row}\n`)
  expect(result).toMatchObject({ isDone: false, created: 0, problems: [{ row: 5, reason }] })
  expect(await list()).toEqual([])
})

test('a picture of what was counted stands in the history, for those who may see the station, once', async () => {
  await take(TABLE)
  const [item] = await list()
  const batch = item?.batches[0]?.id ?? ''
  const check = { key: KEY, filledAt: new Date().toISOString(), counts: [{ batch, quantity: 3 }] }
  await server.request('POST', '/api/v1/stations/yuzhong-1/stock-checks', { cookie, body: check })
  const path = `/api/v1/stock-checks/${KEY}/photos`
  const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#1a6' } })
    .png()
    .toBuffer()
  const send = (at: string, by = cookie) =>
    fetch(`${server.url}${path}/${at}`, {
      method: 'PUT',
      headers: { cookie: by, 'content-type': 'image/png' },
      body: new Uint8Array(png),
    })
  for (let n = 0; n < 2; n += 1) expect((await send(`${batch}/1`)).status).toBe(204)
  // The other item was not counted.
  const [, water] = (await list()) as [StockItem, StockItem]
  expect((await send(`${water.batches[0]?.id ?? ''}/1`)).status).toBe(404)
  const history = await server.request('GET', `/api/v1/stock/${item?.id ?? ''}/history`, { cookie })
  const [counted] = (history.body as StockHistory).changes
  expect(counted?.photos.length).toBe(1)
  const read = async (by: string) =>
    (await fetch(server.url + (counted?.photos[0] ?? ''), { headers: { cookie: by } })).status
  expect(await read(cookie)).toBe(200)
  expect(await read(await server.signIn('yubei'))).toBe(404)
  expect((await send(`${batch}/2`, await server.signIn('yuzhong'))).status).toBe(403)
})
