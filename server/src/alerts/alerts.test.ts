import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AlertView, cloudEventSchema, hasCode } from '@harbor/protocol'
import * as fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { fridgeTransition, openAlerts } from '../../test/seeded-alerts.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { AlertChoice } from './alert-queries.ts'
import type { Alerts } from './alerts.ts'
import { createEventOutbox } from './event-outbox.ts'

const MINUTE_MS = 60_000
const everyone = { login: 'chief', name: 'Chief', role: 'administrator' as const, districts: [] }
const colleague = { ...everyone, login: 'colleague' }

let dir: string
let db: RegistryDb
let alerts: Alerts
let now: number

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-alerts-'))
  now = Date.UTC(2026, 6, 30, 4)
  ;({ db, alerts } = await openAlerts(dir, () => now))
})

afterEach(async () => {
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

const nothingElse = async () => {}
const apply = (...transitions: Parameters<Alerts['apply']>[0]) => alerts.apply(transitions, nothingElse)
const list = async (state: AlertChoice) => (await alerts.list(everyone, { state, limit: 1_000 })).alerts
const all = () => list('all')
const history = async () =>
  (await db.selectFrom('alert_transition').select(['seq', 'change', 'actor', 'at_ms']).orderBy('seq').execute()).map(
    ({ seq, change, actor, at_ms: atMs }) => `${seq} ${change} ${actor ?? 'system'} +${(atMs - START) / MINUTE_MS}`,
  )
const START = Date.UTC(2026, 6, 30, 4)

describe('the life of an alert', () => {
  test('raised with its evidence, acknowledged by a person, resolved by itself: every step kept with who and when', async () => {
    await apply(fridgeTransition('raised'))
    const [raised] = await all()
    expect(raised).toMatchObject({
      station: 'yuzhong-1',
      district: '500103',
      applianceKind: 'fridge',
      severity: 'P2',
      state: 'raised',
      evidence: { device: 'yuzhong-fridge-temp', metric: 'temperature', unit: 'Cel', threshold: 8, observed: 14.2 },
    })
    now += MINUTE_MS
    await alerts.acknowledge(raised?.id as string, everyone)
    now += MINUTE_MS
    await apply(fridgeTransition('cleared'))
    expect((await all())[0]).toMatchObject({
      state: 'resolved',
      acknowledgedBy: 'chief',
      resolvedAt: new Date(START + 2 * MINUTE_MS).toISOString(),
    })
    expect(await history()).toEqual(['1 raised system +0', '2 acknowledged chief +1', '3 resolved system +2'])
    expect(await list('open')).toEqual([])
  })

  test('a fault that is raised again while its alert is open changes nothing', async () => {
    await apply(fridgeTransition('raised'), fridgeTransition('raised'))
    await apply(fridgeTransition('raised'))
    expect(await all()).toHaveLength(1)
    expect(await history()).toHaveLength(1)
  })

  test('a graver severity is taken over by the open alert', async () => {
    await apply(fridgeTransition('raised'))
    await apply(fridgeTransition('escalated', 'yuzhong-1-fridge', 'P1'))
    expect((await all()).map(alert => [alert.severity, alert.state])).toEqual([['P1', 'raised']])
    expect(await history()).toEqual(['1 raised system +0', '2 escalated system +0'])
  })

  test.each([
    ['yubei-1-fridge', 60 * MINUTE_MS],
    // The fleet of the tests divides the durations of the rule by 60 for this fridge's model.
    ['yuzhong-1-fridge', MINUTE_MS],
  ])(
    'a fault of %s that comes back within %i ms reopens its alert; later it raises another',
    async (fridge, limitMs) => {
      await apply(fridgeTransition('raised', fridge))
      const [first] = await all()
      await alerts.acknowledge(first?.id as string, everyone)
      await apply(fridgeTransition('cleared', fridge))
      now += limitMs
      await apply(fridgeTransition('raised', fridge))
      const [reopened, ...others] = await all()
      expect(others).toEqual([])
      expect(reopened).toMatchObject({ id: first?.id, state: 'raised', raisedAt: first?.raisedAt })
      expect([reopened?.acknowledgedBy, reopened?.resolvedAt]).toEqual([undefined, undefined])
      await apply(fridgeTransition('cleared', fridge))
      now += limitMs + 1
      await apply(fridgeTransition('raised', fridge))
      expect((await all()).map(alert => alert.state).sort()).toEqual(['raised', 'resolved'])
    },
  )

  test('two people pressing at once: one winner, and the other is told; pressing twice is no error', async () => {
    await apply(fridgeTransition('raised'))
    const id = (await all())[0]?.id as string
    const results = await Promise.allSettled([alerts.acknowledge(id, everyone), alerts.acknowledge(id, colleague)])
    expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected'])
    expect(results[1]).toMatchObject({ reason: { code: 'conflict' } })
    expect(await alerts.acknowledge(id, everyone)).toMatchObject({ acknowledgedBy: 'chief' })
    expect(await history()).toHaveLength(2)
  })

  test('a resolved alert cannot be acknowledged', async () => {
    await apply(fridgeTransition('raised'))
    await apply(fridgeTransition('cleared'))
    const id = (await all())[0]?.id as string
    await expect(alerts.acknowledge(id, everyone)).rejects.toSatisfy(error => hasCode(error, 'conflict'))
  })

  test('whatever happens in whatever order, there is at most one open alert, the faulty appliances are those with one, and each alert has an unbroken history', async () => {
    const step = fc.record({
      type: fc.constantFrom('raised' as const, 'cleared' as const, 'escalated' as const, 'acknowledge' as const),
      fridge: fc.constantFrom('yuzhong-1-fridge', 'yubei-1-fridge'),
      waitMs: fc.constantFrom(0, MINUTE_MS, 61 * MINUTE_MS),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async steps => {
        for (const { type, fridge, waitMs } of steps) {
          now += waitMs
          const [open] = (await list('open')).filter(alert => alert.appliance === fridge)
          if (type !== 'acknowledge') await apply(fridgeTransition(type, fridge, type === 'escalated' ? 'P1' : 'P2'))
          else if (open !== undefined) await alerts.acknowledge(open.id, everyone)
          const faulty = (await list('open')).map(alert => alert.appliance)
          expect(new Set(faulty).size).toBe(faulty.length)
          expect([...alerts.faultyAppliances].sort()).toEqual(faulty.sort())
        }
        const kept = await db
          .selectFrom('alert_transition')
          .select(eb => ['alert', eb.fn.countAll<number>().as('count'), eb.fn.max('seq').as('last')])
          .groupBy('alert')
          .execute()
        for (const { count, last } of kept) expect(count).toBe(last)
      }),
      { numRuns: 20 },
    )
  })

  test('what is saved alongside is there only if the alert is', async () => {
    await expect(
      alerts.apply([fridgeTransition('raised')], async () => {
        throw new Error('the disk is full')
      }),
    ).rejects.toThrow('disk')
    expect(await all()).toEqual([])
    expect(alerts.faultyAppliances.size).toBe(0)
  })

  test('a restart knows which appliances are faulty', async () => {
    await apply(fridgeTransition('raised'))
    await db.destroy()
    ;({ db, alerts } = await openAlerts(dir, () => now))
    expect([...alerts.faultyAppliances]).toEqual(['yuzhong-1-fridge'])
  })
})

describe('events', () => {
  let published: { topic: string; event: ReturnType<typeof cloudEventSchema.parse> }[]
  let isAway: boolean

  const openOutbox = () =>
    createEventOutbox({
      db,
      publish: async (topic, payload) => {
        if (isAway) throw new Error('the broker is away')
        published.push({ topic, event: cloudEventSchema.parse(JSON.parse(payload)) })
      },
      log: pino({ level: 'silent' }),
    })

  beforeEach(() => {
    published = []
    isAway = false
  })

  test('each change is published once, in order, as a CloudEvent on the topic of its district', async () => {
    const outbox = openOutbox()
    outbox.start()
    await apply(fridgeTransition('raised'))
    const id = (await all())[0]?.id as string
    await alerts.acknowledge(id, everyone)
    await apply(fridgeTransition('cleared'))
    outbox.wake()
    await vi.waitFor(() => expect(published).toHaveLength(3))
    await outbox.stop()
    expect(published.map(({ topic }) => topic)).toEqual([
      'harbor/v1/500103/event/alert-raised',
      'harbor/v1/500103/event/alert-acknowledged',
      'harbor/v1/500103/event/alert-cleared',
    ])
    expect(published.map(({ event }) => event.id)).toEqual([`${id}-1`, `${id}-2`, `${id}-3`])
    expect(published.map(({ event }) => (event.data as AlertView).state)).toEqual([
      'raised',
      'acknowledged',
      'resolved',
    ])
    expect(await db.selectFrom('event_outbox').selectAll().execute()).toEqual([])
  })

  test('a broker that is away loses none of them, through a restart too', async () => {
    isAway = true
    const outbox = openOutbox()
    outbox.start()
    await apply(fridgeTransition('raised'))
    outbox.wake()
    await apply(fridgeTransition('cleared'))
    await outbox.stop()
    expect(published).toEqual([])
    isAway = false
    const next = openOutbox()
    next.start()
    await vi.waitFor(() =>
      expect(published.map(({ event }) => event.type)).toEqual(['harbor.alert-raised', 'harbor.alert-cleared']),
    )
    await next.stop()
  })

  test('waking it while it sends never leaves an event behind', async () => {
    const outbox = openOutbox()
    outbox.start()
    for (let n = 1; n <= 20; n += 1) {
      now += 61 * MINUTE_MS // too far apart to be one fault that comes and goes
      await apply(fridgeTransition(n % 2 === 1 ? 'raised' : 'cleared'))
      outbox.wake()
    }
    await vi.waitFor(() => expect(published).toHaveLength(20))
    await outbox.stop()
  })
})
