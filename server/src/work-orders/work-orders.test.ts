import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person, WorkOrder, WorkOrderActRequest, WorkOrderDetail } from '@harbor/protocol'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { KEEPER, MAINTAINER, MANAGER, OTHER, type Bench, openOrders } from '../../test/order-fixture.ts'
import { fridgeTransition } from '../../test/seeded-alerts.ts'
import { copyTestRegistry } from '../../test/test-registry.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** Its rules have no time scale of their own. */
const FRIDGE = 'yubei-1-fridge'

let template: string
let dataDir: string
let bench: Bench
let nowMs: number

beforeAll(async () => {
  // Made once and copied: every step of the migrations waits for the disk.
  template = await mkdtemp(join(tmpdir(), 'harbor-orders-'))
  const { db } = await openOrders(template, { nowMs: () => 0, people: [OTHER, MANAGER, KEEPER] })
  await db.destroy()
})
afterAll(() => rm(template, { recursive: true, force: true }))
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-orders-'))
  await cp(template, dataDir, { recursive: true })
  await copyTestRegistry(template, dataDir)
  nowMs = Date.UTC(2026, 6, 30, 4)
  bench = await openOrders(dataDir, { nowMs: () => nowMs })
})
afterEach(async () => {
  // What fails in a round is tried again and only logged: here it is a failure.
  if (bench.failures.length > 0) throw new Error(bench.failures.join('\n'))
  await bench.db.destroy()
  await rm(dataDir, { recursive: true, force: true })
})

const pass = async (ms: number) => {
  nowMs += ms
  await bench.orders.sweep()
}
const fault = async (type: 'raised' | 'cleared', severity: 'P1' | 'P2' = 'P2', appliance = FRIDGE) =>
  bench.alerts.apply([fridgeTransition(type, appliance, severity)], async () => {})
const all = async () =>
  (await bench.orders.list(MANAGER, { choice: 'all', sort: 'newest', limit: 500 })).orders as WorkOrder[]
const only = async (): Promise<WorkOrderDetail> => {
  const orders = await all()
  expect(orders).toHaveLength(1)
  return bench.orders.detail(MANAGER, orders[0]?.id ?? '')
}
const act = async (person: Person, change: { act: string; note?: string; [key: string]: unknown }) => {
  const { id, revision } = await only()
  return bench.orders.act(person, id, { revision, ...change } as WorkOrderActRequest)
}
/** From a raised fault to work that is done. */
const repair = async () => {
  await fault('raised')
  await pass(2 * MINUTE_MS)
  for (const name of ['accept', 'arrive', 'finish']) await act(OTHER, { act: name })
}
const acts = ({ history }: WorkOrderDetail) => history.map(step => step.act)

