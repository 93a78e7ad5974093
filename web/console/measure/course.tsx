import { USAGE_DEFINITIONS, type UsageFigure, type UsageReport } from '@harbor/protocol'
import { Skeleton, useComputedColorScheme } from '@mantine/core'
import { Suspense, lazy, useMemo } from 'react'
import type { LineChartModel } from '../chart/line-chart.ts'
import { useTimeStyle } from '../console-context.ts'
import { zoneOffsetMs } from '../time/format.ts'
import { useWords } from '../words/words.tsx'
import styles from './measure.module.css'
import { figureName, usageText } from './usage-text.ts'

const LineChartView = lazy(() => import('../chart/line-chart-view.tsx'))
const BY_TIME: readonly string[] = ['day', 'week', 'month']
const DAY_MS = 86_400_000

/** One figure over time, of a report split by day, week or month; the table has the same in numbers. */
export function Course(props: CourseProps) {
  return BY_TIME.includes(props.report.by) ? <Drawing {...props} /> : null
}

interface CourseProps {
  report: UsageReport
  figure: UsageFigure
}

function Drawing({ report, figure }: CourseProps) {
  const { say, language, locale } = useWords()
  const { timeZone } = useTimeStyle()
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark'
  const model = useMemo((): LineChartModel => {
    const startOf = (date: string) => {
      const wallMs = Date.parse(`${date}T00:00:00Z`)
      return wallMs - zoneOffsetMs(wallMs, timeZone)
    }
    // Money is drawn in yuan.
    const scale = USAGE_DEFINITIONS[figure].unit === 'fen' ? 100 : 1
    return {
      series: [
        {
          name: figureName(figure, language),
          points: report.rows.map(({ key, figures }) => {
            const known = figures[figure]
            return [startOf(key), known === undefined ? null : known.value / scale]
          }),
        },
      ],
      axisName: say(`measure.unit.${USAGE_DEFINITIONS[figure].unit}`),
      thresholds: [],
      fromMs: Math.min(startOf(report.from), ...report.rows.map(({ key }) => startOf(key))),
      toMs: startOf(report.to) + DAY_MS,
      timeZone,
      isDark,
      valueText: value => usageText(figure, value * scale, { say, locale }),
      timeText: atMs => new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone }).format(atMs),
    }
  }, [report, figure, say, language, locale, timeZone, isDark])
  return (
    <div
      role="img"
      aria-label={say('measure.courseOf', { name: figureName(figure, language) })}
      className={styles['course']}
      data-testid="course"
    >
      <Suspense fallback={<Skeleton height={240} />}>
        <LineChartView model={model} />
      </Suspense>
    </div>
  )
}
