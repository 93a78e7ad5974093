import { type AlertView, METRICS, type StationDetail, isMetric } from '@harbor/protocol'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** At least this much is shown before and after what the rule saw. */
const LEAST_MARGIN_MS = 30 * MINUTE_MS
/** At most so many points a line: what a screen can show apart. */
const MOST_POINTS = 400
/** A fault that lasted longer is shown from its beginning for so long. */
const LONGEST_MS = 14 * 24 * HOUR_MS

/** The readings to draw around an alert. */
export interface Trace {
  metric: string
  fromMs: number
  toMs: number
  /** Width of the windows that are averaged; undefined: every reading by itself. */
  everyMs: number | undefined
}

/**
 * What to draw of an alert: from before the rule's span to after it ended, or to now. A device that fell silent is shown by what
 * it used to measure; what befell a whole station by the power of its plugs.
 */
export function traceOf(alert: AlertView, station: Pick<StationDetail, 'readings'> | undefined, nowMs: number): Trace {
  const { evidence, resolvedAt } = alert
  const fromMs = Date.parse(evidence.from)
  const toMs = Date.parse(evidence.to)
  const marginMs = Math.max(LEAST_MARGIN_MS, (toMs - fromMs) / 2)
  const endMs = resolvedAt === undefined ? nowMs : Date.parse(resolvedAt) + marginMs
  const startMs = fromMs - marginMs
  const lastMs = Math.min(nowMs, Math.max(endMs, toMs + marginMs), startMs + LONGEST_MS)
  const everyMs = Math.ceil((lastMs - startMs) / MOST_POINTS / MINUTE_MS) * MINUTE_MS
  return {
    metric: tracedMetric(alert, station),
    fromMs: startMs,
    toMs: lastMs,
    everyMs: everyMs <= MINUTE_MS ? undefined : everyMs,
  }
}

/** Whether a number of the evidence is one of the drawn readings, so that a line at it means something. */
export function isOfTrace({ evidence }: AlertView, trace: Trace): boolean {
  return evidence.quantity === undefined && evidence.metric === trace.metric
}

function tracedMetric({ evidence }: AlertView, station: Pick<StationDetail, 'readings'> | undefined): string {
  const { metric, device } = evidence
  if (metric !== 'online') return metric
  const measured = station?.readings
    .filter(reading => reading.device === device)
    .map(reading => reading.metric)
    .filter(name => isMetric(name) && METRICS[name].kind === 'gauge' && name !== 'rssi' && name !== 'battery')
  return measured?.toSorted()[0] ?? 'power'
}