describe('an alert', () => {
  test('is acknowledged by whoever accepts its order, and its history says with which; what others acknowledged stays theirs', async () => {
    const told: string[] = []
    const stop = bench.alerts.onChanged(({ state, acknowledgedBy }) => told.push(`${state} ${acknowledgedBy ?? ''}`))
    await fault('raised')
    await pass(2 * MINUTE_MS)
    const { id, alerts } = await act(OTHER, { act: 'accept' })
    const alert = alerts[0]?.id ?? ''
    const detail = await bench.alerts.detail(MANAGER, alert)
    expect(detail).toMatchObject({ state: 'acknowledged', acknowledgedBy: OTHER.name })
    expect(detail.history.map(({ change, by, workOrder }) => ({ change, by, workOrder }))).toEqual([
      { change: 'raised', by: undefined, workOrder: undefined },
      { change: 'acknowledged', by: OTHER.name, workOrder: id },
    ])
    expect(told).toEqual(['raised ', `acknowledged ${OTHER.name}`])
    stop()

    await fault('cleared')
    await fault('raised')
    await bench.alerts.acknowledge(alert, MANAGER)
    await pass(0)
    await act(MANAGER, { act: 'cancel', note: 'asked for' })
    await act(MANAGER, { act: 'reopen', note: 'after all' })
    await act(OTHER, { act: 'accept' })
    expect((await bench.alerts.detail(MANAGER, alert)).acknowledgedBy).toBe(MANAGER.name)
  })

  test('of grade P2 is an order after two minutes, not before; P1 at once', async () => {
    await fault('raised')
    await pass(2 * MINUTE_MS - 1)
    expect(await all()).toEqual([])
    await pass(1)
    expect(await only()).toMatchObject({
      source: 'alert',
      severity: 'P2',
      appliance: FRIDGE,
      titleEn: 'Fridge too warm',
    })
    await fault('raised', 'P1', 'yuzhong-1-fridge')
    await pass(0)
    expect(await all()).toHaveLength(2)
  })

  test('that goes before its time is none', async () => {
    await fault('raised')
    nowMs += MINUTE_MS
    await fault('cleared')
    await pass(HOUR_MS)
    expect(await all()).toEqual([])
  })

  test('that comes and goes for hours keeps one order, and its history stays short', async () => {
    for (let times = 0; times < 30; times += 1) {
      await fault('raised')
      await pass(7 * MINUTE_MS)
      await fault('cleared')
      // Beyond an hour it is another alert.
      await pass(times % 3 === 0 ? 61 * MINUTE_MS : 7 * MINUTE_MS)
    }
    const order = await only()
    expect(order.alerts.length).toBeGreaterThan(5)
    expect(order.history.length).toBeLessThan(20)
  })

  test('that grows worse makes its order graver, with less time', async () => {
    await fault('raised')
    await pass(2 * MINUTE_MS)
    const before = await only()
    await fault('raised', 'P1')
    await pass(0)
    const after = await only()
    expect(after.severity).toBe('P1')
    expect(Date.parse(after.doneBy)).toBeLessThan(Date.parse(before.doneBy))
    expect(acts(after)).toContain('regrade')
  })

  test('has the one order that it has, also when asked for by hand', async () => {
    await fault('raised')
    const [alert] = (await bench.alerts.list(MANAGER, { state: 'open', limit: 1 })).alerts
    const made = await bench.orders.create(KEEPER, { alert: alert?.id ?? '' })
    expect(made.isNew).toBe(true)
    await pass(HOUR_MS)
    expect(await bench.orders.create(MANAGER, { alert: alert?.id ?? '' })).toEqual({ id: made.id, isNew: false })
    await only()
  })
})

