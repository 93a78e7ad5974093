import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AlertView, type Person, hasCode } from '@harbor/protocol'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fridgeTransition, openAlerts } from '../../test/seeded-alerts.ts'
import type { Finding } from '../causes/station-watch.ts'
import { type StationLife, createStationLife } from '../register/station-life.ts'
import { loadDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { AlertChoice } from './alert-queries.ts'
import type { Alerts } from './alerts.ts'
import { type MaintenanceBook, createMaintenanceBook } from './maintenance.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const START = Date.UTC(2026, 6, 30, 4)
const chief: Person = { login: 'chief', name: 'Chief', role: 'administrator', districts: [] }
const YUBEI = 'yubei-1-fridge'

let dir: string
let db: RegistryDb
let alerts: Alerts
let book: MaintenanceBook
let life: StationLife
let now: number
let ids: number

async function open(): Promise<void> {
  ;({ db, alerts } = await openAlerts(dir, () => now))
  const directory = await loadDirectory(db)
  const onChanged = (station: string) => alerts.settle([station])
  book = createMaintenanceBook({ db, directory, nowMs: () => now, newId: () => `w${(ids += 1)}`, onChanged })
  life = createStationLife({ db, directory, nowMs: () => now, onChanged: stations => alerts.settle(stations) })
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'harbor-life-'))
  now = START
  ids = 0
  await open()
})
afterEach(async () => {
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
})

const apply = (...transitions: Parameters<Alerts['apply']>[0]) => alerts.apply(transitions, async () => {})
const list = async (state: AlertChoice) => (await alerts.list(chief, { state, limit: 1_000 })).alerts
const one = async (): Promise<AlertView> => (await list('all'))[0] as AlertView
const steps = async (id: string) =>
  (await alerts.detail(chief, id)).history.map(({ change, by, cause }) => [change, by, cause].filter(Boolean).join(' '))
const events = async () =>
  (await db.selectFrom('event_outbox').select('topic').orderBy('seq').execute()).map(({ topic }) =>
    topic.replace(/.*\/event\/alert-/, ''),
  )
const began = (kind: 'mains_failure' | 'gateway_offline', sinceMs = now, station = 'yubei-1'): Finding => ({
  station,
  type: 'cause_began',
  cause: { kind, appliance: undefined, device: undefined, sinceMs },
  share: { down: 9, of: 10 },
})
const ended = (kind: 'mains_failure' | 'gateway_offline', station = 'yubei-1'): Finding => ({
  station,
  type: 'cause_ended',
  cause: { kind, appliance: undefined, device: undefined, sinceMs: now },
  atMs: now,
})

