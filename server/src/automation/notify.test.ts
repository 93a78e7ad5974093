import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type AutomationBench, NOON_MS, openAutomationBench } from '../../test/automation-fixture.ts'

const MINUTE_MS = 60_000
const YUZHONG = { districts: ['500103'] }

let bench: AutomationBench
beforeEach(async () => {
  bench = await openAutomationBench()
})
afterEach(() => bench[Symbol.asyncDispose]())

const titlesOf = (login: string) => bench.shown.filter(one => one.login === login).map(({ title }) => title)
const alertNote = (n: number) => ({ title: { zh: `警 ${n}`, en: `Alert ${n}` }, dedupeKey: `alert-${n}` })

describe('a flood', () => {
  test('of a thousand within a minute is five messages and one digest, to a person as to a group', async () => {
    await bench.addPerson('boss', 'manager', YUZHONG)
    await bench.addChannel('group', { region: '500103' })
    let sent = 0
    for (let n = 1; n <= 1_000; n++) {
      bench.clock.nowMs = NOON_MS + n * 60
      sent += (await bench.notify(alertNote(n))).deliveries.length
    }
    await bench.settle()
    expect([sent, titlesOf('boss').length]).toEqual([5, 5])
    bench.clock.nowMs = NOON_MS + 60 + 10 * MINUTE_MS - 1
    await bench.settle()
    expect(titlesOf('boss')).toHaveLength(5)
    bench.clock.nowMs += 1
    await bench.settle()
    expect(titlesOf('boss').slice(5)).toEqual(['Digest: 995 messages'])
    const due = await bench.deliveries.handOut('node-red')
    // Those that were handed out with the answer have run out of their lease meanwhile: nobody said they were sent.
    expect(due.filter(({ count }) => count > 1)).toMatchObject([
      { kind: 'digest', count: 995, title: '汇总：995 条消息', channel: { id: 'group', target: 'group' } },
    ])
    expect(due.find(({ count }) => count > 1)?.body.split('\n')).toHaveLength(11)
  }, 60_000)

  test('goes on as a digest after a restart, with nothing told twice', async () => {
    await bench.addPerson('boss', 'manager', YUZHONG)
    for (let n = 1; n <= 8; n++) await bench.notify(alertNote(n))
    await bench.restart()
    for (let n = 1; n <= 9; n++) await bench.notify(alertNote(n))
    await bench.settle()
    bench.clock.nowMs += 10 * MINUTE_MS
    await bench.settle()
    // What is due at the same instant comes in no promised order.
    expect(titlesOf('boss').toSorted()).toEqual([
      'Alert 1',
      'Alert 2',
      'Alert 3',
      'Alert 4',
      'Alert 5',
      'Digest: 4 messages',
    ])
  })

  test('holds no P0 back, but tells each once', async () => {
    await bench.addPerson('boss', 'manager', YUZHONG)
    for (let n = 1; n <= 8; n++) await bench.notify({ ...alertNote(n), severity: 'P0' })
    const again = await bench.notify({ ...alertNote(8), severity: 'P0' })
    await bench.settle()
    expect(titlesOf('boss')).toHaveLength(8)
    expect(again.people).toEqual({ told: 0, held: 0, repeated: 1 })
  })

  test('leaves out of its digest what holds no longer', async () => {
    await bench.addPerson('boss', 'manager', YUZHONG)
    const onlyWhile = { alertRaised: bench.alerts.yuzhong }
    const to = { level: 'district', station: 'yuzhong-1' } as const
    for (let n = 1; n <= 5; n++) await bench.notify(alertNote(n))
    for (let n = 6; n <= 7; n++) await bench.notify({ ...alertNote(n), to, onlyWhile })
    await bench.notify(alertNote(8))
    await bench.db.updateTable('alert').set({ state: 'acknowledged' }).where('id', '=', bench.alerts.yuzhong).execute()
    bench.clock.nowMs += 10 * MINUTE_MS
    await bench.settle()
    expect(titlesOf('boss').toSorted()).toEqual(['Alert 1', 'Alert 2', 'Alert 3', 'Alert 4', 'Alert 5', 'Alert 8'])
    expect((await bench.notify({ ...alertNote(9), to, onlyWhile })).people.told).toBe(0)
  })
})

