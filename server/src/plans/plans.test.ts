import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Reading } from '@harbor/protocol'
import * as fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createMemoryStore } from '../../test/doubles.ts'
import { type Bench, MANAGER, MAINTAINER, openOrders } from '../../test/order-fixture.ts'
import { takeInFleet } from '../assets/take-in-fleet.ts'
import { loadDirectory } from '../registry/directory.ts'
import { type CheckedPlanRequest, createPlans } from './plans.ts'

const DAY_MS = 24 * 3_600_000
/** A Monday, nine in the morning in Chongqing. */
const MONDAY_MS = Date.parse('2026-03-02T01:00:00Z')
const ZONE = 'Asia/Shanghai'
const WEEKLY = { by: 'calendar', rrule: 'FREQ=WEEKLY;BYDAY=MO', from: '2026-03-02', leadDays: 0 } as const

let dir: string
let bench: Bench
let nowMs: number
const store = createMemoryStore()

beforeEach(async () => {
  nowMs = MONDAY_MS
  store.readings.length = 0
  dir = await mkdtemp(join(tmpdir(), 'harbor-plans-'))
  bench = await openOrders(dir, { nowMs: () => nowMs })
  await takeInFleet(bench.db, nowMs)
})
afterEach(async () => {
  await bench.db.destroy()
  await rm(dir, { recursive: true, force: true })
})

/** The districts of each change of a plan. */
const changes: string[][] = []
/** Plans as a server just started has them. */
const started = async () =>
  createPlans({
    db: bench.db,
    directory: await loadDirectory(bench.db),
    store,
    orders: bench.orders,
    rules: [],
    timeZone: ZONE,
    onChanged: districts => changes.push([...districts]),
    nowMs: () => nowMs,
    newId: randomUUID,
    log: pino({ level: 'silent' }),
  })
const request = (change: Partial<CheckedPlanRequest> = {}): CheckedPlanRequest => ({
  title: '清洗冷凝器',
  severity: 'P3',
  target: { appliance: 'yuzhong-1-fridge' },
  schedule: WEEKLY,
  ...change,
})
const madeOrders = () =>
  bench.db.selectFrom('work_order').selectAll().where('source', '=', 'plan').orderBy('created_at_ms').execute()
const closeAll = async () => {
  await bench.db
    .updateTable('work_order')
    .set({ state: 'verified', closed_at_ms: nowMs })
    .where('closed_at_ms', 'is', null)
    .execute()
}