describe('a cause', () => {
  test('is one alert; what it explains is kept with it, told to nobody, and told once it stands after the grace', async () => {
    await alerts.applyFindings([began('mains_failure')])
    now += 10 * MINUTE_MS
    await apply(fridgeTransition('raised', YUBEI))
    const open = await list('open')
    expect(open.map(({ rule, scope, severity }) => [rule, scope, severity])).toEqual([
      ['station_mains_failure', 'station', 'P1'],
    ])
    const [child] = await list('suppressed')
    expect(child?.suppression).toEqual({
      cause: 'mains_failure',
      since: new Date(now).toISOString(),
      alert: open[0]?.id,
    })
    expect((await alerts.detail(chief, open[0]?.id as string)).explains.map(({ id }) => id)).toEqual([child?.id])
    expect(await events()).toEqual(['raised'])

    now += 20 * MINUTE_MS
    await alerts.applyFindings([ended('mains_failure')])
    expect(await list('open')).toEqual([])
    now += HOUR_MS - 1
    await alerts.sweep()
    expect(await list('open')).toEqual([])
    now += 1
    await alerts.sweep()
    const [told] = await list('open')
    expect(told).toMatchObject({ id: child?.id, state: 'raised', raisedAt: new Date(now).toISOString() })
    expect(told?.suppression).toBeUndefined()
    expect(await steps(child?.id as string)).toEqual(['suppressed mains_failure', 'unsuppressed'])
    expect(await events()).toEqual(['raised', 'cleared', 'raised'])
  })

  test('folds in what was raised shortly before it was seen; who acknowledged that has it back afterwards', async () => {
    await apply(fridgeTransition('raised', YUBEI))
    const { id } = await one()
    await alerts.acknowledge(id, chief)
    now += 2 * MINUTE_MS
    await alerts.applyFindings([began('gateway_offline')])
    expect((await list('suppressed')).map(alert => alert.id)).toEqual([id])
    expect(await events()).toEqual(['raised', 'acknowledged', 'cleared'])
    await alerts.applyFindings([ended('gateway_offline')])
    now += 5 * MINUTE_MS
    await alerts.sweep()
    expect((await list('open')).map(alert => [alert.id, alert.state, alert.acknowledgedBy])).toEqual([
      [id, 'acknowledged', 'chief'],
    ])
    expect(await steps(id)).toEqual(['raised', 'acknowledged chief', 'suppressed gateway_offline', 'unsuppressed'])
  })

  test('what goes by itself while it was explained is over, and was never told', async () => {
    await alerts.applyFindings([began('mains_failure')])
    await apply(fridgeTransition('raised', YUBEI))
    await apply(fridgeTransition('cleared', YUBEI))
    expect((await list('all')).map(({ rule, state }) => `${rule} ${state}`).sort()).toEqual([
      'fridge_too_warm resolved',
      'station_mains_failure raised',
    ])
    expect(await events()).toEqual(['raised'])
  })

  test('of one station explains nothing of another', async () => {
    await alerts.applyFindings([began('mains_failure', now, 'yuzhong-1')])
    await apply(fridgeTransition('raised', YUBEI))
    expect((await list('open')).map(({ rule }) => rule).sort()).toEqual(['fridge_too_warm', 'station_mains_failure'])
  })

  test('outlasts a restart, and then another word of it', async () => {
    await alerts.applyFindings([began('mains_failure')])
    await db.destroy()
    await open()
    await alerts.applyFindings([began('mains_failure')])
    await apply(fridgeTransition('raised', YUBEI))
    expect((await list('standing')).map(({ rule, state }) => `${rule} ${state}`).sort()).toEqual([
      'fridge_too_warm suppressed',
      'station_mains_failure raised',
    ])
  })

  test('that is a plug switched off is told in place of what it explains, and over when it is on again', async () => {
    const plug = { kind: 'plug_off' as const, appliance: YUBEI, device: 'yubei-fridge-temp', sinceMs: now }
    await alerts.applyFindings([{ station: 'yubei-1', type: 'cause_began', cause: plug, share: undefined }])
    expect(await list('standing')).toEqual([])
    now += HOUR_MS
    await apply(fridgeTransition('raised', YUBEI))
    const [told] = await list('open')
    expect(told).toMatchObject({ rule: 'plug_switched_off', scope: 'device', severity: 'P2', appliance: YUBEI })
    expect((await list('suppressed'))[0]?.suppression).toMatchObject({ cause: 'plug_off', alert: told?.id })
    await alerts.applyFindings([{ station: 'yubei-1', type: 'cause_ended', cause: plug, atMs: now }])
    expect(await list('open')).toEqual([])
    now += 15 * MINUTE_MS
    await alerts.sweep()
    expect((await list('open')).map(({ rule }) => rule)).toEqual(['fridge_too_warm'])
  })
})

describe('a gateway and devices that are offline', () => {
  test('are one alert that grows graver, and one for devices that share a moment', async () => {
    const due = (isGraver: boolean): Finding => ({
      station: 'yubei-1',
      type: 'gateway_due',
      sinceMs: START,
      atMs: now,
      isGraver,
    })
    await alerts.applyFindings([began('gateway_offline')])
    now += 15 * MINUTE_MS
    await alerts.applyFindings([due(false)])
    now += 15 * MINUTE_MS
    const devices = ['yubei-fridge-temp', 'yubei-other']
    await alerts.applyFindings([{ station: 'yubei-1', type: 'devices_offline', devices, sinceMs: START, atMs: now }])
    now += 30 * MINUTE_MS
    await alerts.applyFindings([due(true)])
    const [gateway, ...others] = await list('open')
    expect(others).toEqual([])
    expect(gateway).toMatchObject({
      rule: 'gateway_offline',
      severity: 'P2',
      evidence: { quantity: 'silence', unit: 'min', observed: 60, threshold: 60 },
    })
    expect(await list('suppressed')).toMatchObject([
      { rule: 'devices_offline', evidence: { devices }, suppression: { alert: gateway?.id } },
    ])
    await alerts.applyFindings([
      ended('gateway_offline'),
      { station: 'yubei-1', type: 'devices_back', devices: ['yubei-other'], atMs: now },
    ])
    expect(await list('open')).toEqual([])
    expect((await list('suppressed'))[0]?.evidence.devices).toEqual(['yubei-fridge-temp'])
    await alerts.applyFindings([
      { station: 'yubei-1', type: 'devices_back', devices: ['yubei-fridge-temp'], atMs: now },
    ])
    expect(await list('standing')).toEqual([])
  })
})

