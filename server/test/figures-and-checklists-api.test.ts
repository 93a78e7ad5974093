import type { ChecklistFillDetail, ChecklistTemplateList, FigureReport, WorkOrderList } from '@harbor/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from './running-server.ts'
import { dataDirWithAlerts } from './seeded-alerts.ts'

let server: RunningServer
const DAY_MS = 24 * 3_600_000

beforeAll(async () => {
  const { dataDir } = await dataDirWithAlerts()
  server = await startServer({ dataDir })
})
afterAll(async () => {
  await server?.[Symbol.asyncDispose]()
})

const period = () =>
  `from=${new Date(Date.now() - DAY_MS).toISOString()}&to=${new Date(Date.now() + DAY_MS).toISOString()}`

test('figures are those of the own districts alone, on the screen and in the table', async () => {
  const read = async (login: string, query = '') => {
    const cookie = await server.signIn(login)
    const answer = await server.request('GET', `/api/v1/figures?${period()}&by=station${query}`, { cookie })
    return answer.body as FigureReport
  }
  // One fridge in each district is out of order since a moment ago.
  expect((await read('admin')).total.faults).toBe(2)
  const own = await read('yuzhong')
  expect(own.total.faults).toBe(1)
  expect(own.rows.map(({ key }) => key)).toEqual(['yuzhong-1'])
  expect(own.rows[0]?.figures.availability).toBeLessThan(1)
  expect((await read('admin', '&kind=microwave')).total).toMatchObject({ faults: 0, availability: 1 })
  const cookie = await server.signIn('yuzhong')
  const csv = await server.request('GET', `/api/v1/figures.csv?${period()}&by=station&language=en`, { cookie })
  expect(csv.headers.get('content-type')).toContain('text/csv')
  expect(csv.headers.get('content-disposition')).toContain('attachment')
  expect(String(csv.body)).toContain('yuzhong-1')
  expect(String(csv.body)).not.toContain('yubei-1')
  for (const path of ['figures', 'figures.csv']) {
    expect((await server.request('GET', `/api/v1/${path}?${period()}&district=500112`, { cookie })).status).toBe(404)
    expect((await server.request('GET', `/api/v1/${path}?${period()}`)).status).toBe(401)
    const hardware = await server.signIn('yubei-hardware')
    expect((await server.request('GET', `/api/v1/${path}?${period()}`, { cookie: hardware })).status).toBe(403)
  }
})

test('a checklist is offered, filled in and kept; its failed line is an order, and other districts see none of it', async () => {
  const cookie = await server.signIn('yuzhong')
  const offered = await server.request('GET', '/api/v1/checklists?use=inspection', { cookie })
  const template = (offered.body as ChecklistTemplateList).templates.find(({ id }) => id === 'six-haves')
  const values: Record<string, string> = { medicine_box: 'expired', on_map: 'right' }
  const body = {
    key: 'ab'.repeat(16),
    template: 'six-haves',
    version: 1,
    station: 'yuzhong-1',
    filledAt: new Date().toISOString(),
    answers: template?.lines
      .filter(line => line.isOptional !== true)
      .map(({ id }) => ({ line: id, value: values[id] ?? 'pass' })),
  }
  const sent = await server.request('POST', '/api/v1/checklist-fills', { cookie, body })
  expect(sent.status).toBe(201)
  expect((await server.request('POST', '/api/v1/checklist-fills', { cookie, body })).status).toBe(200)
  const order = (sent.body as ChecklistFillDetail).answers.find(({ failed }) => failed)?.workOrder
  const list = await server.request('GET', '/api/v1/work-orders', { cookie })
  expect(
    (list.body as WorkOrderList).orders.filter(({ source }) => source === 'checklist').map(({ id }) => id),
  ).toEqual([order])
  const other = await server.signIn('yubei')
  const address = `/api/v1/checklist-fills/${body.key}`
  expect((await server.request('GET', address, { cookie: other })).status).toBe(404)
  expect(
    (
      await server.request('POST', '/api/v1/checklist-fills', {
        cookie: other,
        body: { ...body, key: 'cd'.repeat(16) },
      })
    ).status,
  ).toBe(404)
  const next = {
    replaces: 1,
    titleZh: '新',
    titleEn: 'New',
    use: 'inspection',
    lines: [{ id: 'a', type: 'pass_fail', labelZh: '好', labelEn: 'Good' }],
  }
  expect((await server.request('POST', '/api/v1/checklists/six-haves', { cookie, body: next })).status).toBe(403)
  const admin = await server.signIn('admin')
  expect((await server.request('POST', '/api/v1/checklists/six-haves', { cookie: admin, body: next })).status).toBe(201)
  expect(
    (
      await server.request('POST', '/api/v1/checklists/six-haves', {
        cookie: admin,
        body: { ...next, titleEn: 'Other' },
      })
    ).status,
  ).toBe(409)
})

test('a checklist that is sent again after a lost answer is one version, and of two at once one is taken', async () => {
  const cookie = await server.signIn('admin')
  const line = { id: 'a', type: 'number', labelZh: '温度', labelEn: 'Temperature', min: 0, max: 8 }
  const body = (titleEn: string, replaces = 0) => ({ replaces, titleZh: '新', titleEn, use: 'order', lines: [line] })
  const put = async (asked: ReturnType<typeof body>) =>
    (await server.request('POST', '/api/v1/checklists/cold-chain', { cookie, body: asked })).status
  expect(await put(body('First'))).toBe(201)
  expect(await put(body('First'))).toBe(201)
  expect((await Promise.all(['Second', 'Third'].map(title => put(body(title, 1))))).sort()).toEqual([201, 409])
  const { body: all } = await server.request('GET', '/api/v1/checklists/cold-chain/versions', { cookie })
  expect((all as ChecklistTemplateList).templates.map(({ version }) => version)).toEqual([2, 1])
  expect((await server.request('GET', '/api/v1/checklists/none/versions', { cookie })).status).toBe(404)
})
