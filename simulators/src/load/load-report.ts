import type { LoadCheck } from './load-check.ts'
import type { LoadCounts, LoadPlan } from './load-plan.ts'
import { READINGS_PER_MOMENT } from './load-readings.ts'
import type { LoadResult } from './load-run.ts'

/** A line on how it goes. */
export function progressLine(counts: LoadCounts, phase: string): string {
  return `${phase}: ${counts.connected} connected, ${counts.sent} packs sent, ${counts.acked} acknowledged, ${counts.owed} owed, ${counts.resent} sent again`
}

/** Readings a second that were acknowledged. */
export function readingsPerS(plan: LoadPlan, { acked, seconds }: Pick<LoadResult, 'acked' | 'seconds'>): number {
  return (acked * plan.moments * READINGS_PER_MOMENT) / seconds
}

/** What came of a load, line by line. */
export function reportLines(plan: LoadPlan, result: LoadResult, check: LoadCheck | undefined): string[] {
  const readings = plan.moments * READINGS_PER_MOMENT
  const { latencyMs } = result
  const lost = Object.entries(result.lost).map(([reason, count]) => `${count} ${reason}`)
  return [
    `${plan.gateways} gateways, a pack of ${readings} readings every ${plan.intervalMs / 1_000} s, seed ${plan.seed}`,
    `connected: ${result.connected} within ${result.connectSeconds.toFixed(1)} s, ${result.connects} connections made${lost.length > 0 ? `, ended: ${lost.join(', ')}` : ''}`,
    `packs: ${result.due} due, ${result.sent} sent, ${result.resent} sent again, ${result.taken} messages taken by the broker`,
    `acknowledged: ${result.acked} packs (${result.acked * readings} readings), ${readingsPerS(plan, result).toFixed(0)} readings a second over ${result.seconds.toFixed(1)} s`,
    `not acknowledged at the end: ${result.owed} packs; acknowledgements of nothing: ${result.strange}`,
    latencyMs === undefined
      ? 'delay: nothing was acknowledged'
      : `delay from a pack's turn to its acknowledgement: median ${latencyMs.p50.toFixed(1)} ms, p99 ${latencyMs.p99.toFixed(1)} ms, longest ${latencyMs.max.toFixed(1)} ms`,
    `the load itself: ${(result.memoryBytes / 2 ** 20).toFixed(0)} MB (${(result.memoryBytes / plan.gateways / 1_024).toFixed(1)} KB a connection with its process), ${(result.cpuMs / 1_000).toFixed(1)} s of processor time`,
    ...(check === undefined
      ? []
      : [
          `the store, of ${check.gateways} gateways: ${check.acked} moments acknowledged, ${check.missing} missing, ${check.doubles} twice`,
        ]),
  ]
}

/** Whether nothing was lost or doubled. */
export function isWhole(result: LoadResult, check: LoadCheck | undefined): boolean {
  return result.owed === 0 && result.strange === 0 && (check === undefined || check.missing + check.doubles === 0)
}
