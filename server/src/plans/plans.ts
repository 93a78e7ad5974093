import type { Person, Plan, PlanPreview, PlanSchedule, RuleView, planRequestSchema } from '@harbor/protocol'
import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { dayIn } from '../assets/asset-row.ts'
import { ApiProblem } from '../errors.ts'
import { governs, maySeeStation } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import type { TelemetryStore } from '../telemetry/telemetry-store.ts'
import type { WorkOrders } from '../work-orders/work-orders.ts'
import { dueDays, ruleProblem } from './due-days.ts'
import { type Due, dueWork } from './due-work.ts'
import { type StoredPlan, type TargetAppliance, mayChange, readPlans, targetsOf } from './plan-row.ts'
import { viewsOf } from './plan-views.ts'
import { putPlanned } from './planned-work.ts'
import { createUsageBook } from './usage-book.ts'

/** How often it is looked what is due: days and counts are not in a hurry. */
const LOOK_EVERY_MS = 60_000
/** How often use is counted anew. */
const COUNT_EVERY_MS = 3_600_000
/** Orders of one plan that are made in one round: the rest follows in the next, and nothing else waits for them. */
const MAX_MADE = 200
const PREVIEW_DAYS = 5

export type CheckedPlanRequest = z.output<typeof planRequestSchema>

/** Work that is done before something breaks. */
export interface Plans {
  start: () => void
  /** Resolves when nothing of it runs any more. */
  stop: () => Promise<void>
  /** Makes what is due now. For tests; runs by itself otherwise. */
  sweep: () => Promise<void>
  list: (person: Person) => Promise<Plan[]>
  /** @throws ApiProblem `invalid_request`, `not_found` for an appliance or district that is not the person's. */
  create: (person: Person, request: CheckedPlanRequest) => Promise<Plan>
  /** What a plan would be for, and when. @throws as `create`. */
  preview: (person: Person, request: Pick<CheckedPlanRequest, 'target' | 'schedule'>) => Promise<PlanPreview>
  /** Doing it again changes nothing. What was due in a pause is not made up for. @throws ApiProblem `not_found`, `forbidden`. */
  change: (person: Person, id: string, to: 'pause' | 'resume' | 'end') => Promise<void>
}

export interface PlansDeps {
  db: RegistryDb
  directory: Directory
  store: Pick<TelemetryStore, 'series'>
  orders: Pick<WorkOrders, 'change'>
  /** Plans of these districts (empty: of all) are others than before. */
  onChanged: (districts: readonly string[]) => void
  /** Rules that raise alerts. */
  rules: readonly RuleView[]
  timeZone: string
  nowMs: () => number
  newId: () => string
  log: Logger
}

