import type {
  AlertView,
  Person,
  RuleView,
  WorkOrder,
  WorkOrderCandidates,
  WorkOrderDetail,
  WorkOrderRequest,
} from '@harbor/protocol'
import { errorText } from '@harbor/protocol'
import type { Logger } from 'pino'
import { ApiProblem } from '../errors.ts'
import { maySeeStation } from '../people/scope.ts'
import type { Directory } from '../registry/directory.ts'
import type { RegistryDb } from '../registry/open-registry.ts'
import { assignProposed, candidatesFor, loadPool, unassigned } from './assignment.ts'
import type { Schedule } from './clock.ts'
import { type Act, actOn } from './order-acts.ts'
import { type Chore, changedAlerts, newAlerts, provenOrders } from './order-alerts.ts'
import { ring } from './order-life.ts'
import { orderByHand, orderOfReport, orderOfAlert } from './order-making.ts'
import { type OrderPage, type OrderQuery, findOrder, listOrders, orderDetail } from './order-queries.ts'
import type { OrderWriting } from './order-record.ts'
import type { CreationPolicy } from './policy.ts'
import { type RepairsTold, createRepairsTold } from './repairs-told.ts'
import { type ReportProgress, type VisitorReport, reporterSays, takeReport } from './reports.ts'

/** How often it is looked what is due: alerts without an order, clocks, proofs. The shortest target is a minute. */
const LOOK_EVERY_MS = 5_000
/** Orders whose clock is heard in one round. */
const RING_BATCH = 200
/** People that one answer has at most: nobody reads further. */
const MAX_CANDIDATES = 200

/** What is to be repaired, by whom and by when. */
export interface WorkOrders {
  /** Reads what was promised, and begins to look what is due. */
  start: () => Promise<void>
  /** Resolves when nothing of it runs any more. */
  stop: () => Promise<void>
  /** Something happened to an alert: it is looked at soon. */
  wake: () => void
  /** Does what is due now: orders of alerts, reminders and levels, proofs, assignments. For tests; runs by itself otherwise. */
  sweep: () => Promise<void>
  /** A page, limited to the person's districts in the query itself. @throws ApiProblem `invalid_request`. */
  list: (person: Person, query: OrderQuery) => Promise<OrderPage>
  /** @throws ApiProblem `not_found`, also for another district's. */
  detail: (person: Person, id: string) => Promise<WorkOrderDetail>
  /** An order for an alert, or of what a person saw; that of an alert that has one already. @throws ApiProblem. */
  create: (person: Person, request: WorkOrderRequest) => Promise<{ id: string; isNew: boolean }>
  /** @throws ApiProblem as order-acts.ts says. */
  act: (person: Person, id: string, act: Act) => Promise<WorkOrderDetail>
  /** Everybody who could do an order, the best first. @throws ApiProblem `not_found`. */
  candidates: (person: Person, id: string) => Promise<WorkOrderCandidates>
  /** The same for an order that is not made yet. @throws ApiProblem `not_found`. */
  candidatesAt: (
    person: Person,
    at: { station: string; appliance?: string | undefined },
  ) => Promise<WorkOrderCandidates>
  /** One transaction for what others put in order; those who listen hear of it once it is durable. */
  change: <T>(work: (writing: OrderWriting) => Promise<T>) => Promise<T>
  takeReport: (report: VisitorReport) => Promise<void>
  reporterSays: (report: string, isFixed: boolean) => Promise<void>
  /** When an appliance is to work again, in ms since 1970: what its open order promises, unless that time has passed. */
  promisedAt: RepairsTold['promisedAt']
  isInRepair: RepairsTold['isInRepair']
  /** Calls `listener` with each order after each change of it, once that is durable; returns how to stop that. */
  onChanged: (listener: (order: WorkOrder) => void) => () => void
  /** Calls `listener` with what became of each report of an order after each change of it; returns how to stop that. */
  onProgress: (listener: (progress: ReportProgress) => void) => () => void
}

export interface WorkOrdersDeps {
  db: RegistryDb
  directory: Directory
  rules: readonly RuleView[]
  /** A station's posted hours. */
  scheduleOf: (station: string) => Schedule
  /** Whether hours in OpenStreetMap syntax include an instant; undefined: nobody can tell. */
  isWithin: (hours: string, atMs: number) => boolean | undefined
  policy: CreationPolicy
  nowMs: () => number
  newId: () => string
  /** Told of alerts that changed with an order, once that is durable. */
  onAlertsChanged: (changed: Iterable<AlertView>) => void
  log: Logger
}

