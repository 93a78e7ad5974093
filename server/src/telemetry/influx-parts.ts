import type { KeptFrom, TelemetryLevel } from './telemetry-store.ts'

/** A part of a span, and the bucket that it is read from. */
export interface SpanPart {
  level: TelemetryLevel
  fromMs: number
  toMs: number
}

/**
 * Where an answer of a level is read: of the roll-up's bucket only what is no longer kept raw, and all else of the readings, in windows
 * that storage computes. So late readings count at once, with no wait for the task that brings them into the roll-ups.
 */
export function partsOf({ level, fromMs, toMs }: SpanPart, kept: KeptFrom): SpanPart[] {
  const parts: SpanPart[] = []
  if (level !== 'raw') parts.push({ level, fromMs: Math.max(fromMs, kept[level]), toMs: Math.min(toMs, kept.raw) })
  parts.push({ level: 'raw', fromMs: Math.max(fromMs, kept.raw), toMs })
  return parts.filter(part => part.fromMs < part.toMs)
}

/** The later of both for each level: what was no longer kept once is never kept again. */
export function laterOf(a: KeptFrom, b: KeptFrom): KeptFrom {
  return { raw: Math.max(a.raw, b.raw), quarter: Math.max(a.quarter, b.quarter), hour: Math.max(a.hour, b.hour) }
}
