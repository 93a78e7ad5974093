import type { StockHistory, StockItem, StockList } from '@harbor/protocol'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Answer, PASSWORD, type RunningServer, startServer } from './running-server.ts'

/** 23 November 2026, 08:00 in Chongqing. */
const START_MS = Date.parse('2026-11-23T00:00:00Z')
const DAY_MS = 24 * 3_600_000
const EXTRA = [
  { login: 'keeper', name: '站长', role: 'keeper', districts: ['500103'] },
  { login: 'foreign', name: '渝北站长', role: 'keeper', districts: ['500112'] },
].map(person => ({ ...person, password: PASSWORD }))
const KEY = 'ab'.repeat(16)

let nowMs = START_MS
let server: RunningServer
let cookies: Record<string, string> = {}

async function start(dataDir?: string): Promise<void> {
  server = await startServer({ logins: EXTRA, nowMs: () => nowMs, ...(dataDir !== undefined && { dataDir }) })
  cookies = { keeper: await server.signIn('keeper'), foreign: await server.signIn('foreign') }
}
beforeEach(async () => {
  nowMs = START_MS
  await start()
})
afterEach(() => server[Symbol.asyncDispose]())

const ask = (login: string, call: string, body?: unknown): Promise<Answer> => {
  const [method = '', path = ''] = call.split(' ')
  const sent = body === undefined ? {} : { body }
  return server.request(method, `/api/v1/${path}`, { cookie: cookies[login] ?? '', ...sent })
}
async function drops(expiresOn: string, quantity = 10): Promise<StockItem> {
  const made = await ask('keeper', 'POST stations/yuzhong-1/stock', {
    kind: 'heat_medicine',
    name: '藿香正气水',
    unit: '支',
    low: 8,
  })
  const { id } = made.body as StockItem
  const batch = { batch: 'L-2026-1', quantity, expiresOn }
  return (await ask('keeper', `POST stock/${id}/batches`, batch)).body as StockItem
}
const list = async (login: string) => (await ask(login, 'GET stock')).body as StockList

test('what is used, thrown away and counted stands in a history with before and after', async () => {
  const item = await drops('2027-06-30')
  expect([item.usable, item.isLow]).toEqual([10, false])
  const path = `POST stock-batches/${item.batches[0]?.id ?? ''}/acts`
  const used = (await ask('keeper', path, { act: 'used', quantity: 3 })).body as StockItem
  expect([used.usable, used.isLow, used.used30]).toEqual([7, true, 3])
  expect((await ask('keeper', path, { act: 'used', quantity: 8 })).status).toBe(409)
  await ask('keeper', path, { act: 'discarded', quantity: 2, note: '破损' })
  await ask('keeper', path, { act: 'counted', quantity: 6 })
  const { changes } = (await ask('keeper', `GET stock/${item.id}/history`)).body as StockHistory
  expect(changes.map(({ act, before, after }) => [act, before, after])).toEqual([
    ['counted', 5, 6],
    ['discarded', 7, 5],
    ['used', 10, 7],
    ['received', 0, 10],
  ])
  expect((await list('keeper')).items[0]?.used30).toBe(3)
})

test('the monthly check is due until it is sent, and sent twice it is one', async () => {
  const item = await drops('2027-06-30')
  expect((await list('keeper')).checks).toMatchObject([{ station: 'yuzhong-1', isDue: true }])
  const check = {
    key: KEY,
    filledAt: '2026-11-22T23:00:00.000Z',
    counts: [{ batch: item.batches[0]?.id, quantity: 4 }],
  }
  for (let n = 0; n < 2; n += 1)
    expect((await ask('keeper', 'POST stations/yuzhong-1/stock-checks', check)).status).toBe(204)
  const after = await list('keeper')
  expect(after.checks[0]).toMatchObject({ isDue: false, lastAt: '2026-11-22T23:00:00.000Z' })
  const { changes } = (await ask('keeper', `GET stock/${item.id}/history`)).body as StockHistory
  expect(changes.filter(({ act }) => act === 'counted').length).toBe(1)
  nowMs = Date.parse('2026-12-01T00:00:00Z')
  cookies['keeper'] = await server.signIn('keeper')
  expect((await list('keeper')).checks[0]?.isDue).toBe(true)
})

test('each warning of a batch goes out once, through restarts, and what has expired is not usable', async () => {
  await drops('2026-12-20')
  const warned = () =>
    server.bus
      .sent()
      .filter(({ topic }) => topic.endsWith('/event/stock-expiring'))
      .map(({ payload }) => (payload as { data: { days: number } }).data.days)
  const { dataDir } = server
  const seen: number[] = []
  for (const [day, due] of [
    [0, [30]],
    [1, []],
    [21, [7]],
    [28, [0]],
    [29, []],
  ] as const) {
    await server.stop()
    nowMs = START_MS + day * DAY_MS
    await start(dataDir)
    await vi.waitFor(() => expect(warned()).toEqual(due))
    seen.push(...warned())
  }
  expect(seen).toEqual([30, 7, 0])
  const [item] = (await list('keeper')).items
  expect([item?.usable, item?.isLow, item?.batches[0]?.expiry]).toEqual([0, true, 'expired'])
})

test('of another district it answers like what does not exist', async () => {
  const item = await drops('2027-06-30')
  expect((await list('foreign')).items).toEqual([])
  const calls = [`GET stock/${item.id}/history`, 'GET stock/none/history'].map(call => ask('foreign', call))
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([404, 404])
  expect((await ask('foreign', `POST stock/${item.id}/batches`, { quantity: 1 })).status).toBe(404)
  const act = { act: 'used', quantity: 1 }
  expect((await ask('foreign', `POST stock-batches/${item.batches[0]?.id ?? ''}/acts`, act)).status).toBe(404)
  expect((await ask('foreign', 'POST stations/yuzhong-1/stock', { kind: 'water', name: 'w', unit: 'l' })).status).toBe(
    404,
  )
  expect(String((await ask('keeper', 'GET stock.csv')).body)).toContain('藿香正气水')
})
