import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PushMessage, TellChoice } from '@harbor/protocol'
import * as fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { confirmMail } from '../../test/confirmed-mail.ts'
import { type Bench, KEEPER, MAINTAINER, MANAGER, OTHER, openOrders } from '../../test/order-fixture.ts'
import { fridgeTransition } from '../../test/seeded-alerts.ts'
import { copyTestRegistry } from '../../test/test-registry.ts'
import type { SendResult } from './channels.ts'
import { notBeforeMs } from './quiet.ts'
import { putChoice, putDevice } from './tell-choices.ts'
import { RETRY_AFTER_MS, type TellOutbox, createTellOutbox } from './tell-outbox.ts'
import { type Tell, createTell } from './tell.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const FRIDGE = 'yubei-1-fridge'
const LOG = pino({ level: 'silent' })
const RULES = [{ id: 'fridge_too_warm', nameZh: '冰箱温度过高', nameEn: 'Fridge too warm' }]

let template: string
let dataDir: string
let bench: Bench
let tell: Tell
let outbox: TellOutbox
let nowMs: number
/** What phones showed, and mailboxes got. */
let told: { to: string; message: PushMessage; atMs: number }[]
/** What the push service and the mail server answer. */
let answer: SendResult

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'harbor-tell-'))
  const { db } = await openOrders(template, { nowMs: () => 0, people: [OTHER, MAINTAINER, MANAGER, KEEPER] })
  for (const { login } of [OTHER, MAINTAINER, MANAGER, KEEPER]) await subscribe(db, login)
  await db.destroy()
})
afterAll(() => rm(template, { recursive: true, force: true }))
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'harbor-tell-'))
  await cp(template, dataDir, { recursive: true })
  await copyTestRegistry(template, dataDir)
  // Noon in Chongqing.
  nowMs = Date.UTC(2026, 6, 30, 4)
  told = []
  answer = { result: 'sent' }
  await open()
})
afterEach(async () => {
  await tell.stop()
  await bench.db.destroy()
  await rm(dataDir, { recursive: true, force: true })
})

async function subscribe(db: Bench['db'], login: string, device = login) {
  const keys = { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) }
  await putDevice(db, login, { device: { endpoint: `https://push.example/${device}`, keys, label: device }, nowMs: 0 })
}
async function open() {
  bench = await openOrders(dataDir, { nowMs: () => nowMs })
  const { db, alerts, orders } = bench
  const show = (to: string, message: PushMessage) => {
    if (answer.result === 'sent') told.push({ to, message, atMs: nowMs })
    return Promise.resolve(answer)
  }
  outbox = createTellOutbox({
    db,
    sendPush: ({ endpoint }, message) => show(endpoint.replace('https://push.example/', ''), message),
    sendMail: ({ to, subject, text }) => show(to, { title: subject, body: text, tag: '', url: '' }),
    publicUrl: 'https://harbor.example',
    timeZone: 'Asia/Shanghai',
    nowMs: () => nowMs,
    log: LOG,
  })
  tell = createTell({ db, outbox, rules: RULES, nowMs: () => nowMs, newId: () => String(nowMs), log: LOG })
  alerts.onChanged(tell.takeAlert)
  orders.onChanged(tell.takeOrder)
}
async function restart() {
  await tell.stop()
  await bench.db.destroy()
  await open()
  await tell.start()
  await tell.settle()
}
const choose = (login: string, choice: Partial<TellChoice>) =>
  putChoice(bench.db, login, { severities: ['P0', 'P1'], language: 'en', ...choice })
const confirm = (login: string, address: string) => confirmMail(bench.db, [{ login, address }], nowMs)
const raise = (severity: 'P1' | 'P2' = 'P1') =>
  bench.alerts.apply([fridgeTransition('raised', FRIDGE, severity)], async () => {})
const clear = () => bench.alerts.apply([fridgeTransition('cleared', FRIDGE, 'P1')], async () => {})
const alertId = async () =>
  (await bench.db.selectFrom('alert').select('id').orderBy('raised_at_ms', 'desc').executeTakeFirstOrThrow()).id
