import type { FeedbackTopic } from '@harbor/protocol'
import { type OrderTopic, putInOrder, reopen } from './order-life.ts'
import { standingFault } from './order-queries.ts'
import { type OrderWriting, record } from './order-record.ts'
import { REPORT_SEVERITY } from './policy.ts'

/** What a visitor told of. */
export interface VisitorReport {
  /** The same for the same report. */
  id: string
  station: string
  appliance: string | undefined
  topic: FeedbackTopic
}

/**
 * What became of a report: of the order that it is in. `received`: the order was cancelled, and staff have it before them again.
 * `promisedAtMs`: when it is to work again.
 */
export interface ReportProgress {
  report: string
  workOrder: string
  state: 'received' | 'in_work' | 'fixed' | 'closed'
  promisedAtMs: number | undefined
}

const TITLES: Readonly<Partial<Record<FeedbackTopic, { zh: string; en: string }>>> = {
  broken: { zh: '访客反映：设备损坏', en: 'Visitors say: broken' },
  dirty: { zh: '访客反映：不干净', en: 'Visitors say: dirty' },
  closed_though_open: { zh: '访客反映：应开未开', en: 'Visitors say: closed though it should be open' },
  out_of_water: { zh: '访客反映：缺水', en: 'Visitors say: out of water' },
}

/**
 * Makes a report work: several of one thing are one order, and a report of an appliance joins the order that its alert made. Some
 * topics are left to staff, a report that is known changes nothing, and one of a place that is not in the fleet is nobody's.
 */
export async function takeReport(writing: OrderWriting, report: VisitorReport): Promise<void> {
  const severity = REPORT_SEVERITY[report.topic]
  const title = TITLES[report.topic]
  const { directory, tx } = writing
  const station = directory.stations.get(report.station)?.record
  if (severity === undefined || title === undefined || station === undefined) return
  const known = await tx
    .selectFrom('work_order_report')
    .select('work_order')
    .where('report', '=', report.id)
    .executeTakeFirst()
  if (known !== undefined) return
  const appliance = directory.appliances.get(report.appliance ?? '')
  const isThere = appliance?.station === station.id
  const topic: OrderTopic = {
    station: station.id,
    district: station.district,
    appliance: isThere ? appliance.id : null,
    thing: isThere ? `appliance:${appliance.id}` : `station:${station.id}#${report.topic}`,
    severity,
    titleZh: title.zh,
    titleEn: title.en,
  }
  await putInOrder(writing, topic, { source: 'feedback', report: report.id })
}

/**
 * The visitor's answer to "is it fixed?". Yes verifies work that is done, unless a fault of it stands; no opens its order again.
 */
export async function reporterSays(writing: OrderWriting, report: string, isFixed: boolean): Promise<void> {
  const { tx, nowMs } = writing
  const order = await tx
    .selectFrom('work_order')
    .innerJoin('work_order_report', 'work_order_report.work_order', 'work_order.id')
    .selectAll('work_order')
    .where('work_order_report.report', '=', report)
    .executeTakeFirst()
  if (order === undefined) return
  if (!isFixed) {
    // What was closed for a week is another fault: a new report says so.
    if (order.state === 'done') await reopen(writing, order, { because: 'reporter_says_not' })
    return
  }
  if (order.state !== 'done' || (await standingFault(tx, order.id)) === true) return
  await record(writing, order, {
    act: 'verify',
    change: { state: 'verified', verified_at_ms: nowMs, verified_by: 'reporter', closed_at_ms: nowMs },
  })
}
