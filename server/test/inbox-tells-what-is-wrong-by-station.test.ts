import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { APPLIANCE_KINDS, FAULT_AGES, type Inbox, type Person, type RepairList, SEVERITIES } from '@harbor/protocol'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seedOrders } from '../bench/work-orders/seed.ts'
import { listAlerts } from '../src/alerts/alert-queries.ts'
import { type InboxQuery, inboxOf } from '../src/alerts/inbox.ts'
import type { RegistryDb } from '../src/registry/open-registry.ts'
import { openTestRegistry } from './test-registry.ts'
import { listOrders } from '../src/work-orders/order-queries.ts'
import { type RunningServer, startServer } from './running-server.ts'
import { dataDirWithAlerts } from './seeded-alerts.ts'

const ALL: InboxQuery = { state: 'open', isMine: false, withSilenced: true, limit: 500 }

describe('the inbox of a city with 900 alerts', () => {
  let dataDir: string
  let db: RegistryDb
  let nowMs: number
  let districts: readonly string[]

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'harbor-inbox-'))
    db = await openTestRegistry(dataDir)
    ;({ nowMs, districts } = await seedOrders(db, { alerts: 900, orders: 2_000 }))
  })
  afterAll(async () => {
    await db.destroy()
    await rm(dataDir, { recursive: true, force: true })
  })

  test('is split by age without a gap, and a street or district narrows inbox and orders within the scope, never beyond it', async () => {
    const [own = '', other = ''] = districts
    const street = `${own}001`
    const of = async (district: string) =>
      (await db.selectFrom('station').select('id').where('district', '=', district).orderBy('id').execute()).map(
        ({ id }) => id,
      )
    const inStreet = (await of(own)).slice(0, 2)
    await db.insertInto('street').values({ street, name_zh: '街', name_en: 'Street' }).execute()
    await db.updateTable('station').set({ street }).where('id', 'in', inStreet).execute()
    const all: Person = { login: 'boss', name: 'boss', role: 'manager', districts: [] }
    const inbox = async (query: Partial<InboxQuery>, person = all) => inboxOf(db, person, { ...ALL, ...query, nowMs })
    const aged = await Promise.all(FAULT_AGES.map(async age => (await inbox({ age })).totalAlerts))
    expect(aged.reduce((sum, count) => sum + count, 0)).toBe((await inbox({})).totalAlerts)
    const ofDistrict = (await inbox({ district: own })).stations.filter(({ station }) => inStreet.includes(station))
    expect(ofDistrict.length).toBeGreaterThan(0)
    expect((await inbox({ street })).stations.map(({ station }) => station).sort()).toEqual(
      ofDistrict.map(({ station }) => station).sort(),
    )
    expect((await inbox({ street }, { ...all, districts: [other] })).stations).toEqual([])
    const orders = async (region: string | undefined, person = all) =>
      (await listOrders(db, person, { choice: 'all', sort: 'newest', limit: 5_000, region })).orders
    const every = await orders(undefined)
    expect((await orders(own)).length).toBe(every.filter(({ district }) => district === own).length)
    expect((await orders(street)).map(({ id }) => id)).toEqual(
      every.filter(({ station }) => inStreet.includes(station)).map(({ id }) => id),
    )
    expect((await orders(street)).length).toBeGreaterThan(0)
    expect(await orders(street, { ...all, districts: [other] })).toEqual([])
  })

  test('has each alert that the list has in exactly one row, whatever is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          severities: fc.subarray([...SEVERITIES]),
          kind: fc.option(fc.constantFrom(...APPLIANCE_KINDS), { nil: undefined }),
          own: fc.subarray(districts.slice(0, 4)),
        }),
        async ({ severities, kind, own }) => {
          const person: Person = { login: 'boss', name: 'boss', role: 'manager', districts: own }
          const inbox = await inboxOf(db, person, { ...ALL, severities, kind, nowMs })
          const { alerts } = await listAlerts(db, person, { state: 'open', severities, kind, limit: 1_000 })
          const expected = new Map<string, number>()
          for (const { station } of alerts) expected.set(station, (expected.get(station) ?? 0) + 1)
          expect(new Map(inbox.stations.map(row => [row.station, row.alerts]))).toEqual(expected)
          expect(inbox.totalAlerts).toBe(alerts.length)
          for (const row of inbox.stations) {
            const of = alerts.filter(({ station }) => station === row.station)
            expect(row.severity).toBe(of.map(({ severity }) => severity).toSorted()[0])
            expect(row.oldestAt).toBe(of.map(({ raisedAt }) => raisedAt).toSorted()[0])
            expect(row.waiting).toBe(of.filter(({ state }) => state === 'raised').length)
          }
          const order = inbox.stations.map(({ severity, oldestAt }) => `${severity} ${oldestAt}`)
          expect(order).toEqual(order.toSorted())
        },
      ),
      { numRuns: 25 },
    )
  })

  test('lists no more than asked for, and still says how many there are', async () => {
    const boss: Person = { login: 'boss', name: 'boss', role: 'manager', districts: [] }
    const inbox = await inboxOf(db, boss, { ...ALL, limit: 5, nowMs })
    expect(inbox.stations).toHaveLength(5)
    expect(inbox.totalStations).toBeGreaterThan(5)
    for (const { orders, openOrders } of inbox.stations) expect(orders.length).toBe(Math.min(3, openOrders))
  })

  test('of what is mine it has what I acknowledged or have an order of', async () => {
    const { assignee, alert } = await db
      .selectFrom('work_order_alert')
      .innerJoin('work_order', 'work_order.id', 'work_order_alert.work_order')
      .innerJoin('alert', 'alert.id', 'work_order_alert.alert')
      .select(['work_order.assignee', 'work_order_alert.alert'])
      .where('work_order.closed_at_ms', 'is', null)
      .where('work_order.assignee', 'is not', null)
      .where('alert.state', 'in', ['raised', 'acknowledged'])
      .executeTakeFirstOrThrow()
    const { station } = await db.selectFrom('alert').select('station').where('id', '=', alert).executeTakeFirstOrThrow()
    const me: Person = { login: assignee as string, name: 'me', role: 'maintainer', districts: [] }
    const mine = await inboxOf(db, me, { ...ALL, isMine: true, nowMs })
    expect(mine.stations.map(row => row.station)).toContain(station)
    expect(mine.totalAlerts).toBeLessThan(900)
    const nobody = await inboxOf(db, { ...me, login: 'nobody' }, { ...ALL, isMine: true, nowMs })
    expect(nobody.totalAlerts).toBe(0)
  })
})

