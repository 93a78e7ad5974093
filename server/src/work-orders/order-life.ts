import { ESCALATION_LEVELS, type WorkOrder, type WorkOrderReason } from '@harbor/protocol'
import { ALWAYS, type Deadlines, deadlinesFrom, nextAlarm, resumed, tightened } from './clock.ts'
import { type OrderChange, type OrderStep, type OrderWriting, record, recordNew, scheduleFor } from './order-record.ts'
import { type OrderRow, clockedOf } from './order-row.ts'
import { REPEAT_WITHIN_MS, TARGETS } from './policy.ts'

type Severity = WorkOrder['severity']

/** What an order is about. */
export interface OrderTopic {
  station: string
  district: string
  appliance: string | null
  /** One key of what is to be repaired: at most one order of it is not closed. */
  thing: string
  severity: Severity
  titleZh: string
  titleEn: string
  /** When its clock begins, in ms since 1970; absent, or past: at once. */
  clockFromMs?: number
}

/** What an order came of, and by whom (undefined: the system). */
export interface Origin {
  source: WorkOrder['source']
  alert?: string
  report?: string
  actor?: string | undefined
  note?: string | undefined
  /** The request's own key. */
  requestKey?: string | undefined
}

/** One key of a thing: the appliance wherever one is at fault, so that two rules that see one broken fridge make one order. */
export function thingOf({
  appliance,
  subject,
  rule,
}: {
  appliance: string | null
  subject: string
  rule: string
}): string {
  if (appliance !== null) return `appliance:${appliance}`
  return subject.startsWith('device:') ? subject : `${subject}/${rule}`
}

/**
 * Makes something wrong an order, in one of three ways: it joins the thing's order that is not closed; it opens the one again that was
 * closed less than a day ago; or a new one is made.
 */
export async function putInOrder(writing: OrderWriting, topic: OrderTopic, origin: Origin): Promise<OrderRow> {
  const known = await newestOf(writing, topic.thing)
  if (known === undefined || !takesMore(known, writing.nowMs)) {
    const order = await create(writing, topic, origin)
    await link(writing, order, origin)
    return order
  }
  await link(writing, known, origin)
  const joined = await record(writing, known, {
    act: 'join',
    actor: origin.actor,
    note: noteOfJoining(topic, origin),
    requestKey: origin.requestKey,
    detail: { ...(origin.alert && { alert: origin.alert }), ...(origin.report && { report: origin.report }) },
    change: {
      ...(known.alert === null && origin.alert !== undefined && { alert: origin.alert }),
      ...(origin.report !== undefined && { reports: known.reports + 1 }),
    },
  })
  const back = isFinished(joined) ? await reopen(writing, joined, { because: 'fault_back' }) : joined
  return regrade(writing, back, topic.severity)
}

/** What a person calls it would be lost else: the order keeps the title that it has. */
function noteOfJoining({ titleZh }: OrderTopic, { source, alert, note }: Origin): string | undefined {
  if (source !== 'person' || alert !== undefined) return note
  return note === undefined ? titleZh : `${titleZh}: ${note}`
}

