import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '@harbor/protocol'
import { pino } from 'pino'
import { listAlerts } from '../../src/alerts/alert-queries.ts'
import { inboxOf } from '../../src/alerts/inbox.ts'
import { loadDirectory } from '../../src/registry/directory.ts'
import { openRegistry } from '../../src/registry/open-registry.ts'
import { ALWAYS } from '../../src/work-orders/clock.ts'
import { type OrderQuery, listOrders } from '../../src/work-orders/order-queries.ts'
import { CREATION } from '../../src/work-orders/policy.ts'
import { createWorkOrders } from '../../src/work-orders/work-orders.ts'
import { seedOrders } from './seed.ts'

/** Every question is asked so often. */
const RUNS = 60
export const ALERTS = 10_000
export const ORDERS = 100_000

/** How long one question took, in ms, with its page written as JSON. */
export interface OrderBench {
  of: string
  /** A list of a page: only these have a target. */
  isList: boolean
  rows: number
  medianMs: number
  p95Ms: number
  /** What this process computed for one of them, 95th of a hundred: the same however busy the machine is. */
  cpuP95Ms: number
}

/** Asks for pages of a city with 10,000 alerts that stand and 100,000 orders, in every way that the pages can ask. */
export async function benchOrders(now: () => number): Promise<OrderBench[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-bench-'))
  const db = await openRegistry(join(dataDir, 'registry.sqlite'))
  try {
    const { districts, logins, station, appliance, nowMs } = await seedOrders(db, { alerts: ALERTS, orders: ORDERS })
    const everybody: Person = { login: 'boss', name: 'boss', role: 'manager', districts: [] }
    const one: Person = { ...everybody, districts: districts.slice(0, 1) }
    const three: Person = { ...everybody, districts: districts.slice(3, 6) }
    const base: OrderQuery = { choice: 'open', sort: 'due', limit: 100 }
    const deep = await listOrders(db, everybody, { ...base, choice: 'all', sort: 'newest', limit: 500 })
    const asked: [string, Person, OrderQuery][] = [
      ['open, due first, whole city', everybody, base],
      ['open, due first, one district', one, base],
      ['open, due first, three districts', three, base],
      ['open, P0 and P1, whole city', everybody, { ...base, severities: ['P0', 'P1'] }],
      ['open, on site, three districts', three, { ...base, states: ['on_site'] }],
      ['open, overdue, whole city', everybody, { ...base, overdueAtMs: nowMs }],
      ['open, one person', everybody, { ...base, assignee: logins[10] }],
      ['open, P0 of one person in one district', one, { ...base, assignee: logins[10], severities: ['P0'] }],
      ['all, newest, whole city', everybody, { ...base, choice: 'all', sort: 'newest' }],
      ['all, newest, three districts', three, { ...base, choice: 'all', sort: 'newest' }],
      [
        'all, newest, 500 after 500',
        everybody,
        { ...base, choice: 'all', sort: 'newest', limit: 500, after: deep.next },
      ],
      ['closed, cancelled (there are none)', three, { ...base, choice: 'closed', states: ['cancelled'] }],
      ['all, one station', everybody, { ...base, choice: 'all', sort: 'newest', station }],
      ['all, one appliance', everybody, { ...base, choice: 'all', sort: 'newest', appliance }],
      ['of one alert', everybody, { ...base, choice: 'all', sort: 'newest', alert: 'alert-77' }],
    ]
    const results: OrderBench[] = []
    for (const [of, person, query] of asked)
      results.push(await measure(now, `orders: ${of}`, async () => (await listOrders(db, person, query)).orders))
    for (const [of, person] of [
      ['open, whole city', everybody],
      ['open, three districts', three],
    ] as const) {
      const ask = async () => (await listAlerts(db, person, { state: 'open', limit: 500 })).alerts
      results.push(await measure(now, `alerts: ${of}, 500`, ask))
      const grave = async () =>
        (await listAlerts(db, person, { state: 'open', severities: ['P0', 'P1'], limit: 500 })).alerts
      results.push(await measure(now, `alerts: ${of}, P0 and P1, 500`, grave))
      const inbox = { state: 'open', isMine: false, withSilenced: false, limit: 100, nowMs } as const
      const stations = async (more: object) => (await inboxOf(db, person, { ...inbox, ...more })).stations
      results.push(await measure(now, `alerts: inbox, ${of}, 100 stations`, () => stations({})))
      const near = { near: { latDeg: 29.5, lngDeg: 106.5 }, limit: 500 }
      results.push(await measure(now, `alerts: inbox, ${of}, the 500 nearest`, () => stations(near)))
    }
    const orders = createWorkOrders({
      db,
      directory: await loadDirectory(db),
      rules: [],
      scheduleOf: () => ALWAYS,
      isWithin: () => true,
      policy: CREATION,
      nowMs: () => nowMs,
      newId: () => crypto.randomUUID(),
      onAlertsChanged: () => undefined,
      log: pino({ level: 'silent' }),
    })
    results.push(await measure(now, 'a round of looking what is due', async () => orders.sweep().then(() => [])))
    return results
  } finally {
    await db.destroy()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function measure(now: () => number, of: string, ask: () => Promise<readonly unknown[]>): Promise<OrderBench> {
  const times: number[] = []
  const work: number[] = []
  let rows = 0
  for (let run = 0; run < RUNS; run += 1) {
    const startedMs = now()
    const before = process.cpuUsage()
    const found = await ask()
    JSON.stringify(found)
    times.push(now() - startedMs)
    const { user, system } = process.cpuUsage(before)
    work.push((user + system) / 1_000)
    rows = found.length
  }
  const at = (all: number[], share: number) => all.sort((a, b) => a - b)[Math.ceil(RUNS * share) - 1] ?? 0
  return {
    of,
    isList: of.startsWith('orders') || of.startsWith('alerts'),
    rows,
    medianMs: at(times, 0.5),
    p95Ms: at(times, 0.95),
    cpuP95Ms: at(work, 0.95),
  }
}
