import { HarborError, errorText } from '@harbor/protocol'
import { fluxDateTime } from '@influxdata/influxdb-client'
import { countQuery, oldestQuery } from './influx-flux.ts'
import type { InfluxLink } from './influx-link.ts'
import type { ReadRows } from './influx-read.ts'
import { rollUpPipelines } from './influx-tasks.ts'
import { DAY_MS } from './levels.ts'
import type { TelemetryErrorCode, TelemetryLevel } from './telemetry-store.ts'

/** Makes roll-ups of what is no longer kept raw, beside the tasks: these run by the clock, and might come an hour too late. */
export interface InfluxRollUps {
  /**
   * Those of every day before `beforeMs`, a midnight of UTC, that still has readings of which a roll-up knows nothing; may be called
   * again after a failure.
   *
   * @throws HarborError TELEMETRY_STORE_UNAVAILABLE
   */
  make: (beforeMs: number) => Promise<void>
}

export function createInfluxRollUps(
  bucket: string,
  { link, rows }: { link: Pick<InfluxLink, 'slowRows'>; rows: ReadRows },
): InfluxRollUps {
  let doneToMs = 0

  async function firstDay(beforeMs: number): Promise<number> {
    if (doneToMs >= beforeMs) return beforeMs
    for await (const { timeMs } of rows(oldestQuery({ bucket, level: 'raw', fromMs: doneToMs, toMs: beforeMs })))
      return timeMs - (timeMs % DAY_MS)
    return beforeMs
  }

  async function rollUp(level: 'quarter' | 'hour', dayMs: number): Promise<void> {
    const instant = (timeMs: number) => fluxDateTime(new Date(timeMs).toISOString())
    const span = { start: instant(dayMs), stop: instant(dayMs + DAY_MS) }
    try {
      for await (const _ of link.slowRows(rollUpPipelines(bucket, level, { ...span, isSilent: true }))) continue
    } catch (cause) {
      const message = `telemetry: InfluxDB did not make the roll-ups of ${new Date(dayMs).toISOString().slice(0, 10)}: ${errorText(cause).slice(0, 300)}`
      throw new HarborError<TelemetryErrorCode>('TELEMETRY_STORE_UNAVAILABLE', message, { cause })
    }
  }

  async function count(level: TelemetryLevel, dayMs: number): Promise<number> {
    for await (const { value } of rows(countQuery({ bucket, level, fromMs: dayMs, toMs: dayMs + DAY_MS }))) return value
    return 0
  }

  return {
    async make(beforeMs) {
      for (let dayMs = await firstDay(beforeMs); dayMs < beforeMs; dayMs += DAY_MS) {
        const readings = await count('raw', dayMs)
        // Counted rather than remembered: a day that the tasks did is not done again at every start, and one that they missed is. A roll-up that
        // knows of more has outlived some of its readings.
        for (const level of ['quarter', 'hour'] as const)
          if ((await count(level, dayMs)) < readings) await rollUp(level, dayMs)
        doneToMs = dayMs + DAY_MS
      }
      doneToMs = Math.max(doneToMs, beforeMs)
    },
  }
}