const titles = (to: string) => told.filter(one => one.to === to).map(({ message }) => message.title)

describe('an alert', () => {
  test('is told once to everybody of its district who wants its grade, in their language, with the way to it', async () => {
    await choose('wang', { severities: ['P1'] })
    await choose('li', { severities: [] })
    await choose('keeper', { severities: ['P2'] })
    await choose('boss', { language: 'zh' })
    await raise()
    await tell.settle()
    await tell.settle()
    expect(told.map(({ to, message }) => `${to} ${message.title}`).sort()).toEqual([
      'boss P1 冰箱温度过高',
      'wang P1 Fridge too warm',
    ])
    expect(told[0]?.message.url).toBe(`https://harbor.example/console/alerts/${await alertId()}`)
  })

  test('of another district is told to nobody of this one', async () => {
    await bench.alerts.apply([fridgeTransition('raised', 'yuzhong-1-fridge', 'P1')], async () => {})
    await tell.settle()
    expect(told.map(({ to }) => to)).toEqual(['boss'])
  })

  test('that somebody took while the network was down is told to nobody any more', async () => {
    answer = { result: 'later', reason: 'no network' }
    await raise()
    await tell.settle()
    await bench.alerts.acknowledge(await alertId(), OTHER)
    answer = { result: 'sent' }
    nowMs += 12 * HOUR_MS
    await tell.settle()
    await restart()
    expect(told).toEqual([])
  })

  test('that was acknowledged months ago is not told at a start, nor one that stood long before', async () => {
    await raise()
    await bench.db.deleteFrom('tell_outbox').execute()
    nowMs += 25 * HOUR_MS
    await restart()
    expect(told).toEqual([])
  })

  test('that stood up while the server was killed before the outbox is told at the next start', async () => {
    const { alerts } = bench
    await bench.db.deleteFrom('tell_outbox').execute()
    await alerts.apply([fridgeTransition('raised', FRIDGE, 'P1')], async () => {})
    // What was taken in memory is lost with the process.
    await bench.db.destroy()
    await open()
    await tell.start()
    await tell.settle()
    expect(titles('boss')).toHaveLength(1)
  })

  test('is told once and never after it was taken, whatever fails and restarts in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom('raise', 'clear', 'acknowledge', 'break', 'mend', 'wait', 'wait long', 'restart', 'look'),
          { minLength: 4, maxLength: 14, size: 'max' },
        ),
        async acts => {
          told = []
          answer = { result: 'sent' }
          const takenAt = new Map<string, number>()
          for (const act of acts) {
            if (act === 'raise') await raise()
            if (act === 'clear') await clear()
            if (act === 'break') answer = { result: 'later', reason: 'broken' }
            if (act === 'mend') answer = { result: 'sent' }
            if (act === 'wait') nowMs += MINUTE_MS
            if (act === 'wait long') nowMs += 2 * HOUR_MS
            if (act === 'restart') await restart()
            if (act === 'look') await tell.settle()
            if (act === 'acknowledge') {
              const raised = await bench.db.selectFrom('alert').select('id').where('state', '=', 'raised').execute()
              for (const { id } of raised) {
                await bench.alerts.acknowledge(id, OTHER)
                takenAt.set(id, told.length)
              }
            }
            // What is taken back by a new fault is news again.
            if (act === 'raise') takenAt.clear()
          }
          answer = { result: 'sent' }
          nowMs += 5 * HOUR_MS
          await tell.settle()
          for (const to of ['wang', 'boss', 'keeper']) {
            const keys = await bench.db.selectFrom('tell_outbox').select('state').where('login', '=', to).execute()
            // Each thing is one row, and each message that was shown is one row told.
            expect(titles(to).length).toBe(keys.filter(({ state }) => state === 'told').length)
          }
          for (const [id, count] of takenAt)
            expect(told.slice(count).filter(({ message }) => message.tag === `alert-${id}`)).toEqual([])
          await bench.db.deleteFrom('tell_outbox').execute()
          for (const table of ['alert_transition', 'alert'] as const) await bench.db.deleteFrom(table).execute()
        },
      ),
      { numRuns: 25 },
    )
  })

  test('is one message among many when a whole district fails at once', async () => {
    const seed = await alertRowOf()
    for (let n = 0; n < 20; n += 1)
      await bench.db
        .insertInto('alert')
        .values({ ...seed, id: `many-${n}`, rule: `r${n}` })
        .execute()
    await tell.start()
    await tell.settle()
    expect(titles('wang')).toEqual(['21 条新告警'])
  })
})

