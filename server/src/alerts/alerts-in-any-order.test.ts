import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '@harbor/protocol'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fridgeTransition, openAlerts } from '../../test/seeded-alerts.ts'
import type { Finding } from '../causes/station-watch.ts'
import { loadDirectory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { AlertChoice } from './alert-queries.ts'
import type { Alerts } from './alerts.ts'
import { type MaintenanceBook, createMaintenanceBook } from './maintenance.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const chief: Person = { login: 'chief', name: 'Chief', role: 'administrator', districts: [] }
const YUBEI = 'yubei-1-fridge'

let dir: string
let db: RegistryDb
let alerts: Alerts
let book: MaintenanceBook
let now: number
let ids: number

async function open(): Promise<void> {
  dir = await mkdtemp(join(tmpdir(), 'harbor-order-'))
  ;({ db, alerts } = await openAlerts(dir, () => now))
  const directory = await loadDirectory(db)
  const onChanged = (station: string) => alerts.settle([station])
  book = createMaintenanceBook({ db, directory, nowMs: () => now, newId: () => `w${(ids += 1)}`, onChanged })
}
async function close(): Promise<void> {
  await db.destroy()
  await rm(dir, { recursive: true, force: true })
}

beforeEach(async () => {
  now = Date.UTC(2026, 6, 30, 4)
  ids = 0
  await open()
})
afterEach(close)

const apply = (...transitions: Parameters<Alerts['apply']>[0]) => alerts.apply(transitions, async () => {})
const list = async (state: AlertChoice) => (await alerts.list(chief, { state, limit: 1_000 })).alerts
const mains = (type: 'cause_began' | 'cause_ended'): Finding => {
  const cause = { kind: 'mains_failure', appliance: undefined, device: undefined, sinceMs: now } as const
  return type === 'cause_began'
    ? { station: 'yubei-1', type, cause, share: { down: 9, of: 10 } }
    : { station: 'yubei-1', type, cause, atMs: now }
}

test('whatever happens in whatever order, no standing fault is lost, none is told while a cause explains it, and every history is whole', async () => {
  const step = fc.record({
    what: fc.constantFrom('raised', 'cleared', 'mains', 'mains over', 'window', 'end window', 'silence', 'acknowledge'),
    fridge: fc.constantFrom(YUBEI, 'yuzhong-1-fridge'),
    waitMs: fc.constantFrom(0, MINUTE_MS, 20 * MINUTE_MS, 2 * HOUR_MS),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 16 }), async story => {
      await close()
      await open()
      const standing = new Set<string>()
      let isMainsOut = false
      for (const { what, fridge, waitMs } of story) {
        now += waitMs
        await alerts.sweep()
        if (what === 'raised' || what === 'cleared') {
          await apply(fridgeTransition(what, fridge))
          if (what === 'raised') standing.add(fridge)
          else standing.delete(fridge)
        }
        if (what === 'mains') await alerts.applyFindings([mains('cause_began')])
        if (what === 'mains over') await alerts.applyFindings([mains('cause_ended')])
        isMainsOut = what === 'mains' || (isMainsOut && what !== 'mains over')
        const window = { station: 'yubei-1', appliance: YUBEI, fromMs: now, toMs: now + HOUR_MS, reason: 'x' }
        if (what === 'window') await book.add(chief, window)
        for (const { id } of what === 'end window' ? await book.list(chief, { withPast: false }) : [])
          await book.end(chief, id)
        const [first] = await list('open')
        if (what === 'silence' && first !== undefined)
          await alerts.silence(first.id, { untilMs: now + HOUR_MS, reason: 'x' }, chief)
        if (what === 'acknowledge' && first?.state === 'raised') await alerts.acknowledge(first.id, chief)

        const fridges = (await list('standing')).filter(({ rule }) => rule === 'fridge_too_warm')
        expect(fridges.map(alert => alert.appliance).sort()).toEqual([...standing].sort())
        expect([...alerts.faultyAppliances].sort()).toEqual([...standing].sort())
        const told = (await list('open')).filter(({ station }) => station === 'yubei-1')
        expect(told.some(({ rule }) => rule === 'station_mains_failure')).toBe(
          isMainsOut && (await list('suppressed')).every(({ rule }) => rule !== 'station_mains_failure'),
        )
      }
      const counted = await db
        .selectFrom('alert_transition')
        .innerJoin('alert', 'alert.id', 'alert_transition.alert')
        .select(eb => ['alert.revision', eb.fn.countAll<number>().as('count'), eb.fn.max('seq').as('last')])
        .groupBy('alert.id')
        .execute()
      for (const { revision, count, last } of counted) expect([count, last]).toEqual([revision, revision])
    }),
    { numRuns: 8 },
  )
})
