import { type FluxParameterLike, flux, fluxExpression, fluxInteger } from '@influxdata/influxdb-client'
import {
  ROLL_UP_FUNCTIONS,
  ROLL_UP_MS,
  type RollUpLevel,
  SPARE_DAYS,
  bucketsOf,
  rollUpMeasurement,
} from './influx-buckets.ts'
import { MEASUREMENT } from './influx-lines.ts'

/** A task as InfluxDB keeps it: its schedule is in the text. */
export interface InfluxTask {
  name: string
  description: string
  flux: string
}

const DAY_MS = 24 * 3_600_000

/** How far back the running tasks go each time: so late a reading may be and still be in the roll-ups within a window's time. */
const REDONE_MS = { quarter: 2 * 3_600_000, hour: 3 * 3_600_000 } as const satisfies Record<RollUpLevel, number>

/** Duration literals of Flux. */
const WIDTH = { quarter: '15m', hour: '1h' } as const satisfies Record<RollUpLevel, string>

/**
 * The tasks that make the roll-ups. For each level two:
 *
 * - one that runs as often as a window ends and does the last hours again, for whoever reads the roll-ups beside us;
 * - one that runs each night and does the days once more that readings are just no longer asked for. Whatever came late, after a day or
 *   after three weeks, is in the roll-up before it is all that there is.
 *
 * Both write the same points again with what holds now, so it does not matter how often they run. Each window is read whole:
 * spans end at multiples of the width, whenever a run happens to be.
 *
 * @param rawDays how long readings are asked for; the bucket keeps them SPARE_DAYS longer
 */
export function rollUpTasks(bucket: string, rawDays: number): InfluxTask[] {
  return (['quarter', 'hour'] as const).flatMap(level => {
    const name = bucketsOf(bucket)[level]
    return [
      {
        name,
        description: `Workers' Harbor: ${ROLL_UP_FUNCTIONS.join(', ')} of each ${WIDTH[level]}, the last ${REDONE_MS[level] / 3_600_000} hours again each time.`,
        flux: taskText(
          { name, every: WIDTH[level], offset: '2m' },
          { bucket, level, stepMs: ROLL_UP_MS[level], startsBeforeMs: REDONE_MS[level], stopsBeforeMs: 0 },
        ),
      },
      {
        name: `${name}_late`,
        description: `Workers' Harbor: the same of what is ${rawDays} days old, with all that came late, before its readings go.`,
        flux: taskText(
          // Apart from each other: each reads days of all devices.
          { name: `${name}_late`, every: '1d', offset: level === 'quarter' ? '1h' : '3h' },
          {
            bucket,
            level,
            stepMs: DAY_MS,
            startsBeforeMs: (rawDays + SPARE_DAYS - 1) * DAY_MS,
            stopsBeforeMs: (rawDays - 1) * DAY_MS,
          },
        ),
      },
    ]
  })
}

interface Schedule {
  name: string
  every: string
  offset: string
}

interface Work {
  bucket: string
  level: RollUpLevel
  /** The span is counted from the last multiple of this, in ms. */
  stepMs: number
  startsBeforeMs: number
  stopsBeforeMs: number
}

/**
 * `option task` has to be literals, for InfluxDB reads the schedule without running the script. One pipeline for each function, for only then
 * storage computes the windows. What is not a text here comes from the tables above.
 */
function taskText({ name, every, offset }: Schedule, work: Work): string {
  const { bucket, level, stepMs, startsBeforeMs, stopsBeforeMs } = work
  const nanoseconds = (ms: number) => fluxInteger(BigInt(ms) * 1_000_000n)
  const head = flux`option task = {name: ${name}, every: ${fluxExpression(every)}, offset: ${fluxExpression(offset)}}

step = ${nanoseconds(stepMs)}
edge = int(v: now()) / step * step
start = time(v: edge - ${nanoseconds(startsBeforeMs)})
stop = time(v: edge - ${nanoseconds(stopsBeforeMs)})
`
  return [head, rollUpPipelines(bucket, level, { start: fluxExpression('start'), stop: fluxExpression('stop') })].join(
    '',
  )
}

/** A span in Flux: times, or names that hold them. */
export interface FluxSpan {
  start: FluxParameterLike
  stop: FluxParameterLike
  /** Answers without rows. A task's answer goes nowhere; that of a query would be every point that was written. */
  isSilent?: boolean
}

/** Reads the raw readings of a span and writes their roll-ups of one level. The span begins and ends at multiples of its width. */
export function rollUpPipelines(
  ...[bucket, level, { start, stop, isSilent = false }]: [string, RollUpLevel, FluxSpan]
): string {
  const silence = (fn: string) =>
    isSilent ? flux`    |> filter(fn: (r) => false)\n    |> yield(name: ${fn})\n` : flux``
  return ROLL_UP_FUNCTIONS.map(
    fn => flux`
from(bucket: ${bucket})
    |> range(start: ${start}, stop: ${stop})
    |> filter(fn: (r) => r._measurement == ${MEASUREMENT})
    |> aggregateWindow(every: ${fluxExpression(WIDTH[level])}, fn: ${fluxExpression(fn)}, createEmpty: false, timeSrc: "_start")
    |> set(key: "_measurement", value: ${rollUpMeasurement(fn)})
    |> to(bucket: ${bucketsOf(bucket)[level]})
${silence(fn)}`,
  ).join('')
}