async function alertRowOf() {
  await raise()
  return bench.db.selectFrom('alert').selectAll().executeTakeFirstOrThrow()
}

describe('a work order', () => {
  test('is told to whoever it is given to, and no more once they accepted', async () => {
    await raise('P2')
    nowMs += 2 * MINUTE_MS
    await bench.orders.sweep()
    await tell.settle()
    const assigned = told.filter(({ message }) => message.tag.startsWith('order-'))
    expect(assigned).toHaveLength(1)
    const [{ id, assignee, revision } = { id: '', assignee: '', revision: 0 }] = (
      await bench.orders.list(MANAGER, { choice: 'open', sort: 'due', limit: 5 })
    ).orders
    expect(assigned[0]?.to).toBe(assignee)
    const hand = assignee === OTHER.login ? OTHER : MAINTAINER
    await bench.orders.act(hand, id, { act: 'accept', revision })
    nowMs += MINUTE_MS
    await tell.settle()
    expect(told).toHaveLength(assigned.length)
  })

  test('that is late is told level by level, each once, until somebody accepts it', async () => {
    await raise('P2')
    for (let hours = 0; hours < 30; hours += 1) {
      nowMs += HOUR_MS / 2
      await bench.orders.sweep()
      await tell.settle()
    }
    const late = titles('boss').filter(title => title.includes('超时上报'))
    // No crew is set up, so that there is no lead; he looks after all districts, and so is told at the city's level.
    expect(late).toHaveLength(1)
    expect(late[0]).toContain('全市')
    const before = told.length
    const [{ id, revision } = { id: '', revision: 0 }] = (
      await bench.orders.list(MANAGER, { choice: 'open', sort: 'due', limit: 5 })
    ).orders
    await bench.orders.act(MANAGER, id, { act: 'accept', revision })
    await restart()
    expect(told).toHaveLength(before)
  })
})

describe('mail', () => {
  test('goes to no address that was not confirmed, nor to a former one', async () => {
    await bench.db.deleteFrom('tell_device').execute()
    await choose('keeper', { mail: 'keeper@example.org', severities: ['P1'] })
    await raise()
    await tell.settle()
    expect(told).toEqual([])
    // Confirmed is another: what waits for that one is not sent to it any more once the choice is another.
    await confirm('keeper', 'keeper@example.org')
    await choose('keeper', { mail: 'stranger@example.org', severities: ['P1'] })
    await raise('P1')
    await tell.settle()
    expect(told).toEqual([])
    await choose('keeper', { mail: 'keeper@example.org', severities: ['P1'] })
    await clear()
    await raise()
    await tell.settle()
    expect(told.map(({ to }) => to)).toEqual(['keeper@example.org'])
  })

  test('that waits for another try is not sent to an address that is confirmed no more', async () => {
    await bench.db.deleteFrom('tell_device').execute()
    await choose('keeper', { mail: 'keeper@example.org', severities: ['P1'] })
    await confirm('keeper', 'keeper@example.org')
    answer = { result: 'later', reason: 'greylisted' }
    await raise()
    await tell.settle()
    answer = { result: 'sent' }
    await bench.db.deleteFrom('tell_mail').execute()
    nowMs += HOUR_MS
    await tell.settle()
    expect(told).toEqual([])
  })
})