describe('quiet hours', () => {
  test('a message waits for their end and is then told as it is; several are one', async () => {
    const quiet = { from: '11:00', to: '13:00' }
    await bench.addPerson('boss', 'manager', { ...YUZHONG, choice: { quiet } })
    await bench.addChannel('group', { quiet })
    const first = await bench.notify(alertNote(1))
    expect([first.people, first.channels, first.deliveries]).toMatchObject([{ held: 1 }, { held: 1 }, []])
    bench.clock.nowMs = NOON_MS + 60 * MINUTE_MS
    await bench.settle()
    expect(titlesOf('boss')).toEqual(['Alert 1'])
    expect(await bench.deliveries.handOut('node-red')).toMatchObject([{ title: '警 1', count: 1 }])
  })

  test('a digest whose window ends just inside them waits for their end', async () => {
    // NOON_MS is noon on the stations' clock: the window ends at 12:10.
    await bench.addChannel('group', { quiet: { from: '12:05', to: '13:00' } })
    const first: string[] = []
    for (let n = 1; n <= 8; n++) for (const { id } of (await bench.notify(alertNote(n))).deliveries) first.push(id)
    for (const id of first) await bench.deliveries.report('node-red', id, { state: 'delivered' })
    for (const min of [10, 59]) {
      bench.clock.nowMs = NOON_MS + min * MINUTE_MS
      await bench.settle()
      expect(await bench.deliveries.handOut('node-red')).toEqual([])
    }
    bench.clock.nowMs = NOON_MS + 60 * MINUTE_MS
    await bench.settle()
    expect(await bench.deliveries.handOut('node-red')).toMatchObject([{ kind: 'digest', count: 3 }])
  })

  test('P0 does not wait for it', async () => {
    await bench.addPerson('boss', 'manager', { ...YUZHONG, choice: { quiet: { from: '11:00', to: '13:00' } } })
    await bench.notify({ severity: 'P0' })
    await bench.settle()
    expect(titlesOf('boss')).toHaveLength(1)
  })
})

