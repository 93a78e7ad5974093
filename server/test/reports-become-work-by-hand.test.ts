import type { FeedbackList, WorkOrderDetail } from '@harbor/protocol'
import { expect, test, vi } from 'vitest'
import { startServer } from './running-server.ts'

test('a report that nothing was made of becomes an order by hand, once, and its visitor reads that it is in work', async () => {
  await using server = await startServer()
  const [own, foreign] = [await server.signIn('yuzhong'), await server.signIn('yubei')]
  const said = { key: 'ab'.repeat(16), topic: 'other', text: '请放两把椅子' }
  await server.request('POST', '/api/v1/stations/yuzhong-1/feedback', { body: said })
  const list = async () =>
    ((await server.request('GET', '/api/v1/feedback', { cookie: own })).body as FeedbackList).feedback
  const [report] = await list()
  expect(report?.workOrder).toBeUndefined()
  const body = { report: report?.id, severity: 'P3', title: '添椅子' }
  const make = (cookie: string, more: object = {}) =>
    server.request('POST', '/api/v1/work-orders', { cookie, body: { ...body, ...more } })
  expect((await make(foreign)).status).toBe(404)
  expect((await make(own, { report: 'none' })).status).toBe(404)
  const made = await make(own)
  const order = made.body as WorkOrderDetail
  expect([made.status, order.titleZh, order.source, order.reports]).toEqual([201, '添椅子', 'feedback', 1])
  await vi.waitFor(async () => expect((await list())[0]).toMatchObject({ state: 'in_work', workOrder: order.id }))
  const again = await make(own)
  expect([again.status, (again.body as WorkOrderDetail).id]).toEqual([200, order.id])
  const closed = { ...said, key: 'cd'.repeat(16) }
  await server.request('POST', '/api/v1/stations/yuzhong-1/feedback', { body: closed })
  const other = (await list()).find(({ id }) => id !== report?.id)
  await server.request('POST', `/api/v1/feedback/${other?.id ?? ''}/close`, { cookie: own, body: {} })
  expect((await make(own, { report: other?.id })).status).toBe(409)
})
