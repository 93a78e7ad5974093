import { NativeSelect, SegmentedControl, Skeleton, useComputedColorScheme } from '@mantine/core'
import type { AlertView, StationDetail } from '@harbor/protocol'
import { Suspense, lazy, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { Failure } from '../shell/failure.tsx'
import { type MetricChoice, choiceText, metricChoices } from '../stations/metric-choice.ts'
import { RANGES, type Range, rangeOf } from '../stations/ranges.ts'
import { unitSign, valueText } from '../stations/value-text.ts'
import { durationText, exactText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import { ChartTable } from './chart-table.tsx'
import styles from './chart.module.css'
import { chartSeries, extremes, thresholdsOf } from './chart-series.ts'
import type { LineChartModel } from './line-chart.ts'
import { useTelemetry } from './use-telemetry.ts'

const LineChartView = lazy(() => import('./line-chart-view.tsx'))

/** A station's readings over time: what is shown is kept in the address. */
export function StationChart({ station, alerts }: { station: StationDetail; alerts: readonly AlertView[] }) {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const choices = metricChoices(station)
  const choice = choices.find(({ id }) => id === query.get('metric')) ?? choices[0]
  const range = rangeOf(query.get('range'))
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query)
    next.set(name, value)
    setQuery(next, { replace: true, preventScrollReset: true })
  }
  if (choice === undefined) return <p className={styles['none']}>{say('chart.noMetric')}</p>
  return (
    <>
      <div className={styles['controls']}>
        <NativeSelect
          aria-label={say('chart.metric')}
          data={choices.map(one => ({ value: one.id, label: choiceText(one, say) }))}
          value={choice.id}
          onChange={event => set('metric', event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label={say('chart.range')}
          data={RANGES.map(({ id, word }) => ({ value: id, label: say(word) }))}
          value={range.id}
          onChange={id => set('range', id)}
        />
      </div>
      <Curve station={station} alerts={alerts} choice={choice} range={range} />
    </>
  )
}

interface CurveProps {
  station: StationDetail
  alerts: readonly AlertView[]
  choice: MetricChoice
  range: Range
}

function Curve({ station, alerts, choice, range }: CurveProps) {
  const { say, locale } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark'
  const telemetry = useTelemetry({ station: station.id, metric: choice.metric, range, isWanted: true })
  const { data } = telemetry
  const series = useMemo(
    () => (data === undefined ? [] : chartSeries({ telemetry: data, choice, appliances: station.appliances, say })),
    [data, choice, station.appliances, say],
  )
  const text = (value: number) => valueText({ metric: choice.metric, value, unit: data?.unit }, say, locale)
  const sign = unitSign(data?.unit)
  const thresholds = thresholdsOf(alerts, choice).map(value => ({
    value,
    label: say('chart.threshold', { value: text(value) }),
  }))
  const model: LineChartModel = {
    series,
    axisName: sign,
    thresholds,
    fromMs: nowMs - range.spanMs,
    toMs: nowMs,
    timeZone: style.timeZone,
    isDark,
    valueText: text,
    timeText: atMs => exactText(atMs, style),
  }
  if (data === undefined && telemetry.isError)
    return <Failure error={telemetry.error} retry={() => void telemetry.refetch()} />
  const waiting = <Skeleton className={styles['place'] ?? ''} role="img" aria-label={say('chart.loading')} />
  if (data === undefined) return waiting

  const count = series.reduce((sum, { points }) => sum + points.filter(([, value]) => value !== null).length, 0)
  const ends = extremes(series)
  const summary =
    ends === undefined
      ? say('chart.none')
      : say('chart.summary', {
          metric: choiceText(choice, say),
          range: say(range.word),
          min: text(ends.min),
          max: text(ends.max),
          last: text(ends.last),
        })
  return (
    <>
      <div data-testid="chart" data-points={count} role="img" aria-label={summary}>
        {count === 0 ? (
          <p className={styles['none']}>{say('chart.none')}</p>
        ) : (
          <Suspense fallback={waiting}>
            <LineChartView model={model} />
          </Suspense>
        )}
      </div>
      <p className={styles['notes']}>
        {say('chart.zone', { zone: style.timeZone })}
        {range.everyMs !== undefined && ` ${say('chart.mean', { span: durationText(range.everyMs, locale) })}`}
        {data.truncated && ` · ${say('chart.truncated')}`}
      </p>
      {count > 0 && <ChartTable metric={choice.metric} sign={sign} series={series} />}
    </>
  )
}