export function createWorkOrders(deps: WorkOrdersDeps): WorkOrders {
  const { db, directory, policy, nowMs, newId, scheduleOf, log } = deps
  const rules = new Map(deps.rules.map(rule => [rule.id, rule]))
  const listeners = new Set<(order: WorkOrder) => void>()
  const reportListeners = new Set<(progress: ReportProgress) => void>()
  const repairs = createRepairsTold(nowMs)
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let isWoken = false

  const tellReporters = async (order: WorkOrder) => {
    if (order.reports === 0 || reportListeners.size === 0) return
    const rows = await db.selectFrom('work_order_report').select('report').where('work_order', '=', order.id).execute()
    for (const { report } of rows) for (const listener of reportListeners) listener(progressOf(order, report))
  }
  const write = async <T>(work: (writing: OrderWriting) => Promise<T>): Promise<T> => {
    const changed = new Map<string, WorkOrder>()
    const changedAlerts = new Map<string, AlertView>()
    const result = await db
      .transaction()
      .execute(tx => work({ tx, nowMs: nowMs(), newId, directory, scheduleOf, changed, changedAlerts }))
    deps.onAlertsChanged(changedAlerts.values())
    for (const order of changed.values()) {
      repairs.take(order)
      for (const listener of listeners) listener(order)
      await tellReporters(order)
    }
    return result
  }
  /** One transaction each: a storm over a whole city must not hold up everybody else, and one that fails not the others. */
  const doAll = async (chores: readonly Chore[], what: string) => {
    for (const chore of chores) {
      try {
        await write(chore)
      } catch (error) {
        log.error({ reason: errorText(error), what }, 'a work order could not be changed; it is tried again')
      }
    }
  }
  const sweep = async () => {
    await doAll(await newAlerts(db, { policy, rules, nowMs: nowMs() }), 'alert')
    await doAll(await changedAlerts(db), 'fault')
    await doAll(await provenOrders(db, directory, nowMs()), 'proof')
    const idle = await unassigned(db)
    if (idle.length > 0) {
      const pool = await loadPool(db, deps, nowMs())
      await doAll(
        idle.map(id => writing => assignProposed(writing, pool, id)),
        'assignment',
      )
    }
    const ringing = await db
      .selectFrom('work_order')
      .select('id')
      .where('closed_at_ms', 'is', null)
      .where('next_alarm_ms', '<=', nowMs())
      .orderBy('next_alarm_ms')
      .limit(RING_BATCH)
      .execute()
    await doAll(
      ringing.map(
        ({ id }) =>
          writing =>
            ring(writing, id),
      ),
      'clock',
    )
  }
  const look = () => {
    isWoken = true
    looking ??= lookUntilQuiet().finally(() => {
      looking = undefined
    })
  }
  const lookUntilQuiet = async () => {
    while (isWoken) {
      isWoken = false
      await sweep().catch((error: unknown) =>
        log.error({ reason: errorText(error) }, 'looking after work orders failed'),
      )
    }
  }
  const detail = (person: Person, id: string) => orderDetail(db, person, id)

  return {
    start: async () => {
      const rows = await db
        .selectFrom('work_order')
        .select(['id', 'appliance', 'promised_at_ms', 'state', 'source'])
        .where('closed_at_ms', 'is', null)
        .where('state', '!=', 'done')
        .where('appliance', 'is not', null)
        .execute()
      for (const { id, appliance, promised_at_ms: atMs, state, source } of rows) {
        const promised = atMs === null ? {} : { promisedAt: new Date(atMs).toISOString() }
        if (appliance !== null) repairs.take({ id, appliance, state, source, ...promised })
      }
      timer = setInterval(look, LOOK_EVERY_MS)
      look()
    },
    stop: async () => {
      clearInterval(timer)
      timer = undefined
      isWoken = false
      await looking
    },
    // Before the start and after the stop nothing runs by itself.
    wake: () => timer !== undefined && look(),
    sweep,
    list: (person, query) => listOrders(db, person, query),
    detail,
    create: (person, request) =>
      write(async writing => {
        const made =
          'alert' in request
            ? await orderOfAlert(writing, person, { alert: request.alert, rules })
            : 'report' in request
              ? await orderOfReport(writing, person, request)
              : await orderByHand(writing, person, request)
        // At once, so that whoever made it sees who will come.
        if (made.isNew) await assignProposed(writing, await loadPool(writing.tx, deps, writing.nowMs), made.id)
        return made
      }),
    act: async (person, id, act) => {
      await write(writing => actOn(writing, id, { person, act }))
      return detail(person, id)
    },
    candidates: async (person, id) => {
      const order = await findOrder(db, person, id)
      const people = candidatesFor(await loadPool(db, deps, nowMs()), order, directory)
      return { people: people.slice(0, MAX_CANDIDATES) }
    },
    candidatesAt: async (person, { station, appliance }) => {
      const place = directory.stations.get(station)?.record
      if (place === undefined || !maySeeStation(person, place))
        throw new ApiProblem('not_found', `there is no station ${station} in your districts`)
      const job = { station, appliance: appliance ?? null, district: place.district }
      const people = candidatesFor(await loadPool(db, deps, nowMs()), job, directory)
      return { people: people.slice(0, MAX_CANDIDATES) }
    },
    change: write,
    takeReport: report => write(writing => takeReport(writing, report)),
    reporterSays: (report, isFixed) => write(writing => reporterSays(writing, report, isFixed)),
    promisedAt: repairs.promisedAt,
    isInRepair: repairs.isInRepair,
    onChanged: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onProgress: listener => {
      reportListeners.add(listener)
      return () => reportListeners.delete(listener)
    },
  }
}

function progressOf({ id, state, promisedAt }: WorkOrder, report: string): ReportProgress {
  const of = { report, workOrder: id, promisedAtMs: undefined }
  switch (state) {
    case 'done':
      return { ...of, state: 'fixed' }
    case 'verified':
      return { ...of, state: 'closed' }
    case 'cancelled':
      return { ...of, state: 'received' }
    default:
      return { ...of, state: 'in_work', promisedAtMs: promisedAt === undefined ? undefined : Date.parse(promisedAt) }
  }
}
