import { HarborError, errorText } from '@harbor/protocol'
import { fluxDateTime } from '@influxdata/influxdb-client'
import { oldestQuery } from './influx-flux.ts'
import type { InfluxLink } from './influx-link.ts'
import type { ReadRows } from './influx-read.ts'
import { rollUpPipelines } from './influx-tasks.ts'
import { DAY_MS } from './levels.ts'
import type { TelemetryErrorCode } from './telemetry-store.ts'

/** Makes roll-ups of what is no longer kept raw, beside the tasks: these run by the clock, and might come an hour too late. */
export interface InfluxRollUps {
  /**
   * Every day before `beforeMs`, a midnight of UTC, that was not yet done by this process and still has readings; again after a failure.
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

  return {
    async make(beforeMs) {
      for (let dayMs = await firstDay(beforeMs); dayMs < beforeMs; dayMs += DAY_MS) {
        await rollUp('quarter', dayMs)
        await rollUp('hour', dayMs)
        doneToMs = dayMs + DAY_MS
      }
      doneToMs = Math.max(doneToMs, beforeMs)
    },
  }
}