describe('by calendar', () => {
  test('an order is made on its day, with a clock that begins that morning, for each appliance of a kind in the district', async () => {
    const plans = await started()
    await plans.create(MANAGER, request({ target: { kind: 'fridge' }, schedule: { ...WEEKLY, leadDays: 3 } }))
    await plans.sweep()
    expect((await madeOrders()).map(({ appliance }) => appliance).sort()).toEqual([
      'yubei-1-fridge',
      'yuzhong-1-fridge',
    ])
    await closeAll()
    // Thursday 23:59, and Friday: three days before the next Monday.
    nowMs = Date.parse('2026-03-05T15:59:00Z')
    await plans.sweep()
    expect(await madeOrders()).toHaveLength(2)
    nowMs = Date.parse('2026-03-05T16:00:00Z')
    await plans.sweep()
    const [, , next] = await madeOrders()
    expect(await madeOrders()).toHaveLength(4)
    // Eight hours to accept a P3, from Monday at nine.
    expect(new Date(Number(next?.accept_by_ms)).toISOString()).toBe('2026-03-09T09:00:00.000Z')
  })

  test('one that is still open serves for the next due, and nothing is doubled when it is closed', async () => {
    const plans = await started()
    await plans.create(MANAGER, request())
    await plans.sweep()
    nowMs += 7 * DAY_MS
    await plans.sweep()
    await closeAll()
    await plans.sweep()
    expect(await madeOrders()).toHaveLength(1)
    nowMs += 7 * DAY_MS
    await plans.sweep()
    expect(await madeOrders()).toHaveLength(2)
  })

  test('after a month’s standstill one order is made, not four', async () => {
    await (await started()).create(MANAGER, request())
    nowMs += 30 * DAY_MS
    const plans = await started()
    await plans.sweep()
    await closeAll()
    await plans.sweep()
    expect(await madeOrders()).toHaveLength(1)
  })

  test('what was due in a pause is not made up for, and what is retired is passed over', async () => {
    const plans = await started()
    const { id } = await plans.create(MANAGER, request())
    await plans.change(MANAGER, id, 'pause')
    nowMs += 8 * DAY_MS
    await plans.sweep()
    await plans.change(MANAGER, id, 'resume')
    await plans.sweep()
    expect(await madeOrders()).toEqual([])
    await bench.db
      .updateTable('asset')
      .set({ retired_on: '2026-03-01' })
      .where('appliance', '=', 'yuzhong-1-fridge')
      .execute()
    nowMs += 14 * DAY_MS
    await plans.sweep()
    expect([await madeOrders(), (await plans.list(MANAGER))[0]?.targets]).toEqual([[], 0])
  })

  test('no due is ever doubled or lost, whatever pauses, restarts, closings and standstills come between', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ does: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 24 * 20 }) }),
      },
      fc.record({
        does: fc.constantFrom(
          'pause' as const,
          'resume' as const,
          'restart' as const,
          'close' as const,
          'two' as const,
        ),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async steps => {
        await bench.db.deleteFrom('plan_order').execute()
        await bench.db.deleteFrom('work_order_step').execute()
        await bench.db.deleteFrom('work_order').execute()
        await bench.db.updateTable('plan').set({ ended_at_ms: 1 }).execute()
        nowMs = MONDAY_MS
        let plans = await started()
        const { id } = await plans.create(MANAGER, request())
        let isPaused = false
        let activeSince = '2026-03-02'
        for (const now of steps) {
          if (now.does === 'wait') nowMs += now.hours * 3_600_000
          else if (now.does === 'restart') plans = await started()
          else if (now.does === 'close') await closeAll()
          else if (now.does === 'two') await Promise.all([plans.sweep(), (await started()).sweep()])
          else {
            if (now.does === 'resume' && isPaused) activeSince = dayOf(nowMs)
            isPaused = now.does === 'pause'
            await plans.change(MANAGER, id, now.does)
          }
          await plans.sweep()
          const dues = await bench.db.selectFrom('plan_order').selectAll().where('plan', '=', id).execute()
          const orders = await madeOrders()
          expect(orders.filter(({ closed_at_ms: closed }) => closed === null).length).toBeLessThanOrEqual(1)
          // Every order belongs to one due, and no due has two.
          expect(
            dues
              .filter(({ is_made: isMade }) => isMade === 1)
              .map(({ work_order: order }) => order)
              .sort(),
          ).toEqual(orders.map(order => order.id).sort())
          for (const { due_key: day } of dues) expect(new Date(day).getUTCDay()).toBe(1)
          // From nine on the last Monday is dealt with, unless it fell into a pause.
          const monday = lastMonday(nowMs)
          const isOwed = !isPaused && monday >= activeSince && isAfterNine(nowMs)
          expect(!isOwed || dues.some(due => due.due_key === monday)).toBe(true)
        }
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})

const dayOf = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 10)
const lastMonday = (ms: number) => {
  const day = Date.parse(dayOf(ms))
  return new Date(day - ((new Date(day).getUTCDay() + 6) % 7) * DAY_MS).toISOString().slice(0, 10)
}
const isAfterNine = (ms: number) => new Date(ms + 8 * 3_600_000).getUTCHours() >= 9

test('by use: an order for every so many starts, counted once whatever is counted again or comes late', async () => {
  await bench.db
    .insertInto('device')
    .values({
      id: 'oven-plug',
      gateway: 'gw-yuzhong-1',
      vendor: 'tasmota',
      address: 'oven',
      appliance: 'yuzhong-1-microwave',
    })
    .execute()
  const plans = await started()
  const schedule = { by: 'usage', meter: 'starts', every: 10 } as const
  await plans.create(MANAGER, request({ target: { kind: 'microwave' }, schedule }))
  const heat = (fromMs: number, times: number): Reading[] =>
    Array.from({ length: times * 2 }, (_, index) => ({
      device: 'oven-plug',
      metric: 'power',
      timeMs: fromMs + index * 120_000,
      value: index % 2 === 0 ? 2 : 1_100,
    }))
  const count = async () => {
    nowMs += 61 * 60_000
    await plans.sweep()
    return (await madeOrders()).length
  }
  nowMs += 3_600_000
  store.readings.push(...heat(MONDAY_MS + 60_000, 9))
  expect(await count()).toBe(0)
  expect((await plans.list(MANAGER))[0]?.nearest).toMatchObject([{ appliance: 'yuzhong-1-microwave', used: 9 }])
  // Of yesterday's, while it is counted that far back: nothing, for the plan is of today.
  nowMs += DAY_MS
  store.readings.push(...heat(MONDAY_MS + 3_600_000, 4))
  expect(await count()).toBe(1)
  expect((await plans.list(MANAGER))[0]?.nearest).toMatchObject([{ used: 3 }])
  expect(await count()).toBe(1)
  await closeAll()
  const again = await started()
  await again.sweep()
  expect(await madeOrders()).toHaveLength(1)
})

