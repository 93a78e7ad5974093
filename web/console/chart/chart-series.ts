import type { AlertView, StationDetail, Telemetry } from '@harbor/protocol'
import { type MetricChoice, isChosen } from '../stations/metric-choice.ts'
import type { Say } from '../words/words.tsx'
import { type DrawnPoint, withGaps } from './gaps.ts'

/** One line of a chart. */
export interface ChartSeries {
  name: string
  points: DrawnPoint[]
}

/** The lines of a choice, named for their appliances, or for their devices where there is more than one of a kind. */
export function chartSeries(input: {
  telemetry: Telemetry
  choice: MetricChoice
  appliances: StationDetail['appliances']
  say: Say
}): ChartSeries[] {
  const { telemetry, choice, appliances, say } = input
  const kinds = new Map(appliances.map(({ id, kind }) => [id, kind]))
  const chosen = telemetry.series.filter(({ appliance }) => isChosen(choice, appliance, kinds))
  const plainName = ({ device, appliance }: Telemetry['series'][number]) => {
    const kind = appliance === undefined ? undefined : kinds.get(appliance)
    return kind === undefined ? device : say(`appliance.${kind}`)
  }
  return chosen.map(one => {
    const name = plainName(one)
    const isShared = chosen.some(other => other !== one && plainName(other) === name)
    return { name: isShared ? `${name} ${one.device}` : name, points: withGaps(one.points, telemetry.everyMs) }
  })
}

/** The limits of open alerts on what the chart shows, each once. */
export function thresholdsOf(alerts: readonly AlertView[], { metric, owner }: MetricChoice): number[] {
  const limits = alerts
    // A limit on what was reckoned from the readings, such as a share of time, is none of the readings themselves.
    .filter(({ evidence }) => evidence.metric === metric && evidence.quantity === undefined)
    .filter(({ applianceKind }) => owner === 'all' || (applianceKind ?? 'room') === owner)
    .map(alert => alert.evidence.threshold)
  return [...new Set(limits)]
}

/** Lowest, highest and newest value of all lines; undefined when they are empty. */
export function extremes(series: readonly ChartSeries[]): { min: number; max: number; last: number } | undefined {
  let found: { min: number; max: number; last: number; atMs: number } | undefined
  for (const { points } of series) {
    for (const [atMs, value] of points) {
      if (value === null) continue
      found ??= { min: value, max: value, last: value, atMs }
      found.min = Math.min(found.min, value)
      found.max = Math.max(found.max, value)
      if (atMs >= found.atMs) Object.assign(found, { last: value, atMs })
    }
  }
  return found
}