describe('a fault that comes and goes', () => {
  test('is noted once as flapping and told to nobody for two hours, but stays in the list; then its state is told once', async () => {
    for (let times = 0; times < 4; times += 1) {
      await apply(fridgeTransition('raised', YUBEI))
      now += 5 * MINUTE_MS
      await apply(fridgeTransition('cleared', YUBEI))
      now += 5 * MINUTE_MS
    }
    await apply(fridgeTransition('raised', YUBEI))
    const alert = await one()
    expect(await list('open')).toHaveLength(1)
    // It is cleared for the fourth time at 35 min.
    expect(alert.silence).toEqual({
      since: new Date(START + 35 * MINUTE_MS).toISOString(),
      until: new Date(START + 155 * MINUTE_MS).toISOString(),
      isFlapping: true,
    })
    expect((await steps(alert.id)).filter(step => step === 'flapping')).toHaveLength(1)
    const fourTimes = Array.from({ length: 4 }, () => ['raised', 'cleared']).flat()
    expect(await events()).toEqual(fourTimes)
    now = START + 155 * MINUTE_MS
    await alerts.sweep()
    expect((await one()).silence).toBeUndefined()
    expect((await events()).slice(8)).toEqual(['raised'])
  })

  test('three times in an hour is none, nor are four in more than an hour', async () => {
    for (const gapMinutes of [5, 5, 40, 5]) {
      await apply(fridgeTransition('raised', YUBEI))
      now += 5 * MINUTE_MS
      await apply(fridgeTransition('cleared', YUBEI))
      now += gapMinutes * MINUTE_MS
    }
    expect((await one()).silence).toBeUndefined()
  })

  test('what a cause explained each time was told to nobody, and is no flapping', async () => {
    await alerts.applyFindings([began('mains_failure')])
    for (let times = 0; times < 5; times += 1) {
      await apply(fridgeTransition('raised', YUBEI))
      now += 5 * MINUTE_MS
      await apply(fridgeTransition('cleared', YUBEI))
    }
    expect((await list('all')).every(({ silence }) => silence === undefined)).toBe(true)
  })
})

describe('silence', () => {
  test('holds until its time, with who and why; then it is told how the alert stands', async () => {
    await apply(fridgeTransition('raised', YUBEI))
    const { id } = await one()
    const silenced = await alerts.silence(id, { untilMs: now + HOUR_MS, reason: 'part ordered' }, chief)
    expect(silenced.silence).toMatchObject({ by: 'chief', reason: 'part ordered', isFlapping: false })
    await apply(fridgeTransition('cleared', YUBEI))
    await apply(fridgeTransition('raised', YUBEI))
    expect(await events()).toEqual(['raised'])
    await apply(fridgeTransition('escalated', YUBEI, 'P1'))
    expect(await events()).toEqual(['raised', 'raised'])
    now += HOUR_MS
    await alerts.sweep()
    expect(await events()).toEqual(['raised', 'raised', 'raised'])
    expect(await steps(id)).toEqual(['raised', 'silenced chief', 'resolved', 'reopened', 'escalated', 'unsilenced'])
  })

  test('ends when somebody ends it; twice is no error', async () => {
    await apply(fridgeTransition('raised', YUBEI))
    const { id } = await one()
    await alerts.silence(id, { untilMs: now + HOUR_MS, reason: 'why' }, chief)
    expect((await alerts.unsilence(id, chief)).silence).toBeUndefined()
    expect((await alerts.unsilence(id, chief)).revision).toBe(3)
  })

  test.each([
    ['a time that has passed', 0],
    ['a time further away than 30 days', 30 * 24 * HOUR_MS + 1],
  ])('%s is refused', async (_what, afterMs) => {
    await apply(fridgeTransition('raised', YUBEI))
    const { id } = await one()
    await expect(alerts.silence(id, { untilMs: now + afterMs, reason: 'why' }, chief)).rejects.toSatisfy(error =>
      hasCode(error, 'invalid_request'),
    )
  })
})