export function createPlans(deps: PlansDeps): Plans {
  const { db, directory, orders, timeZone, nowMs, newId, log } = deps
  const usage = createUsageBook(deps)
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let countedAtMs = Number.NEGATIVE_INFINITY

  const carryOut = async (plan: StoredPlan, isCounting: boolean) => {
    const targets = await targetsOf(db, plan)
    if (plan.schedule.by === 'usage' && isCounting)
      await usage.count(targets, plan.schedule.meter, Number(plan.row.created_at_ms))
    const dues = await withoutKnown(plan, await dueWork({ db, timeZone, nowMs: nowMs() }, plan, targets))
    for (const due of dues.slice(0, MAX_MADE))
      await orders.change(writing => putPlanned(writing, { plan: plan.row, ...due }))
  }
  const withoutKnown = async ({ row }: StoredPlan, dues: readonly Due[]) => {
    if (dues.length === 0) return []
    const known = await db
      .selectFrom('plan_order')
      .select(['appliance', 'due_key'])
      .where('plan', '=', row.id)
      .where('due_key', 'in', [...new Set(dues.map(({ dueKey }) => dueKey))].slice(0, 1_000))
      .execute()
    const keys = new Set(known.map(({ appliance, due_key: key }) => `${appliance} ${key}`))
    return dues.filter(({ appliance, dueKey }) => !keys.has(`${appliance.id} ${dueKey}`))
  }
  const sweep = async () => {
    const isCounting = nowMs() - countedAtMs >= COUNT_EVERY_MS
    for (const plan of await readPlans(db)) {
      if (plan.row.paused_at_ms !== null) continue
      // One that fails must not hold up the others.
      await carryOut(plan, isCounting).catch((error: unknown) =>
        log.error(
          { reason: errorText(error), plan: plan.row.id },
          'a plan could not be carried out; it is tried again',
        ),
      )
    }
    if (isCounting) countedAtMs = nowMs()
  }
  const look = () => {
    looking ??= sweep()
      .catch((error: unknown) => log.error({ reason: errorText(error) }, 'looking after plans failed'))
      .finally(() => {
        looking = undefined
      })
  }
  const wake = () => timer !== undefined && look()

  /** The districts that a plan of a person is for; empty: all. */
  const reachOf = (person: Person, { target }: Pick<CheckedPlanRequest, 'target'>): string[] => {
    if ('appliance' in target) {
      const station = directory.stations.get(directory.appliances.get(target.appliance)?.station ?? '')?.record
      if (station === undefined || !maySeeStation(person, station))
        throw new ApiProblem('not_found', `there is no appliance ${target.appliance} in your districts`)
      return [station.district]
    }
    if (target.station !== undefined) {
      const station = directory.stations.get(target.station)?.record
      if (station === undefined || !maySeeStation(person, station))
        throw new ApiProblem('not_found', `there is no station ${target.station} in your districts`)
      if (target.district !== undefined && target.district !== station.district)
        throw new ApiProblem('invalid_request', `body: target: station: expected one of ${target.district}`)
      return [station.district]
    }
    if (target.district === undefined && person.streets === undefined) return [...person.districts]
    if (target.district === undefined)
      throw new ApiProblem(
        'invalid_request',
        'body: target: yours are streets: expected an appliance or a station in one of them',
      )
    if (!governs(person, target.district))
      throw new ApiProblem('not_found', `district ${target.district} is not one of yours`)
    return [target.district]
  }
  const check = (schedule: PlanSchedule) => {
    if (
      schedule.by === 'condition' &&
      !deps.rules.some(({ id, scope }) => id === schedule.rule && scope === 'appliance')
    )
      throw new ApiProblem('invalid_request', `body: schedule: rule: ${schedule.rule} raises no alerts of appliances`)
    const problem = schedule.by === 'calendar' ? ruleProblem(schedule) : undefined
    if (problem !== undefined) throw new ApiProblem('invalid_request', `body: schedule: rrule: ${problem}`)
  }
  const find = async (person: Person, id: string) => {
    const plan = (await readPlans(db, person)).find(({ row }) => row.id === id)
    if (plan === undefined) throw new ApiProblem('not_found', `there is no plan ${id} in your districts`)
    return plan
  }
  const views = (person: Person, plans: readonly StoredPlan[]) =>
    viewsOf({ db, today: dayIn(timeZone, nowMs()) }, plans, person)

  return {
    start: () => {
      timer = setInterval(look, LOOK_EVERY_MS)
      look()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      await looking
    },
    sweep,
    list: async person => views(person, await readPlans(db, person)),
    create: async (person, request) => {
      check(request.schedule)
      const districts = reachOf(person, request)
      const id = newId()
      const atMs = nowMs()
      await db.transaction().execute(async tx => {
        await tx
          .insertInto('plan')
          .values({
            id,
            title: request.title,
            note: request.note ?? null,
            severity: request.severity,
            target: JSON.stringify(request.target),
            schedule: JSON.stringify(request.schedule),
            created_at_ms: atMs,
            created_by: person.login,
            paused_at_ms: null,
            active_since_ms: atMs,
            ended_at_ms: null,
          })
          .execute()
        for (const district of districts) await tx.insertInto('plan_district').values({ plan: id, district }).execute()
      })
      log.info({ audit: 'plan-made', by: person.login, plan: id }, 'a plan was made')
      wake()
      deps.onChanged(districts)
      const [view] = await views(person, [await find(person, id)])
      if (view === undefined) throw new ApiProblem('not_found', `the plan ${id} is gone`)
      return view
    },
    preview: async (person, { target, schedule }) => {
      check(schedule)
      const targets: TargetAppliance[] = await targetsOf(db, { target, districts: reachOf(person, { target }) })
      const today = dayIn(timeZone, nowMs())
      const dates = schedule.by === 'calendar' ? dueDays(schedule, { fromDay: today, count: PREVIEW_DAYS }) : []
      return { targets: targets.length, dates }
    },
    change: async (person, id, to) => {
      const plan = await find(person, id)
      if (!mayChange(person, plan)) throw new ApiProblem('forbidden', 'the plan is for more than your districts')
      const isPaused = plan.row.paused_at_ms !== null
      if ((to === 'pause' && isPaused) || (to === 'resume' && !isPaused)) return
      const atMs = nowMs()
      const set =
        to === 'pause'
          ? { paused_at_ms: atMs }
          : to === 'resume'
            ? { paused_at_ms: null, active_since_ms: atMs }
            : { ended_at_ms: atMs }
      await db.updateTable('plan').set(set).where('id', '=', id).execute()
      log.info({ audit: `plan-${to}`, by: person.login, plan: id }, 'a plan was changed')
      deps.onChanged(plan.districts)
      if (to === 'resume') wake()
    },
  }
}
