import { Skeleton, useComputedColorScheme } from '@mantine/core'
import type { AlertDetail, StationDetail } from '@harbor/protocol'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useMemo } from 'react'
import { queryKeys } from '../api/query-keys.ts'
import { ChartTable } from '../chart/chart-table.tsx'
import styles from '../chart/chart.module.css'
import { type ChartSeries, extremes } from '../chart/chart-series.ts'
import { withGaps } from '../chart/gaps.ts'
import type { LineChartModel } from '../chart/line-chart.ts'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { Failure } from '../shell/failure.tsx'
import { capital } from '../stations/metric-choice.ts'
import { unitSign, valueText } from '../stations/value-text.ts'
import { clockText, durationText, exactText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { subjectText } from './alert-words.ts'
import { isOfTrace, traceOf } from './trace-span.ts'

const LineChartView = lazy(() => import('../chart/line-chart-view.tsx'))

/** The drawn span moves on in steps, so that the page does not ask anew with every tick of its clock. */
const STEP_MS = 60_000

/** The readings around an alert, with the limit, the rule's span and the moment it was raised. */
export function AlertTrace({ alert, station }: { alert: AlertDetail; station: StationDetail | undefined }) {
  const { say, locale } = useWords()
  const { api } = useConsole()
  const style = useTimeStyle()
  const nowMs = useNow()
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark'
  const trace = traceOf(alert, station, Math.floor(nowMs / STEP_MS) * STEP_MS)
  const { metric, fromMs, toMs, everyMs } = trace
  const { device } = alert.evidence
  const answer = useQuery({
    queryKey: queryKeys.trace(alert.station, metric, `${fromMs}-${toMs}`),
    queryFn: ({ signal }) => {
      const every = everyMs === undefined ? {} : { everyMs }
      return api.telemetry({ station: alert.station, metric, fromMs, toMs, ...every }, signal)
    },
    // The next minute's trace replaces this one when it is there, not before.
    placeholderData: before => before,
  })
  const { data } = answer
  const series = useMemo((): ChartSeries[] => {
    const shown = data?.series.filter(one => device === undefined || one.device === device) ?? []
    const kindOf = (id: string | undefined) => station?.appliances.find(appliance => appliance.id === id)?.kind
    return shown.map(one => {
      const kind = kindOf(one.appliance)
      const name = kind === undefined ? one.device : say(`appliance.${kind}`)
      return { name, points: withGaps(one.points, data?.everyMs) }
    })
  }, [data, device, station, say])
  if (data === undefined && answer.isError) return <Failure error={answer.error} retry={() => void answer.refetch()} />
  const waiting = <Skeleton className={styles['place'] ?? ''} role="img" aria-label={say('chart.loading')} />
  if (data === undefined) return waiting

  const text = (value: number) => valueText({ metric, value, unit: data.unit }, say, locale)
  const clock = (ms: number) => clockText(ms, nowMs, style)
  const raisedMs = Date.parse(alert.evidence.to)
  const { threshold } = alert.evidence
  const model: LineChartModel = {
    series,
    axisName: unitSign(data.unit),
    thresholds: isOfTrace(alert, trace)
      ? [{ value: threshold, label: say('chart.threshold', { value: text(threshold) }) }]
      : [],
    moments: [{ atMs: raisedMs, label: say('alertPage.moment') }],
    spans: [{ fromMs: Date.parse(alert.evidence.from), toMs: raisedMs }],
    fromMs,
    toMs,
    timeZone: style.timeZone,
    isDark,
    valueText: text,
    timeText: atMs => exactText(atMs, style),
  }
  const count = series.reduce((sum, { points }) => sum + points.filter(([, value]) => value !== null).length, 0)
  const ends = extremes(series)
  const name = say('metricOf', { owner: subjectText(alert, say), metric: say(`metric.${metric as 'power'}`) })
  const summary =
    ends === undefined
      ? say('chart.none')
      : say('alertPage.traceSummary', {
          name: capital(name),
          from: clock(fromMs),
          to: clock(toMs),
          min: text(ends.min),
          max: text(ends.max),
          at: clock(raisedMs),
        })
  return (
    <>
      <div data-testid="trace" data-points={count} data-metric={metric} role="img" aria-label={summary}>
        {count === 0 ? (
          <p className={styles['none']}>{say('chart.none')}</p>
        ) : (
          <Suspense fallback={waiting}>
            <LineChartView model={model} />
          </Suspense>
        )}
      </div>
      <p className={styles['notes']}>
        {capital(name)} · {say('chart.zone', { zone: style.timeZone })}
        {everyMs !== undefined && ` ${say('chart.mean', { span: durationText(everyMs, locale) })}`}
      </p>
      {count > 0 && <ChartTable metric={metric} sign={unitSign(data.unit)} series={series} />}
    </>
  )
}
