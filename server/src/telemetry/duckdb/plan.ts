import { DAY_MS, LEVEL_MS } from '../levels.ts'
import type { TelemetryLevel } from '../telemetry-store.ts'
import { type Parts, dayOf } from './parts.ts'

/** A span in ms since 1970, its end not part of it. */
export interface Span {
  fromMs: number
  toMs: number
}

/** Which spans are read from readings, and which from sums; no moment is in two of them. */
export interface ReadPlan {
  raw: Span[]
  sums: Span[]
}

/**
 * Sums are read where they are complete, readings everywhere else: on days that are not yet summed up, and at the ends of a span that do not
 * fall on whole quarters or hours. Where readings are gone, sums belong to the span that they start in.
 */
export function planOf(span: Span, level: TelemetryLevel, parts: Pick<Parts, 'days' | 'isRolled' | 'kept'>): ReadPlan {
  const plan: ReadPlan = { raw: [], sums: [] }
  const width = LEVEL_MS[level]
  for (const day of parts.days()) {
    if (day < dayOf(span.fromMs) || day * DAY_MS >= span.toMs) continue
    const fromMs = Math.max(span.fromMs, day * DAY_MS)
    const toMs = Math.min(span.toMs, (day + 1) * DAY_MS)
    if (day * DAY_MS < parts.kept.raw) {
      if (level !== 'raw') add(plan.sums, { fromMs, toMs })
      continue
    }
    const firstMs = Math.ceil(fromMs / width) * width
    const lastMs = Math.floor(toMs / width) * width
    if (level === 'raw' || !parts.isRolled(day) || firstMs >= lastMs) {
      add(plan.raw, { fromMs, toMs })
      continue
    }
    add(plan.raw, { fromMs, toMs: firstMs })
    add(plan.sums, { fromMs: firstMs, toMs: lastMs })
    add(plan.raw, { fromMs: lastMs, toMs })
  }
  return plan
}

/** Spans come in order; those that touch become one. */
function add(spans: Span[], { fromMs, toMs }: Span): void {
  if (fromMs >= toMs) return
  const last = spans.at(-1)
  if (last?.toMs === fromMs) last.toMs = toMs
  else spans.push({ fromMs, toMs })
}