describe('maintenance', () => {
  const window = (appliance: string | undefined, lastsMs: number) => ({
    station: 'yubei-1',
    appliance,
    fromMs: now,
    toMs: now + lastsMs,
    reason: 'new compressor',
  })

  test.each([[YUBEI], [undefined]])(
    'of %s: a fault within it is kept, and raised at its end if it still stands',
    async appliance => {
      const { id } = await book.add(chief, window(appliance, HOUR_MS))
      now += MINUTE_MS
      await apply(fridgeTransition('raised', YUBEI), fridgeTransition('raised', 'yuzhong-1-fridge'))
      expect((await list('open')).map(alert => alert.appliance)).toEqual(['yuzhong-1-fridge'])
      expect((await list('suppressed'))[0]?.suppression).toMatchObject({ cause: 'maintenance', window: id })
      now = START + HOUR_MS
      await alerts.sweep()
      expect(await list('open')).toHaveLength(2)
    },
  )

  test('ended early tells at once what still stands, and is kept with who ended it', async () => {
    const { id } = await book.add(chief, window(YUBEI, HOUR_MS))
    await apply(fridgeTransition('raised', YUBEI))
    now += MINUTE_MS
    expect(await book.end(chief, id)).toMatchObject({ endedBy: 'chief', endedAt: new Date(now).toISOString() })
    expect(await list('open')).toHaveLength(1)
    expect(await book.list(chief, { withPast: false })).toEqual([])
    expect(await book.list(chief, { withPast: true })).toHaveLength(1)
    await expect(book.change(chief, id, { toMs: now + HOUR_MS })).rejects.toSatisfy(error => hasCode(error, 'conflict'))
  })

  test('does not hide what was broken before it', async () => {
    await apply(fridgeTransition('raised', YUBEI))
    now += 1
    await book.add(chief, window(YUBEI, HOUR_MS))
    expect(await list('open')).toHaveLength(1)
  })

  test.each([
    ['ends before it begins', { toMs: START - 1 }],
    ['is longer than 90 days', { toMs: START + 91 * 24 * HOUR_MS }],
    ['is of an appliance elsewhere', { appliance: 'yuzhong-1-fridge' }],
  ])('a window that %s is refused', async (_what, change) => {
    await expect(book.add(chief, { ...window(YUBEI, HOUR_MS), ...change })).rejects.toSatisfy(error =>
      hasCode(error, 'invalid_request'),
    )
  })
})

test('a suspended station has its faults kept, all of them, until it is open again', async () => {
  await apply(fridgeTransition('raised', YUBEI))
  now += HOUR_MS
  await life.step(chief, 'yubei-1', { state: 'suspended', reason: 'new floor' })
  await alerts.applyFindings([began('mains_failure')])
  expect(await list('open')).toEqual([])
  expect((await list('suppressed')).map(alert => alert.suppression?.cause)).toEqual([
    'station_closed',
    'station_closed',
  ])
  await life.step(chief, 'yubei-1', { state: 'open', reason: 'done' })
  expect((await list('open')).map(({ rule }) => rule)).toEqual(['station_mains_failure', 'fridge_too_warm'])
})

test('a late acknowledgement does not reopen a resolved alert', async () => {
  await apply(fridgeTransition('raised', YUBEI))
  const { id } = await one()
  await apply(fridgeTransition('cleared', YUBEI))
  await expect(alerts.acknowledge(id, chief)).rejects.toSatisfy(error => hasCode(error, 'conflict'))
  expect(await one()).toMatchObject({ state: 'resolved', revision: 2 })
})