describe('through the API', () => {
  let server: RunningServer
  let cookies: Record<string, string>
  let alerts: Awaited<ReturnType<typeof dataDirWithAlerts>>

  beforeAll(async () => {
    alerts = await dataDirWithAlerts()
    server = await startServer({ dataDir: alerts.dataDir })
    cookies = {}
    for (const login of ['admin', 'yuzhong', 'yubei']) cookies[login] = await server.signIn(login)
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
  })
  const inbox = async (login: string, query = '') =>
    (await server.request('GET', `/api/v1/inbox${query}`, { cookie: cookies[login] ?? '' })).body as Inbox

  test('nobody sees another district, and nobody without signing in sees any', async () => {
    expect((await inbox('yubei')).stations.map(row => row.station)).toEqual(['yubei-1'])
    expect((await inbox('yubei')).districts.map(({ district }) => district)).toEqual(['500112'])
    expect((await inbox('yubei', '?district=500103')).stations).toEqual([])
    expect((await inbox('admin')).totalStations).toBe(2)
    expect((await server.request('GET', '/api/v1/inbox')).status).toBe(401)
    const repairs = `/api/v1/alerts/${alerts.yuzhong.id}/repairs`
    expect((await server.request('GET', repairs, { cookie: cookies['yubei'] ?? '' })).status).toBe(404)
  })

  test('what somebody silenced is left out until it is asked for', async () => {
    const path = `/api/v1/alerts/${alerts.yubei.id}/silence`
    const body = { until: new Date(Date.now() + 3_600_000).toISOString(), reason: '配件已订' }
    await server.request('POST', path, { cookie: cookies['yubei'] ?? '', body })
    expect((await inbox('yubei')).stations).toEqual([])
    expect((await inbox('yubei', '?silenced=true')).totalAlerts).toBe(1)
  })

  test('a repair tells whoever meets the fault again what helped', async () => {
    const cookie = cookies['yuzhong'] ?? ''
    const made = await server.request('POST', '/api/v1/work-orders', {
      cookie,
      body: { station: 'yuzhong-1', appliance: 'yuzhong-1-fridge', severity: 'P2', title: '门封坏了' },
    })
    const { id } = made.body as { id: string }
    const act = async (body: object) => {
      const { revision } = (await server.request('GET', `/api/v1/work-orders/${id}`, { cookie })).body as {
        revision: number
      }
      const answer = await server.request('POST', `/api/v1/work-orders/${id}/acts`, {
        cookie,
        body: { ...body, revision },
      })
      expect(answer.status).toBe(200)
    }
    const { state } = (await server.request('GET', `/api/v1/work-orders/${id}`, { cookie })).body as { state: string }
    if (state === 'open' || state === 'assigned') await act({ act: 'accept' })
    await act({ act: 'arrive' })
    await act({ act: 'part', part: { name: '门封', quantity: 2, unitCostFen: 3_000 } })
    await act({ act: 'part', part: { name: '门封', quantity: -1, unitCostFen: 3_000 } })
    await act({ act: 'finish', note: '换了门封' })
    const answer = await server.request('GET', `/api/v1/alerts/${alerts.yuzhong.id}/repairs`, { cookie })
    // The alert is two minutes from becoming work by itself: until then the order is other work on the same fridge.
    const { sameFault, sameAppliance } = answer.body as RepairList
    expect(sameFault).toEqual([])
    expect(sameAppliance).toMatchObject([
      { order: id, note: '换了门封', parts: [{ name: '门封', quantity: 1 }], costFen: 3_000, byName: '渝中维修' },
    ])
  })
})