/** The thing's order that is not closed, else the one made last. */
async function newestOf({ tx }: OrderWriting, thing: string): Promise<OrderRow | undefined> {
  const ofThing = tx.selectFrom('work_order').selectAll().where('thing', '=', thing)
  const open = await ofThing.where('closed_at_ms', 'is', null).executeTakeFirst()
  return open ?? (await ofThing.orderBy('created_at_ms', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst())
}

function takesMore({ closed_at_ms: closedAtMs }: OrderRow, nowMs: number): boolean {
  return closedAtMs === null || nowMs - closedAtMs <= REPEAT_WITHIN_MS
}

function isFinished({ state }: OrderRow): boolean {
  return state === 'done' || state === 'verified' || state === 'cancelled'
}

async function create(writing: OrderWriting, topic: OrderTopic, origin: Origin): Promise<OrderRow> {
  const { nowMs, newId, scheduleOf } = writing
  const targets = TARGETS[topic.severity]
  const schedule = targets.counts === 'wall' ? ALWAYS : scheduleOf(topic.station)
  const order: OrderRow = {
    id: newId(),
    station: topic.station,
    district: topic.district,
    thing: topic.thing,
    appliance: topic.appliance,
    source: origin.source,
    alert: origin.alert ?? null,
    reports: origin.report === undefined ? 0 : 1,
    severity: topic.severity,
    title_zh: topic.titleZh,
    title_en: topic.titleEn,
    state: 'open',
    revision: 1,
    created_at_ms: nowMs,
    created_by: origin.actor ?? null,
    crew: null,
    assignee: null,
    assigned_because: null,
    ...deadlineColumns(deadlinesFrom(Math.max(nowMs, topic.clockFromMs ?? nowMs), targets, schedule)),
    due_ms: nowMs,
    reminded: null,
    level: 'crew',
    next_alarm_ms: null,
    promised_at_ms: null,
    paused_since_ms: null,
    pause_reason: null,
    done_at_ms: null,
    verified_at_ms: null,
    verified_by: null,
    repeats: 0,
    closed_at_ms: null,
  }
  const { actor, note, alert, report, requestKey } = origin
  const detail = { severity: topic.severity, ...(alert && { alert }), ...(report && { report }) }
  return recordNew(writing, order, { act: 'create', actor, note, detail, requestKey })
}

async function link({ tx, nowMs }: OrderWriting, { id }: OrderRow, { alert, report }: Origin): Promise<void> {
  if (alert !== undefined)
    await tx.insertInto('work_order_alert').values({ alert, work_order: id, joined_at_ms: nowMs }).execute()
  if (report !== undefined)
    await tx.insertInto('work_order_report').values({ report, work_order: id, joined_at_ms: nowMs }).execute()
}

/** Takes a graver grade over, with its shorter times from now on; a lesser one changes nothing. */
export async function regrade(writing: OrderWriting, order: OrderRow, severity: Severity): Promise<OrderRow> {
  if (severity >= order.severity) return order
  const graver = { ...order, severity }
  const after = deadlinesFrom(writing.nowMs, TARGETS[severity], scheduleFor(writing, graver))
  return record(writing, order, {
    act: 'regrade',
    detail: { severity },
    change: { severity, ...deadlineColumns(tightened(clockedOf(order), after)) },
  })
}

/** What an order is once it is open again: in nobody's hands, its clock from the start, its levels not told yet. */
export async function reopen(
  writing: OrderWriting,
  order: OrderRow,
  { because, ...step }: Omit<OrderStep, 'act' | 'detail'> & { because?: WorkOrderReason },
): Promise<OrderRow> {
  const { nowMs } = writing
  const endedMs = order.done_at_ms ?? order.closed_at_ms ?? nowMs
  const isRepeat = nowMs - (order.closed_at_ms ?? endedMs) <= REPEAT_WITHIN_MS
  return record(writing, order, {
    ...step,
    act: 'reopen',
    ...(because !== undefined && { detail: { because } }),
    change: {
      state: 'open',
      assignee: null,
      assigned_because: null,
      crew: null,
      ...deadlineColumns(deadlinesFrom(nowMs, TARGETS[order.severity], scheduleFor(writing, order))),
      reminded: null,
      level: 'crew',
      promised_at_ms: null,
      paused_since_ms: null,
      pause_reason: null,
      done_at_ms: null,
      verified_at_ms: null,
      verified_by: null,
      closed_at_ms: null,
      ...(isRepeat && { repeats: order.repeats + 1 }),
    },
  })
}

/** What ends an order's pause: what was left of its times is left again. */
export function resumption(writing: OrderWriting, order: OrderRow): OrderChange {
  if (order.paused_since_ms === null) return {}
  const span = { pausedMs: order.paused_since_ms, nowMs: writing.nowMs }
  return {
    paused_since_ms: null,
    pause_reason: null,
    ...deadlineColumns(resumed(clockedOf(order), span, scheduleFor(writing, order))),
  }
}

function deadlineColumns({ acceptByMs, respondByMs, doneByMs }: Deadlines) {
  return { accept_by_ms: acceptByMs, respond_by_ms: respondByMs, done_by_ms: doneByMs }
}

/** Tells all that an order's clock has to say by now, each reminder and each level once, also after a standstill of the server. */
export async function ring(writing: OrderWriting, id: string): Promise<void> {
  const row = await writing.tx.selectFrom('work_order').selectAll().where('id', '=', id).executeTakeFirst()
  let order = row
  // A reminder and every level: it says no more.
  for (let said = 0; order !== undefined && said <= ESCALATION_LEVELS.length; said++) {
    const alarm = nextAlarm(clockedOf(order), TARGETS[order.severity], scheduleFor(writing, order))
    if (alarm === undefined || alarm.atMs > writing.nowMs) return
    order =
      alarm.does === 'remind'
        ? await record(writing, order, { act: 'remind', change: { reminded: alarm.stage } })
        : await record(writing, order, {
            act: 'escalate',
            detail: { level: alarm.level },
            change: { level: alarm.level },
          })
  }
}