describe('two people at once', () => {
  test('have one winner; the other is told who did what and when', async () => {
    await fault('raised')
    await bench.orders.create(MANAGER, {
      alert: (await bench.alerts.list(MANAGER, { state: 'open', limit: 1 })).alerts[0]?.id ?? '',
    })
    const { id, revision } = await only()
    const answers = await Promise.allSettled(
      [OTHER, MANAGER].map(person => bench.orders.act(person, id, { act: 'accept', revision })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const { reason } = answers.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    expect(reason).toMatchObject({ code: 'conflict' })
    const { assigneeName } = await only()
    expect(String(reason)).toContain(`${assigneeName} was faster: accept at 2026-07-30T04:`)
  })

  test('and the same press sent twice is one step', async () => {
    await fault('raised')
    await pass(2 * MINUTE_MS)
    const { id, revision } = await only()
    const press = { act: 'accept' as const, revision, key: 'ab'.repeat(16) }
    const first = await bench.orders.act(OTHER, id, press)
    const second = await bench.orders.act(OTHER, id, press)
    expect(second.revision).toBe(first.revision)
  })

  test('and a note in between makes nobody too late; what waited for a network says when it was pressed', async () => {
    await fault('raised')
    await pass(2 * MINUTE_MS)
    const { id, revision } = await only()
    await bench.orders.act(KEEPER, id, { act: 'note', note: '门口有台阶', revision })
    nowMs += 10 * MINUTE_MS
    const madeAt = new Date(nowMs - 5 * MINUTE_MS).toISOString()
    const taken = await bench.orders.act(OTHER, id, { act: 'accept', revision, madeAt })
    expect(taken.history.at(-1)).toMatchObject({ act: 'accept', madeAt })
    await expect(bench.orders.act(MANAGER, id, { act: 'cancel', note: '重复', revision })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test.each([
    ['still to come', 1],
    ['older than any phone keeps it', -15 * 24 * 60 * MINUTE_MS],
  ])('a time that is %s is not written down', async (_what, offsetMs) => {
    await fault('raised')
    await pass(2 * MINUTE_MS)
    const { id, revision } = await only()
    const madeAt = new Date(nowMs + offsetMs).toISOString()
    const taken = await bench.orders.act(OTHER, id, { act: 'accept', revision, madeAt })
    expect(taken.history.at(-1)?.madeAt).toBeUndefined()
  })

  test('and a note is taken whatever happened since', async () => {
    await fault('raised')
    await pass(2 * MINUTE_MS)
    const { id } = await only()
    const noted = await bench.orders.act(KEEPER, id, { act: 'note', note: '门口有台阶', revision: 1 })
    expect(noted.history.at(-1)).toMatchObject({ act: 'note', actorName: '站长', note: '门口有台阶' })
  })
})

describe('work that is done', () => {
  test('is verified by the readings when the fault has been gone for two hours, not before', async () => {
    await repair()
    nowMs += MINUTE_MS
    await fault('cleared')
    await pass(2 * HOUR_MS - 1)
    expect((await only()).state).toBe('done')
    await pass(1)
    expect(await only()).toMatchObject({ state: 'verified', verifiedBy: 'data' })
  })

  test('is not verified while its fault stands, unless a manager gives a reason', async () => {
    await repair()
    await expect(act(KEEPER, { act: 'verify' })).rejects.toMatchObject({ code: 'conflict' })
    await expect(act(MANAGER, { act: 'verify' })).rejects.toMatchObject({ code: 'conflict' })
    const verified = await act(MANAGER, { act: 'verify', note: '传感器掉了，已换' })
    expect(verified).toMatchObject({ state: 'verified', verifiedBy: 'person' })
    await pass(48 * HOUR_MS)
    expect((await only()).state).toBe('verified')
  })

  test('whose fault never went is opened again after six hours', async () => {
    await repair()
    await pass(6 * HOUR_MS)
    const order = await only()
    expect(order.history.find(step => step.act === 'reopen')).toMatchObject({ because: 'fault_stands' })
    expect(order.doneAt).toBeUndefined()
  })

  test.each([
    [23, 1, 1],
    [25, 2, 0],
  ])('whose fault comes back %i hours after it was verified: %i order, %i repeat', async (hours, orders, repeats) => {
    await repair()
    await fault('cleared')
    await pass(2 * HOUR_MS)
    expect((await only()).state).toBe('verified')
    nowMs += hours * HOUR_MS
    await fault('raised')
    await pass(2 * MINUTE_MS)
    const [newest, ...older] = await all()
    expect([older.length + 1, newest?.repeats]).toEqual([orders, repeats])
    expect(newest?.state).toBe('assigned')
  })
})

test('an order that nobody took is taken back when its fault has been gone for two hours', async () => {
  await fault('raised')
  await pass(2 * MINUTE_MS)
  await fault('cleared')
  await pass(2 * HOUR_MS)
  const order = await only()
  expect(order.state).toBe('cancelled')
  expect(order.history.at(-1)).toMatchObject({ act: 'cancel', because: 'fault_gone' })
})

describe('reports of visitors', () => {
  const report = (id: string, change = {}) => ({
    id,
    station: 'yubei-1',
    appliance: FRIDGE,
    topic: 'broken' as const,
    ...change,
  })

  test('of one appliance are one order, with the alert that says the same', async () => {
    await bench.orders.takeReport(report('a'))
    await bench.orders.takeReport(report('b'))
    await bench.orders.takeReport(report('b'))
    await fault('raised')
    await pass(2 * MINUTE_MS)
    expect(await only()).toMatchObject({ reports: 2, source: 'feedback', alerts: [{ rule: 'fridge_too_warm' }] })
  })

  test('of the place are an order for each topic; thanks are none', async () => {
    for (const [id, topic] of ['dirty', 'dirty', 'out_of_water', 'thanks', 'full'].entries())
      await bench.orders.takeReport(report(String(id), { appliance: undefined, topic }))
    expect((await all()).map(({ reports }) => reports).sort()).toEqual([1, 2])
  })

  test('are told of what becomes of them, and their word closes or opens the order', async () => {
    const told: string[] = []
    bench.orders.onProgress(({ report: id, state }) => told.push(`${id} ${state}`))
    await bench.orders.takeReport(report('a'))
    for (const name of ['accept', 'arrive', 'finish']) await act(name === 'accept' ? OTHER : OTHER, { act: name })
    expect(told.at(-1)).toBe('a fixed')
    await bench.orders.reporterSays('a', false)
    expect(await only()).toMatchObject({ state: 'open', repeats: 1 })
    for (const name of ['accept', 'arrive', 'finish']) await act(OTHER, { act: name })
    await bench.orders.reporterSays('a', true)
    expect(await only()).toMatchObject({ state: 'verified', verifiedBy: 'reporter' })
    expect(told.at(-1)).toBe('a closed')
  })
})

test('a promise is told of the appliance until its time has passed or the work is done, also after a restart', async () => {
  await fault('raised')
  await pass(2 * MINUTE_MS)
  await act(OTHER, { act: 'accept' })
  const promisedAt = new Date(nowMs + HOUR_MS).toISOString()
  await act(OTHER, { act: 'promise', promisedAt })
  expect(bench.orders.promisedAt(FRIDGE)).toBe(nowMs + HOUR_MS)
  const restarted = await openOrders(dataDir, { nowMs: () => nowMs })
  await restarted.orders.start()
  expect(restarted.orders.promisedAt(FRIDGE)).toBe(nowMs + HOUR_MS)
  await restarted.orders.stop()
  await restarted.db.destroy()
  nowMs += HOUR_MS
  expect(bench.orders.promisedAt(FRIDGE)).toBeUndefined()
})

test('what a visitor says is broken is in repair from when somebody accepts it until it is done, also after a restart', async () => {
  await bench.orders.takeReport({ id: 'a', station: 'yubei-1', appliance: FRIDGE, topic: 'broken' })
  await pass(2 * MINUTE_MS)
  expect(bench.orders.isInRepair(FRIDGE)).toBe(false)
  await act(OTHER, { act: 'accept' })
  expect(bench.orders.isInRepair(FRIDGE)).toBe(true)
  const restarted = await openOrders(dataDir, { nowMs: () => nowMs })
  await restarted.orders.start()
  expect(restarted.orders.isInRepair(FRIDGE)).toBe(true)
  await restarted.orders.stop()
  await restarted.db.destroy()
  await act(OTHER, { act: 'arrive' })
  await act(OTHER, { act: 'finish' })
  expect(bench.orders.isInRepair(FRIDGE)).toBe(false)
})

test('the nearest maintainer of the district is assigned with the reason, and a person may choose another', async () => {
  await fault('raised')
  await pass(2 * MINUTE_MS)
  expect(await only()).toMatchObject({ state: 'assigned', assignee: 'wang', assignedBecause: { load: 0 } })
  await expect(act(MANAGER, { act: 'assign', assignee: 'keeper' })).rejects.toMatchObject({ code: 'invalid_request' })
  await expect(act(MANAGER, { act: 'assign', assignee: 'nobody' })).rejects.toMatchObject({ code: 'invalid_request' })
  const chosen = await act(MANAGER, { act: 'assign', assignee: 'boss' })
  expect(chosen).toMatchObject({ assignee: 'boss', state: 'assigned' })
  expect(chosen.assignedBecause).toBeUndefined()
})

test('parts add up to the cost; a negative line takes one back', async () => {
  await repair()
  await act(OTHER, { act: 'part', part: { name: '温控器', quantity: 2, unitCostFen: 4_500 } })
  const order = await act(OTHER, { act: 'part', part: { name: '温控器', quantity: -1, unitCostFen: 4_500 } })
  expect(order.costFen).toBe(4_500)
})

test('what happened stays as it was written, with its event, step by step without a gap', async () => {
  await repair()
  const order = await only()
  expect(order.history.map(({ seq }) => seq)).toEqual(order.history.map((_step, index) => index + 1))
  expect(acts(order)).toEqual(['create', 'assign', 'accept', 'arrive', 'finish'])
  const events = await bench.db
    .selectFrom('event_outbox')
    .select('payload')
    .where('topic', 'like', '%work-order-changed')
    .execute()
  expect(events).toHaveLength(order.revision)
})

test('a maintainer of another district sees nothing of it', async () => {
  await fault('raised')
  await pass(2 * MINUTE_MS)
  const { id, revision } = await only()
  const stranger: Person = { ...MAINTAINER, districts: ['500103'] }
  expect((await bench.orders.list(stranger, { choice: 'all', sort: 'newest', limit: 9 })).orders).toEqual([])
  await expect(bench.orders.detail(stranger, id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(bench.orders.act(stranger, id, { act: 'accept', revision })).rejects.toMatchObject({ code: 'not_found' })
})