describe('a test message', () => {
  const way = { channel: 'push', label: 'li' }
  test.each<[SendResult, object[]]>([
    [{ result: 'sent' }, [{ ...way, result: 'sent' }]],
    [{ result: 'later', reason: 'service is away' }, [{ ...way, result: 'later', reason: 'service is away' }]],
    [{ result: 'refused', reason: '403' }, [{ ...way, result: 'failed', reason: '403' }]],
    [{ result: 'gone', reason: '410' }, [{ channel: 'push', label: '', result: 'failed', reason: '410' }]],
  ])('that the service answers with %o is told as it went', async (said, ways) => {
    answer = said
    expect(await tell.test(MAINTAINER)).toEqual({ ways })
  })

  test('to somebody who has no way at all says so', async () => {
    await bench.db.deleteFrom('tell_device').execute()
    expect(await tell.test(MAINTAINER)).toEqual({ ways: [] })
  })
})

describe('what cannot be sent', () => {
  test('is tried again with ever longer breaks, and then given up where an administrator sees it', async () => {
    await choose('keeper', { mail: 'keeper@example.org', severities: ['P1'] })
    await confirm('keeper', 'keeper@example.org')
    answer = { result: 'later', reason: 'mailbox full' }
    await bench.db.deleteFrom('tell_device').execute()
    await raise()
    await tell.settle()
    for (const waitMs of RETRY_AFTER_MS) {
      nowMs += waitMs - 1
      await tell.settle()
      const before = await outbox.undelivered(5)
      expect(before).toEqual([])
      nowMs += 1
      await tell.settle()
    }
    const [dead] = await outbox.undelivered(5)
    expect(dead).toMatchObject({
      login: 'keeper',
      channel: 'mail',
      reason: 'mailbox full',
      tries: RETRY_AFTER_MS.length,
    })
    answer = { result: 'sent' }
    nowMs += 24 * HOUR_MS
    await tell.settle()
    expect(told).toEqual([])
  })

  test('to a browser that is no more has it forgotten', async () => {
    answer = { result: 'gone', reason: '410' }
    await raise()
    await tell.settle()
    expect(await bench.db.selectFrom('tell_device').selectAll().execute()).toEqual([])
  })

  test('waits as long as the service asks for', async () => {
    answer = { result: 'later', reason: '429', afterMs: HOUR_MS }
    await raise()
    await tell.settle()
    answer = { result: 'sent' }
    nowMs += HOUR_MS - 1
    await tell.settle()
    expect(told).toEqual([])
    nowMs += 1
    await tell.settle()
    expect(told).toHaveLength(4)
  })
})

test('a phone that was handed on tells its new person alone', async () => {
  await subscribe(bench.db, 'li', 'wang')
  await raise()
  await tell.settle()
  const own = await bench.db.selectFrom('tell_outbox').select('login').execute()
  expect(own.map(({ login }) => login).sort()).toEqual(['boss', 'keeper', 'li', 'li'])
})

describe('quiet hours', () => {
  test.each([
    ['22:00', '06:00', '2026-07-30T23:00', '2026-07-31T06:00'],
    ['22:00', '06:00', '2026-07-31T05:59', '2026-07-31T06:00'],
    ['22:00', '06:00', '2026-07-31T06:00', '2026-07-31T06:00'],
    ['22:00', '06:00', '2026-07-30T21:59', '2026-07-30T21:59'],
    ['12:00', '14:00', '2026-07-30T12:00', '2026-07-30T14:00'],
    ['12:00', '12:00', '2026-07-30T12:00', '2026-07-30T12:00'],
  ])('from %s to %s: what comes at %s is told at %s', (...row) => {
    const [from, to, at, expected] = row
    const ms = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime('Asia/Shanghai').epochMilliseconds
    expect(notBeforeMs({ from, to }, ms(at), 'Asia/Shanghai')).toBe(ms(expected))
  })

  test('hold back what can wait, and drop it when somebody took it meanwhile', async () => {
    await choose('wang', { quiet: { from: '11:00', to: '13:00' } })
    await choose('boss', { quiet: { from: '11:00', to: '12:30' } })
    await raise()
    await tell.settle()
    expect(told.map(({ to }) => to).sort()).toEqual(['keeper', 'li'])
    nowMs += 30 * MINUTE_MS
    await tell.settle()
    expect(titles('boss')).toHaveLength(1)
    await bench.alerts.acknowledge(await alertId(), OTHER)
    nowMs += 2 * HOUR_MS
    await tell.settle()
    expect(titles('wang')).toEqual([])
  })
})
