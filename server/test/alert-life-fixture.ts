import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertView, Person } from '@harbor/protocol'
import { afterEach, beforeEach } from 'vitest'
import type { AlertChoice } from '../src/alerts/alert-queries.ts'
import type { Alerts } from '../src/alerts/alerts.ts'
import { type MaintenanceBook, createMaintenanceBook } from '../src/alerts/maintenance.ts'
import type { Finding } from '../src/causes/station-watch.ts'
import { type StationLife, createStationLife } from '../src/register/station-life.ts'
import { loadDirectory } from '../src/registry/directory.ts'
import type { RegistryDb } from '../src/registry/open-registry.ts'
import { openAlerts } from './seeded-alerts.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
/** When each test begins. */
export const START = Date.UTC(2026, 6, 30, 4)
export const chief: Person = { login: 'chief', name: 'Chief', role: 'administrator', districts: [] }
/** The fridge that most tests are about. */
export const YUBEI = 'yubei-1-fridge'

/** Alerts over a registry on disk, with a clock that tests move and what closes a station; anew for each test. */
export function useAlertLife() {
  let dir: string
  let db: RegistryDb
  let ids = 0
  const t: { nowMs: number; alerts: Alerts; book: MaintenanceBook; life: StationLife } = {
    nowMs: START,
    // Set before each test.
    alerts: undefined as unknown as Alerts,
    book: undefined as unknown as MaintenanceBook,
    life: undefined as unknown as StationLife,
  }
  const nowMs = () => t.nowMs
  const open = async () => {
    const { db: opened, alerts } = await openAlerts(dir, nowMs)
    db = opened
    const directory = await loadDirectory(db)
    const onChanged = (station: string) => alerts.settle([station])
    t.alerts = alerts
    t.book = createMaintenanceBook({ db, directory, nowMs, newId: () => `w${(ids += 1)}`, onChanged })
    t.life = createStationLife({ db, directory, nowMs, onChanged: stations => alerts.settle(stations) })
  }
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'harbor-life-'))
    t.nowMs = START
    ids = 0
    await open()
  })
  afterEach(async () => {
    await db.destroy()
    await rm(dir, { recursive: true, force: true })
  })
  const list = async (state: AlertChoice) => (await t.alerts.list(chief, { state, limit: 1_000 })).alerts
  return {
    t,
    reopen: async () => {
      await db.destroy()
      await open()
    },
    apply: (...transitions: Parameters<Alerts['apply']>[0]) => t.alerts.apply(transitions, async () => {}),
    list,
    one: async (): Promise<AlertView> => (await list('all'))[0] as AlertView,
    /** What happened to an alert, by whom and because of what. */
    steps: async (id: string) =>
      (await t.alerts.detail(chief, id)).history.map(({ change, by, cause }) =>
        [change, by, cause].filter(Boolean).join(' '),
      ),
    /** What was told of alerts, in order. */
    events: async () =>
      (await db.selectFrom('event_outbox').select('topic').orderBy('seq').execute()).map(({ topic }) =>
        topic.replace(/.*\/event\/alert-/, ''),
      ),
    began: (kind: 'mains_failure' | 'gateway_offline', sinceMs = t.nowMs, station = 'yubei-1'): Finding => ({
      station,
      type: 'cause_began',
      cause: { kind, appliance: undefined, device: undefined, sinceMs },
      share: { down: 9, of: 10 },
    }),
    ended: (kind: 'mains_failure' | 'gateway_offline', station = 'yubei-1'): Finding => ({
      station,
      type: 'cause_ended',
      cause: { kind, appliance: undefined, device: undefined, sinceMs: t.nowMs },
      atMs: t.nowMs,
    }),
  }
}
