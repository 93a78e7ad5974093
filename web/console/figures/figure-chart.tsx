import { Skeleton, useComputedColorScheme } from '@mantine/core'
import { FIGURE_DEFINITIONS, type FigureName, type FigureReport } from '@harbor/protocol'
import { Suspense, lazy } from 'react'
import type { LineChartModel } from '../chart/line-chart.ts'
import { useTimeStyle } from '../console-context.ts'
import { startOfDayMs } from '../time/days.ts'
import { exactText } from '../time/format.ts'
import { localName, useWords } from '../words/words.tsx'
import { figureText } from './figure-text.ts'
import styles from './figures.module.css'

const LineChartView = lazy(() => import('../chart/line-chart-view.tsx'))
/** Bars that a screen holds. */
const MAX_BARS = 12
const BY_TIME: readonly string[] = ['day', 'week', 'month']
/** What a figure's number is divided by for its axis. */
const SCALE = { count: 1, ms: 3_600_000, share: 0.01, fen: 100 } as const

/** One figure drawn: over time as a line, else as bars. The table below has the same in words. */
export function FigureChart({ report, figure }: { report: FigureReport; figure: FigureName }) {
  return BY_TIME.includes(report.by) ? (
    <Course report={report} figure={figure} />
  ) : (
    <Bars report={report} figure={figure} />
  )
}

function Course({ report, figure }: { report: FigureReport; figure: FigureName }) {
  const { say, language, locale } = useWords()
  const style = useTimeStyle()
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark'
  const { unit, nameZh, nameEn } = FIGURE_DEFINITIONS[figure]
  const name = language === 'zh' ? nameZh : nameEn
  const points = report.rows.map(({ key, figures }): [number, number | null] => {
    const value = figures[figure]
    return [startOfDayMs(key, style.timeZone), value === undefined ? null : value / SCALE[unit]]
  })
  const model: LineChartModel = {
    series: [{ name, points }],
    axisName: say(`figure.axis.${unit}`),
    thresholds: [],
    fromMs: Math.min(Date.parse(report.from), ...points.map(([atMs]) => atMs)),
    toMs: Date.parse(report.to),
    timeZone: style.timeZone,
    isDark,
    valueText: value => figureText(figure, value * SCALE[unit], { say, locale }),
    timeText: atMs => exactText(atMs, style),
  }
  return (
    <div role="img" aria-label={say('figure.courseOf', { name })} data-testid="figure-chart">
      <Suspense fallback={<Skeleton height={240} />}>
        <LineChartView model={model} />
      </Suspense>
    </div>
  )
}

function Bars({ report, figure }: { report: FigureReport; figure: FigureName }) {
  const { say, language, locale } = useWords()
  const rows = report.rows.filter(({ figures }) => figures[figure] !== undefined).slice(0, MAX_BARS)
  const most = Math.max(...rows.map(({ figures }) => Math.abs(figures[figure] ?? 0)), Number.MIN_VALUE)
  if (rows.length === 0) return <p className="quiet">{say('figure.nothing')}</p>
  return (
    <ul className={styles['bars']} data-testid="figure-chart">
      {rows.map(row => (
        <li key={row.key}>
          <span className={styles['barName']}>{localName(language, row)}</span>
          <svg className={styles['bar']} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            <rect width={(Math.abs(row.figures[figure] ?? 0) / most) * 100} height={10} />
          </svg>
          <span>{figureText(figure, row.figures[figure], { say, locale })}</span>
        </li>
      ))}
    </ul>
  )
}
