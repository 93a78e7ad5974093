import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FigureGroup, Person, WorkOrderAct } from '@harbor/protocol'
import { type FigureQuery, figureReport } from '../../src/figures/figures.ts'
import { loadDirectory } from '../../src/registry/directory.ts'
import { type RegistryDb, openRegistry } from '../../src/registry/open-registry.ts'
import { seedOrders } from '../work-orders/seed.ts'

const DAY_MS = 24 * 3_600_000
const RUNS = 3
const ORDERS = 100_000
/** An order's life as it usually is, with when it happens, in hours after it was made. */
const LIFE: readonly [WorkOrderAct, number][] = [
  ['create', 0],
  ['assign', 0],
  ['accept', 0.5],
  ['arrive', 3],
  ['part', 4],
  ['finish', 12],
  ['verify', 14],
]

/** How long one report took, in ms. */
export interface FigureBench {
  of: string
  /** Days of the period: only up to a year has a target. */
  days: number
  medianMs: number
  maxMs: number
}

/** Reports of a city with 100,000 orders over two years, with 700,000 steps. */
export async function benchFigures(now: () => number): Promise<FigureBench[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'harbor-bench-'))
  const db = await openRegistry(join(dataDir, 'registry.sqlite'))
  try {
    const { districts, nowMs } = await seedOrders(db, { alerts: 10_000, orders: ORDERS })
    await seedSteps(db)
    const directory = await loadDirectory(db)
    const all: Person = { login: 'boss', name: 'boss', role: 'manager', districts: [] }
    const one: Person = { ...all, districts: districts.slice(0, 1) }
    const asked: [string, Person, { days: number; by: FigureGroup }][] = [
      ['30 days by kind, whole city', all, { days: 30, by: 'kind' }],
      ['30 days by station, one district', one, { days: 30, by: 'station' }],
      ['a year by week, one district', one, { days: 365, by: 'week' }],
      ['a year by week, whole city', all, { days: 365, by: 'week' }],
      ['two years by month, whole city', all, { days: 730, by: 'month' }],
    ]
    const results: FigureBench[] = []
    for (const [of, person, { days, by }] of asked) {
      const query: FigureQuery = { fromMs: nowMs - days * DAY_MS, toMs: nowMs, by }
      const deps = { db, directory, timeZone: 'Asia/Shanghai', nowMs: () => nowMs }
      const took: number[] = []
      for (let run = 0; run < RUNS; run += 1) {
        const startMs = now()
        await figureReport(deps, person, query)
        took.push(now() - startMs)
      }
      took.sort((a, b) => a - b)
      results.push({ of, days, medianMs: took[RUNS >> 1] ?? 0, maxMs: took.at(-1) ?? 0 })
    }
    return results
  } finally {
    await db.destroy()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function seedSteps(db: RegistryDb): Promise<void> {
  const orders = await db.selectFrom('work_order').select(['id', 'created_at_ms', 'state']).execute()
  const part = JSON.stringify({ part: { name: 'seal', quantity: 1, unitCostFen: 4_200 } })
  const rows = orders.flatMap(({ id, created_at_ms: createdMs, state }) =>
    LIFE.slice(0, state === 'verified' ? LIFE.length : 3).map(([act, hours], index) => ({
      work_order: id,
      seq: index + 1,
      act,
      at_ms: createdMs + hours * 3_600_000,
      actor: null,
      from_state: null,
      to_state: 'open' as const,
      note: null,
      detail: act === 'part' ? part : null,
      request_key: null,
    })),
  )
  for (let from = 0; from < rows.length; from += 2_000)
    await db
      .insertInto('work_order_step')
      .values(rows.slice(from, from + 2_000))
      .execute()
}
