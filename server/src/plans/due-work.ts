import { dayIn, daysLater } from '../assets/asset-row.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { dueAtMs, dueDays, lastDueDay } from './due-days.ts'
import type { StoredPlan, TargetAppliance } from './plan-row.ts'
import { totalsOf } from './usage-book.ts'

/** One due of a plan. */
export interface Due {
  appliance: TargetAppliance
  dueKey: string
  dueAtMs: number
  alert?: string
}

export interface DueWorkDeps {
  db: RegistryDb
  timeZone: string
  nowMs: number
}

/** What of a plan is to be in order by now, whether it was dealt with or not. */
export async function dueWork(
  deps: DueWorkDeps,
  plan: StoredPlan,
  targets: readonly TargetAppliance[],
): Promise<Due[]> {
  const { schedule } = plan
  switch (schedule.by) {
    case 'calendar':
      return calendarDues(deps, plan, targets)
    case 'usage':
      return usageDues(deps, plan, targets)
    case 'condition':
      return conditionDues(deps, plan, targets)
  }
}

/**
 * Days from the plan's beginning, or its last resumption, up to its lead time ahead. Of those that are past only the last counts:
 * after a month's standstill a weekly plan is behind by one job, not by four.
 */
function calendarDues(
  { timeZone, nowMs }: DueWorkDeps,
  { row, schedule }: StoredPlan,
  targets: readonly TargetAppliance[],
): Due[] {
  if (schedule.by !== 'calendar') return []
  const today = dayIn(timeZone, nowMs)
  const firstDay = dayIn(timeZone, Number(row.active_since_ms))
  const last = lastDueDay(schedule, today)
  const horizon = daysLater(today, schedule.leadDays)
  const ahead = dueDays(schedule, { fromDay: daysLater(today, 1), count: schedule.leadDays }).filter(
    day => day <= horizon,
  )
  const days = [...(last === undefined ? [] : [last]), ...ahead].filter(day => day >= firstDay)
  return days.flatMap(day => targets.map(appliance => ({ appliance, dueKey: day, dueAtMs: dueAtMs(day, timeZone) })))
}

/** One due for every full round; of several at once, after a standstill, the last. */
async function usageDues(
  { db, nowMs }: DueWorkDeps,
  { row, schedule }: StoredPlan,
  targets: readonly TargetAppliance[],
): Promise<Due[]> {
  if (schedule.by !== 'usage') return []
  const totals = await totalsOf(db, schedule.meter, Number(row.created_at_ms))
  const done = await roundsDone(db, row.id)
  return targets.flatMap(appliance => {
    const rounds = Math.floor((totals.get(appliance.id) ?? 0) / schedule.every)
    // Readings that come late can only add; a count that fell is no new round.
    if (rounds <= (done.get(appliance.id) ?? 0)) return []
    return [{ appliance, dueKey: String(rounds), dueAtMs: nowMs }]
  })
}

/** The rounds of each appliance that were dealt with. */
export async function roundsDone(db: RegistryDb, plan: string): Promise<Map<string, number>> {
  const rows = await db.selectFrom('plan_order').select(['appliance', 'due_key']).where('plan', '=', plan).execute()
  const done = new Map<string, number>()
  for (const { appliance, due_key: key } of rows) done.set(appliance, Math.max(done.get(appliance) ?? 0, Number(key)))
  return done
}

/** One due for every alert of the rule that is open. */
async function conditionDues(
  { db, nowMs }: DueWorkDeps,
  { row, schedule }: StoredPlan,
  targets: readonly TargetAppliance[],
): Promise<Due[]> {
  if (schedule.by !== 'condition') return []
  const alerts = await db
    .selectFrom('alert')
    .select(['id', 'appliance'])
    .where('rule', '=', schedule.rule)
    .where('state', 'in', ['raised', 'acknowledged'])
    .where('raised_at_ms', '>=', row.active_since_ms)
    .execute()
  const byId = new Map(targets.map(target => [target.id, target]))
  return alerts.flatMap(({ id, appliance: at }) => {
    const appliance = byId.get(at ?? '')
    return appliance === undefined ? [] : [{ appliance, dueKey: `alert:${id}`, dueAtMs: nowMs, alert: id }]
  })
}
