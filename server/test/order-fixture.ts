import { randomUUID } from 'node:crypto'
import type { Person, RuleView } from '@harbor/protocol'
import { pino } from 'pino'
import type { Alerts } from '../src/alerts/alerts.ts'
import { createAlerts } from '../src/alerts/alerts.ts'
import { loadDirectory } from '../src/registry/directory.ts'
import { importFleet } from '../src/registry/fleet-import.ts'
import type { RegistryDb } from '../src/registry/open-registry.ts'
import { openTestRegistry } from './test-registry.ts'
import { ALWAYS, type Schedule } from '../src/work-orders/clock.ts'
import { CREATION } from '../src/work-orders/policy.ts'
import { type WorkOrders, createWorkOrders } from '../src/work-orders/work-orders.ts'
import { twoDistrictFleet } from './fleet-fixture.ts'

const RULES: readonly RuleView[] = [
  {
    id: 'fridge_too_warm',
    version: 1,
    scope: 'appliance',
    applianceKind: 'fridge',
    nameZh: '冰箱温度过高',
    nameEn: 'Fridge too warm',
    severity: 'P1',
    checkFirst: [],
    source: 'the tests',
  },
]

export const MAINTAINER: Person = { login: 'li', name: '李师傅', role: 'maintainer', districts: ['500112'] }
export const OTHER: Person = { login: 'wang', name: '王师傅', role: 'maintainer', districts: ['500112'] }
export const MANAGER: Person = { login: 'boss', name: '经理', role: 'manager', districts: [] }
export const KEEPER: Person = { login: 'keeper', name: '站长', role: 'keeper', districts: ['500112'] }

/** Alerts and work orders on a real registry with the fleet of the tests; nothing runs by itself. */
export interface Bench {
  db: RegistryDb
  alerts: Alerts
  orders: WorkOrders
  /** What was logged as failed. */
  failures: string[]
}

/** @param people who is registered; nobody is proposed unless a maintainer is among them. */
export async function openOrders(
  dataDir: string,
  options: { nowMs: () => number; scheduleOf?: (station: string) => Schedule; people?: readonly Person[] },
): Promise<Bench> {
  const { nowMs, scheduleOf = () => ALWAYS, people = [] } = options
  const db = await openTestRegistry(dataDir)
  await importFleet(db, twoDistrictFleet(), () => undefined)
  for (const { districts, streets = [], ...person } of people) {
    await db
      .insertInto('person')
      .values({ ...person, password_hash: '', created_at_ms: 0 })
      .onConflict(conflict => conflict.doNothing())
      .execute()
    for (const district of districts)
      await db
        .insertInto('person_district')
        .values({ login: person.login, district })
        .onConflict(conflict => conflict.doNothing())
        .execute()
    for (const street of streets)
      await db
        .insertInto('person_street')
        .values({ login: person.login, street })
        .onConflict(conflict => conflict.doNothing())
        .execute()
  }
  const directory = await loadDirectory(db)
  const alerts = createAlerts({ db, directory, rules: RULES, nowMs, newId: randomUUID })
  await alerts.start()
  const failures: string[] = []
  const orders = createWorkOrders({
    db,
    directory,
    rules: RULES,
    scheduleOf,
    isWithin: () => true,
    policy: CREATION,
    nowMs,
    newId: randomUUID,
    onAlertsChanged: alerts.tellChanged,
    log: pino({ level: 'error' }, { write: line => void failures.push(line) }),
  })
  return { db, alerts, orders, failures }
}