test('by condition: an alert of the rule has one order, whether the plan or anybody else made it', async () => {
  const rules = [
    {
      id: 'fridge_too_warm',
      version: 1,
      scope: 'appliance' as const,
      nameZh: '',
      nameEn: '',
      severity: 'P1' as const,
      checkFirst: [],
      source: '',
    },
  ]
  const plans = createPlans({
    db: bench.db,
    directory: await loadDirectory(bench.db),
    store,
    orders: bench.orders,
    rules,
    timeZone: ZONE,
    onChanged: districts => changes.push([...districts]),
    nowMs: () => nowMs,
    newId: randomUUID,
    log: pino({ level: 'silent' }),
  })
  await plans.create(MANAGER, request({ schedule: { by: 'condition', rule: 'fridge_too_warm' } }))
  await bench.db
    .insertInto('alert')
    .values({
      id: 'a1',
      station: 'yuzhong-1',
      district: '500103',
      scope: 'appliance',
      subject: 'appliance:yuzhong-1-fridge',
      appliance: 'yuzhong-1-fridge',
      device: null,
      rule: 'fridge_too_warm',
      rule_version: 1,
      severity: 'P3',
      state: 'raised',
      revision: 1,
      raised_at_ms: nowMs,
      standing_since_ms: nowMs,
      evidence: '{}',
      acknowledged_at_ms: null,
      acknowledged_by: null,
      resolved_at_ms: null,
      suppressed_at_ms: null,
      suppressed_cause: null,
      suppressed_by: null,
      silenced_at_ms: null,
      silenced_until_ms: null,
      silenced_by: null,
      silence_reason: null,
    })
    .execute()
  await plans.sweep()
  await plans.sweep()
  expect(await bench.db.selectFrom('work_order_alert').selectAll().execute()).toMatchObject([{ alert: 'a1' }])
  expect(await madeOrders()).toMatchObject([{ alert: 'a1', thing: 'appliance:yuzhong-1-fridge' }])
})

describe('who may', () => {
  const district = { ...MANAGER, login: 'local', districts: ['500112'] }

  test('a manager plans for their own districts alone, and sees nothing of the others', async () => {
    const plans = await started()
    await expect(plans.create(district, request())).rejects.toMatchObject({ code: 'not_found' })
    await expect(
      plans.create(district, request({ target: { kind: 'fridge', district: '500103' } })),
    ).rejects.toMatchObject({ code: 'not_found' })
    await plans.create(MANAGER, request())
    expect(await plans.list(district)).toEqual([])
    const own = await plans.create(district, request({ target: { kind: 'fridge' } }))
    expect([own.targets, own.nextDue, own.mayChange]).toEqual([1, '2026-03-02', true])
    expect((await plans.list(MAINTAINER)).map(({ id, mayChange }) => [id, mayChange])).toEqual([[own.id, false]])
    await plans.change(district, own.id, 'end')
    expect(await plans.list(district)).toEqual([])
  })

  test('one for a district or a station is for what stands there, and tells its district of each change', async () => {
    const plans = await started()
    const everywhere = { districts: [], login: 'admin', name: 'Admin', role: 'administrator' } as const
    const admin = { ...everywhere, districts: [] }
    const countOf = async (target: CheckedPlanRequest['target']) =>
      (await plans.preview(admin, { target, schedule: WEEKLY })).targets
    const [all, there, station] = [
      await countOf({ kind: 'fridge' }),
      await countOf({ kind: 'fridge', district: '500112' }),
      await countOf({ kind: 'fridge', station: 'yuzhong-1' }),
    ]
    expect([there, station]).toEqual([1, 1])
    expect(all).toBeGreaterThan(there)
    await expect(countOf({ kind: 'fridge', station: 'none' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(countOf({ kind: 'fridge', district: '500112', station: 'yuzhong-1' })).rejects.toMatchObject({
      code: 'invalid_request',
    })
    changes.length = 0
    const { id } = await plans.create(admin, request({ target: { kind: 'fridge', station: 'yuzhong-1' } }))
    await plans.change(admin, id, 'pause')
    expect(changes).toEqual([['500103'], ['500103']])
  })

  test('a plan of the whole city is seen by all, and stopped by none of them', async () => {
    const plans = await started()
    const { id } = await plans.create(MANAGER, request({ target: { kind: 'fridge' } }))
    expect((await plans.list(district)).map(plan => plan.mayChange)).toEqual([false])
    await expect(plans.change(district, id, 'pause')).rejects.toMatchObject({ code: 'forbidden' })
  })

  test.each([
    { ...WEEKLY, rrule: 'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30' },
    { by: 'condition', rule: 'no_such_rule' },
  ] as const)('%j is refused', async schedule => {
    await expect((await started()).create(MANAGER, request({ schedule }))).rejects.toMatchObject({
      code: 'invalid_request',
    })
  })
})
