import type { VoicesReport } from '@harbor/protocol'
import { Skeleton, useComputedColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import type { LineChartModel } from '../chart/line-chart.ts'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { readRegion } from '../region/region-tree.ts'
import { RegionSelect } from '../region/region-select.tsx'
import { useRegions } from '../region/use-regions.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { DataGrid } from '../table/data-grid.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { zoneOffsetMs } from '../time/format.ts'
import { localName, useWords } from '../words/words.tsx'
import styles from './voices.module.css'

const LineChartView = lazy(() => import('../chart/line-chart-view.tsx'))
const REFETCH_MS = 120_000
const WEEK_MS = 7 * 86_400_000

/** What visitors said in half a year, added up: themes, how soon they were answered, the trend, places. */
export function VoicesPage() {
  const { say } = useWords()
  const { api } = useConsole()
  const [query, setQuery] = useSearchParams()
  const region = readRegion(query)
  const station = query.get('station') ?? ''
  const asked = new URLSearchParams({
    ...(region !== undefined && { region }),
    ...(station !== '' && { station }),
  })
  const regions = useRegions().data
  const report = useQuery({
    queryKey: ['voices', asked.toString()],
    queryFn: ({ signal }) => api.keepers.voices(asked, signal),
    refetchInterval: REFETCH_MS,
  })
  const choose = (code: string | undefined) =>
    setQuery(code === undefined ? {} : { region: code }, { replace: true, preventScrollReset: true })
  return (
    <Page title={say('voices.title')}>
      <p>
        <Link className={styles['link']} to={`/feedback?${asked}`}>
          {say('voices.toDesk')}
        </Link>
      </p>
      {(regions?.districts.length ?? 0) > 1 && <RegionSelect regions={regions} region={region} onChoose={choose} />}
      {report.data === undefined && report.isError && (
        <Failure error={report.error} retry={() => void report.refetch()} />
      )}
      {report.data === undefined && !report.isError && <Skeleton height={240} radius="md" aria-busy="true" />}
      {report.data?.total === 0 && (
        <p className="card" data-testid="no-voices">
          {say('voices.none')}
        </p>
      )}
      {report.data !== undefined && report.data.total > 0 && <Report report={report.data} asked={asked} />}
    </Page>
  )
}

function Report({ report, asked }: { report: VoicesReport; asked: URLSearchParams }) {
  const { say, language } = useWords()
  const { inTime, late, waiting } = report.replies
  const starsText = (stars: number | undefined) => (stars === undefined ? say('voices.noStars') : stars.toFixed(1))
  const most = Math.max(1, ...report.themes.map(({ count }) => count))
  return (
    <>
      <p className="quiet">{say('voices.intro', { day: report.from })}</p>
      <div className={styles['tiles']}>
        <p className={`card ${styles['tile']}`} data-testid="total">
          <span className="quiet">{say('voices.total')}</span>
          <span className={styles['number']}>{report.total}</span>
        </p>
        <p className={`card ${styles['tile']}`}>
          <span className="quiet">{say('voices.open')}</span>
          <span className={styles['number']}>{report.open}</span>
        </p>
        <p className={`card ${styles['tile']}`} data-testid="replies">
          <span className="quiet">{say('voices.inTime')}</span>
          <span className={styles['number']}>
            {inTime + late === 0 ? '–' : `${Math.round((inTime / (inTime + late)) * 100)} %`}
          </span>
          <span className="quiet">{say('voices.ofReplies', { inTime, all: inTime + late, waiting })}</span>
        </p>
      </div>
      <section className={styles['section']}>
        <h2>{say('voices.themes')}</h2>
        <ul className={styles['themes']}>
          {report.themes
            .filter(({ count }) => count > 0)
            .map(({ topic, count }) => (
              <li key={topic} className={styles['theme']} data-theme={topic}>
                <Link
                  className={styles['link']}
                  to={`/feedback?${new URLSearchParams([['state', 'all'], ['topic', topic], ...asked])}`}
                >
                  {say(`feedback.topic.${topic}`)}
                </Link>
                <svg className={styles['bar']} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
                  <rect width={(count / most) * 100} height={10} />
                </svg>
                <span className={styles['count']}>{count}</span>
              </li>
            ))}
        </ul>
      </section>
      <section className={styles['section']}>
        <h2>{say('voices.trend')}</h2>
        <Trend report={report} of="count" />
        {report.weeks.some(({ rated }) => rated > 0) && (
          <>
            <h2>{say('voices.starsTrend')}</h2>
            <Trend report={report} of="stars" />
          </>
        )}
        <details className={styles['disclosure']}>
          <summary>{say('voices.weeks')}</summary>
          <DataGrid
            label={say('voices.weeks')}
            rows={report.weeks.toReversed()}
            keyOf={({ monday }) => monday}
            columns={[
              { key: 'week', name: say('voices.week'), renderCell: ({ monday }) => monday, isText: true },
              { key: 'count', name: say('voices.count'), renderCell: ({ count }) => count },
              { key: 'rated', name: say('voices.rated'), renderCell: ({ rated }) => rated },
              { key: 'stars', name: say('voices.stars'), renderCell: ({ stars }) => starsText(stars) },
            ]}
          />
        </details>
        <TakeAwayTable path="voices/weeks" query={asked} />
      </section>
      <section className={styles['section']}>
        <h2>{say('voices.places')}</h2>
        <DataGrid
          label={say('voices.places')}
          rows={report.places}
          keyOf={({ station }) => station}
          columns={[
            {
              key: 'station',
              name: say('voices.station'),
              isText: true,
              renderCell: place => placeLink(place, language),
            },
            { key: 'count', name: say('voices.count'), renderCell: ({ count }) => count },
            { key: 'open', name: say('voices.open'), renderCell: ({ open }) => open },
            { key: 'rated', name: say('voices.rated'), renderCell: ({ rated }) => rated },
            { key: 'stars', name: say('voices.stars'), renderCell: ({ stars }) => starsText(stars) },
          ]}
        />
        <TakeAwayTable path="voices/places" query={asked} />
      </section>
    </>
  )
}

function placeLink(place: VoicesReport['places'][number], language: 'zh' | 'en') {
  const to = `/feedback?state=all&station=${encodeURIComponent(place.station)}`
  return <Link to={to}>{localName(language, place)}</Link>
}

/** One figure a week as a line; a week without a rating is a break in it, and the table has the same in numbers. */
function Trend({ report, of }: { report: VoicesReport; of: 'count' | 'stars' }) {
  const { say, locale } = useWords()
  const { timeZone } = useTimeStyle()
  const isDark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark'
  const name = say(of === 'count' ? 'voices.count' : 'voices.stars')
  const model = useMemo((): LineChartModel => {
    const startOf = (date: string) => {
      const wallMs = Date.parse(`${date}T00:00:00Z`)
      return wallMs - zoneOffsetMs(wallMs, timeZone)
    }
    return {
      series: [{ name, points: report.weeks.map(week => [startOf(week.monday), week[of] ?? null]) }],
      axisName: name,
      thresholds: [],
      fromMs: startOf(report.from),
      toMs: startOf(report.from) + report.weeks.length * WEEK_MS,
      timeZone,
      isDark,
      valueText: value => value.toLocaleString(locale),
      timeText: atMs => new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone }).format(atMs),
    }
  }, [report, of, name, locale, timeZone, isDark])
  return (
    <div role="img" aria-label={say(of === 'count' ? 'voices.trend' : 'voices.starsTrend')} data-testid={`trend-${of}`}>
      <Suspense fallback={<Skeleton height={240} />}>
        <LineChartView model={model} />
      </Suspense>
    </div>
  )
}
