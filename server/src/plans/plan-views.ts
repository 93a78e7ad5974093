import type { Person, Plan, UsageProgress } from '@harbor/protocol'
import type { RegistryDb } from '../registry/open-registry.ts'
import { withinScope } from '../people/scope.ts'
import { dueDays } from './due-days.ts'
import { roundsDone } from './due-work.ts'
import { type StoredPlan, type TargetAppliance, mayChange, plainView, targetsOf } from './plan-row.ts'
import { totalsOf } from './usage-book.ts'

/** Appliances that are told of, of those that are due by their use. */
const NEAREST = 5

/** Plans as the API shows them to a person: what they are for, and the orders, within the person's scope. */
export async function viewsOf(
  { db, today }: { db: RegistryDb; today: string },
  plans: readonly StoredPlan[],
  person: Person,
): Promise<Plan[]> {
  const counts = await countsOf(db, person)
  const views: Plan[] = []
  for (const plan of plans) {
    const { row, schedule } = plan
    const targets = await targetsOf(db, plan, person)
    const isPaused = row.paused_at_ms !== null
    const [nextDue] = schedule.by === 'calendar' && !isPaused ? dueDays(schedule, { fromDay: today, count: 1 }) : []
    const { made = 0, open = 0 } = counts.get(row.id) ?? {}
    views.push({
      ...plainView(plan),
      targets: targets.length,
      ...(nextDue !== undefined && { nextDue }),
      ...(schedule.by === 'usage' && { nearest: await nearestOf(db, plan, targets) }),
      openOrders: open,
      madeOrders: made,
      mayChange: mayChange(person, plan),
    })
  }
  return views
}

async function nearestOf(
  db: RegistryDb,
  { row, schedule }: StoredPlan,
  targets: readonly TargetAppliance[],
): Promise<UsageProgress[]> {
  if (schedule.by !== 'usage') return []
  const totals = await totalsOf(db, schedule.meter, Number(row.created_at_ms))
  const done = await roundsDone(db, row.id)
  return targets
    .map(({ id, assetTag, station, stationNameZh, stationNameEn }) => ({
      appliance: id,
      assetTag,
      station,
      stationNameZh,
      stationNameEn,
      used: Math.max(0, Math.round(((totals.get(id) ?? 0) - (done.get(id) ?? 0) * schedule.every) * 100) / 100),
    }))
    .sort((a, b) => b.used - a.used)
    .slice(0, NEAREST)
}

async function countsOf(db: RegistryDb, person: Person): Promise<Map<string, { made: number; open: number }>> {
  const rows = await db
    .selectFrom('plan_order')
    .innerJoin('work_order', 'work_order.id', 'plan_order.work_order')
    .select(['plan_order.plan', eb => eb.fn.countAll<number>().as('made')])
    .select(eb =>
      eb.fn.sum<number>(eb.case().when('work_order.closed_at_ms', 'is', null).then(1).else(0).end()).as('open'),
    )
    .where('plan_order.is_made', '=', 1)
    .where(withinScope(person, { district: 'work_order.district', station: 'work_order.station' }))
    .groupBy('plan_order.plan')
    .execute()
  return new Map(rows.map(({ plan, made, open }) => [plan, { made: Number(made), open: Number(open) }]))
}
