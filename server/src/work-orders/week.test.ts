import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkOrderDetail } from '@harbor/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { type Bench, MANAGER, OTHER, openOrders } from '../../test/order-fixture.ts'
import { fridgeTransition } from '../../test/seeded-alerts.ts'
import { createCalendar } from '../calendar/calendar.ts'
import { createPostedHours } from '../stations/opening.ts'
import type { Schedule } from './clock.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** The station's clock shows eight hours more than UTC. */
const local = (text: string) => Date.parse(`${text}:00+08:00`)

const holiday = {
  from: '2026-09-25',
  to: '2026-09-27',
  kind: 'holiday' as const,
  nameZh: '中秋节',
  nameEn: 'Mid-Autumn Festival',
  weekday: 5,
}
const posted = createPostedHours(createCalendar([{ year: 2026, spans: [holiday] }]))

/** Open 9 to 17 on every day but holidays. */
const schedule: Schedule = atMs => {
  const { state, changesAtMs } = posted.openingState({
    hours: 'Mo-Su 09:00-17:00; PH off',
    atMs,
    timeZone: 'Asia/Shanghai',
  })
  return { isOpen: state !== 'closed', ...(changesAtMs !== undefined && { changesAtMs }) }
}

test('a week with a holiday and a restart in its middle: each reminder and each level comes once, at its hour', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-week-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  let nowMs = local('2026-09-24T15:00')
  const open = (): Promise<Bench> =>
    openOrders(dataDir, { nowMs: () => nowMs, scheduleOf: () => schedule, people: [OTHER, MANAGER] })
  let bench = await open()
  onTestFinished(() => bench.db.destroy())
  const order = async (): Promise<WorkOrderDetail> => {
    const { orders } = await bench.orders.list(MANAGER, { choice: 'all', sort: 'newest', limit: 10 })
    expect(orders).toHaveLength(1)
    return bench.orders.detail(MANAGER, orders[0]?.id ?? '')
  }
  const act = async (name: 'accept' | 'arrive' | 'resume') => {
    const { id, revision } = await order()
    await bench.orders.act(OTHER, id, { act: name, revision })
  }
  const until = async (text: string) => {
    for (; nowMs <= local(text); nowMs += 10 * MINUTE_MS) await bench.orders.sweep()
    nowMs = local(text)
  }

  // Thursday: raised at 15:00, an order from 15:10 on, the first round after its two minutes.
  await bench.alerts.apply([fridgeTransition('raised', 'yubei-1-fridge')], async () => {})
  await until('2026-09-24T15:20')
  expect(await order()).toMatchObject({
    createdAt: new Date(local('2026-09-24T15:10')).toISOString(),
    acceptBy: new Date(local('2026-09-24T15:40')).toISOString(),
    // 8 h: 15:10 to 17:00 are 1:50; Friday to Sunday are a holiday; the other 6:10 end on Monday at 15:10.
    respondBy: new Date(local('2026-09-28T15:10')).toISOString(),
    // 24 h: 1:50, then 8 h each on Monday and Tuesday; the other 6:10 end on Wednesday at 15:10.
    doneBy: new Date(local('2026-09-30T15:10')).toISOString(),
  })
  await act('accept')

  // Over the holiday nobody hears of it, and the server is away from Saturday to Monday, 16:00.
  await until('2026-09-26T12:00')
  expect((await order()).history.map(step => step.act)).toEqual(['create', 'assign', 'accept'])
  await bench.db.destroy()
  nowMs = local('2026-09-28T16:00')
  bench = await open()
  await bench.orders.sweep()
  // What it missed comes at once, and once: a reminder (13:10) and that it is late (15:10).
  expect((await order()).history.slice(3).map(step => step.level ?? step.act)).toEqual(['remind', 'lead'])
  await act('arrive')

  // Half an hour on site, then a part is missing until Wednesday, 10:00: of 24 h the clock had 15:10-17:00 and Monday 9:00-16:30.
  nowMs = local('2026-09-28T16:30')
  const { id, revision } = await order()
  await bench.orders.act(OTHER, id, { act: 'pause', revision, note: '等压缩机' })
  expect((await order()).dueAt).toBeUndefined()
  await until('2026-09-30T10:00')
  await act('resume')
  // 24:00 - 1:50 - 7:30 = 14:40 are left: Wednesday 7:00, and Thursday to 16:40 (7:40).
  expect((await order()).doneBy).toBe(new Date(local('2026-10-01T16:40')).toISOString())
  await until('2026-10-01T17:00')
  // A second reminder, six hours before: of the work. The lead was told already, and is not told again.
  expect((await order()).history.slice(5).map(step => step.level ?? step.act)).toEqual([
    'arrive',
    'pause',
    'resume',
    'remind',
  ])
  await until('2026-10-06T17:00')
  const { history } = await order()
  const late = history.slice(9).map(({ level, at }) => [level, (Date.parse(at) - local('2026-10-01T16:40')) / HOUR_MS])
  // Half of 24 h more, counted 9 to 17: 0:20 on Thursday, 8 h, and Saturday to 12:40. All of it: Sunday, 16:40.
  expect(late).toEqual([
    ['district', (local('2026-10-03T12:40') - local('2026-10-01T16:40')) / HOUR_MS],
    ['city', (local('2026-10-04T16:40') - local('2026-10-01T16:40')) / HOUR_MS],
  ])
})