describe('whom', () => {
  beforeEach(async () => {
    await bench.addPerson('city', 'manager')
    await bench.addPerson('boss', 'manager', YUZHONG)
    await bench.addPerson('other', 'manager', { districts: ['500112'] })
    await bench.addPerson('keeper', 'keeper', YUZHONG)
    await bench.addPerson('root', 'administrator')
  })
  const toldOf = async (to: Parameters<AutomationBench['notify']>[0]['to'], account?: string) => {
    bench.shown.length = 0
    await bench.notify({ ...(to !== undefined && { to }) }, account)
    await bench.settle()
    return bench.shown.map(({ login }) => login).sort()
  }

  test('a role in a region is told, and the city above it; a region alone is not others', async () => {
    expect(await toldOf({ roles: ['manager'], region: '500103' })).toEqual(['boss', 'city'])
    expect(await toldOf({ roles: ['keeper', 'administrator'], station: 'yuzhong-1' })).toEqual(['keeper', 'root'])
    expect(await toldOf({ logins: ['other', 'nobody'] })).toEqual(['other'])
  })

  test('a level calls on the shift, the district, the city', async () => {
    expect(await toldOf({ level: 'district', station: 'yuzhong-1' })).toEqual(['boss'])
    expect(await toldOf({ level: 'city', station: 'yuzhong-1' })).toEqual(['city', 'root'])
    // Nobody is on shift: who serves there and its nearest manager.
    expect(await toldOf({ level: 'shift', station: 'yuzhong-1' })).toEqual(['boss'])
    const shift = {
      id: 's',
      station: 'yuzhong-1',
      district: '500103',
      pattern: null,
      day: null,
      is_offered: 0 as const,
    }
    const open = { taken_by: null, checked_in_ms: null, shown_by: null, checked_out_ms: null, cancelled_at_ms: null }
    await bench.db
      .insertInto('shift')
      .values({ ...shift, ...open, from_ms: NOON_MS - 1, to_ms: NOON_MS + 1, person: 'login:keeper', revision: 1 })
      .execute()
    expect(await toldOf({ level: 'shift', station: 'yuzhong-1' })).toEqual(['keeper'])
  })

  test('an account of a district has nobody told of another, whatever it asks', async () => {
    expect(await toldOf({ logins: ['boss', 'other'] }, 'yubei')).toEqual(['other'])
    expect(await toldOf({ roles: ['manager'] }, 'yubei')).toEqual(['city', 'other'])
    await expect(bench.notify({ to: { roles: ['manager'], region: '500103' } }, 'yubei')).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(bench.notify({ to: { level: 'city', station: 'yuzhong-1' } }, 'yubei')).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('who by role hears of an alert from the server as they chose is not told by a flow, too', async () => {
    const answer = await bench.notify({ onlyWhile: { alertRaised: bench.alerts.yuzhong } })
    expect(answer.people).toEqual({ told: 0, held: 0, repeated: 2 })
  })

  test("groups are told by region, role and severity; a person's phone with the person", async () => {
    await bench.addChannel('city-group')
    await bench.addChannel('yuzhong-group', { region: '500103', roles: ['manager'] })
    await bench.addChannel('keepers', { roles: ['keeper'] })
    await bench.addChannel('yubei-group', { region: '500112' })
    await bench.addChannel('grave', { severities: ['P0'] })
    await bench.addChannel('phone', { kind: 'sms', target: '+8613800000000', login: 'boss' })
    const { deliveries } = await bench.notify({})
    expect(deliveries.map(({ channel }) => channel.id).sort()).toEqual(['city-group', 'phone', 'yuzhong-group'])
    const other = await bench.notify({ to: { logins: ['other'] } })
    expect(other.deliveries).toEqual([])
  })
})

describe('a delivery', () => {
  const handOut = () => bench.deliveries.handOut('node-red')
  beforeEach(() => bench.addChannel('group'))

  test('is handed out again when nobody says what became of it, and no more once it is delivered', async () => {
    const { deliveries } = await bench.notify({})
    const [first] = deliveries
    expect(await handOut()).toEqual([])
    bench.clock.nowMs += 120_000
    expect(await handOut()).toMatchObject([{ id: first?.id, tries: 1 }])
    await bench.deliveries.report('node-red', first?.id ?? '', { state: 'delivered' })
    bench.clock.nowMs += 120_000
    expect(await handOut()).toEqual([])
  })

  test('that failed is tried after 30 s, 2 min, 10 min and 1 h, then given up and shown', async () => {
    const { deliveries } = await bench.notify({})
    const id = deliveries[0]?.id ?? ''
    for (const waitMs of [30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS]) {
      await bench.deliveries.report('node-red', id, { state: 'failed', reason: 'no route' })
      bench.clock.nowMs += waitMs - 1
      expect(await handOut()).toEqual([])
      bench.clock.nowMs += 1
      expect(await handOut()).toHaveLength(1)
    }
    await bench.deliveries.report('node-red', id, { state: 'failed', reason: 'no route' })
    bench.clock.nowMs += 24 * 60 * MINUTE_MS
    expect(await handOut()).toEqual([])
    expect((await bench.deliveries.troubles()).get('group')).toMatchObject({ reason: 'no route' })
  })

  test('whose destination is not set is given up at once and shown', async () => {
    const { deliveries } = await bench.notify({})
    await bench.deliveries.report('node-red', deliveries[0]?.id ?? '', { state: 'off', reason: 'WECOM_X not set' })
    bench.clock.nowMs += 24 * 60 * MINUTE_MS
    expect(await handOut()).toEqual([])
    expect((await bench.deliveries.troubles()).get('group')).toMatchObject({ reason: 'WECOM_X not set' })
  })

  test('is nobody else’s, and gone with its channel', async () => {
    const { deliveries } = await bench.notify({})
    const report = bench.deliveries.report('yubei', deliveries[0]?.id ?? '', { state: 'delivered' })
    await expect(report).rejects.toMatchObject({ code: 'not_found' })
    await bench.channels.remove('group')
    bench.clock.nowMs += 120_000
    expect(await handOut()).toEqual([])
  })
})
