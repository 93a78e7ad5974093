import { NativeSelect, Skeleton } from '@mantine/core'
import {
  FIGURES,
  FIGURE_DEFINITIONS,
  FIGURE_GROUPS,
  type FigureGroup,
  type FigureName,
  type FigureReport,
} from '@harbor/protocol'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { useConsole, useTimeStyle } from '../console-context.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { useNow } from '../time/now.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { useWords } from '../words/words.tsx'
import { FigureChart } from './figure-chart.tsx'
import { FigureFilters } from './figure-filters.tsx'
import { FigureTable } from './figure-table.tsx'
import { figureText } from './figure-text.ts'
import styles from './figures.module.css'
import { readPeriod, spanOf } from './period.ts'

/** How long a report is believed: it is as of a minute. */
const MINUTE_MS = 60_000
/** Figures that say the most at a glance. */
const TILES: readonly FigureName[] = ['availability', 'mttaMs', 'mttrMs', 'mtbfMs', 'firstTimeFix', 'repeats']

/** How well things are looked after: figures of a period, by kind, station, week and so on, with what each means. */
export function FiguresPage() {
  const { say, language } = useWords()
  const { api } = useConsole()
  const [query, setQuery] = useSearchParams()
  const { timeZone } = useTimeStyle()
  const period = readPeriod(query)
  const span = spanOf(period, { nowMs: useNow(), timeZone })
  const by: FigureGroup = FIGURE_GROUPS.find(one => one === query.get('by')) ?? 'kind'
  const figure: FigureName = FIGURES.find(one => one === query.get('figure')) ?? 'availability'
  const asked = new URLSearchParams({ by })
  for (const name of ['district', 'kind', 'station']) {
    const value = query.get(name)
    if (value !== null) asked.set(name, value)
  }
  const withPeriod = new URLSearchParams(asked)
  if (span !== undefined) {
    withPeriod.set('from', new Date(span.fromMs).toISOString())
    withPeriod.set('to', new Date(span.toMs).toISOString())
  }
  const report = useQuery({
    // Of the last days: one answer, however the minutes pass.
    queryKey: ['figures', 'days' in period ? period.days : withPeriod.toString(), asked.toString()],
    enabled: span !== undefined,
    queryFn: ({ signal }) => api.figures.report(withPeriod, signal),
    staleTime: MINUTE_MS,
    placeholderData: known => known,
  })
  const set = (changes: Readonly<Record<string, string>>) => {
    // From the address itself: two changes in quick succession come before the page is drawn anew.
    const next = new URLSearchParams(globalThis.location.search)
    for (const [name, value] of Object.entries(changes)) {
      if (value === '') next.delete(name)
      else next.set(name, value)
    }
    setQuery(next, { replace: true, preventScrollReset: true })
  }
  const download = new URLSearchParams(withPeriod)
  return (
    <Page title={say('figure.title')}>
      <FigureFilters query={query} period={period} by={by} onChange={set} />
      {span === undefined && (
        <p role="alert" data-testid="wrong-days">
          {say('figure.wrongDays')}
        </p>
      )}
      {report.data === undefined && report.isError && (
        <Failure error={report.error} retry={() => void report.refetch()} />
      )}
      {report.data === undefined && !report.isError && span !== undefined && (
        <Skeleton height={320} radius="md" aria-busy="true" />
      )}
      {report.data !== undefined && span !== undefined && (
        <>
          <Tiles report={report.data} />
          <section className={`card ${styles['part']}`} data-part="chart">
            <NativeSelect
              label={say('figure.shown')}
              data={FIGURES.map(value => ({
                value,
                label: FIGURE_DEFINITIONS[value][language === 'zh' ? 'nameZh' : 'nameEn'],
              }))}
              value={figure}
              onChange={event => set({ figure: event.currentTarget.value })}
            />
            <FigureChart report={report.data} figure={figure} />
          </section>
          <FigureTable report={report.data} />
          <TakeAwayTable path="figures" query={download} />
          <Definitions />
        </>
      )}
    </Page>
  )
}

function Tiles({ report }: { report: FigureReport }) {
  const { say, language, locale } = useWords()
  return (
    <dl className={styles['tiles']}>
      {TILES.map(name => (
        <div key={name} className={`card ${styles['tile']}`} data-figure={name}>
          <dt className="quiet">{FIGURE_DEFINITIONS[name][language === 'zh' ? 'nameZh' : 'nameEn']}</dt>
          <dd>{figureText(name, report.total[name], { say, locale })}</dd>
          {name === 'mttrMs' && report.total.pausedMs !== undefined && (
            <dd className={`quiet ${styles['aside']}`}>
              {say('figure.paused', { time: figureText('pausedMs', report.total.pausedMs, { say, locale }) })}
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}

function Definitions() {
  const { say, language } = useWords()
  return (
    <details className={styles['definitions']}>
      <summary>{say('figure.means')}</summary>
      <dl>
        {FIGURES.map(name => {
          const { nameZh, nameEn, textZh, textEn } = FIGURE_DEFINITIONS[name]
          return (
            <div key={name}>
              <dt>{language === 'zh' ? nameZh : nameEn}</dt>
              <dd className="quiet">{language === 'zh' ? textZh : textEn}</dd>
            </div>
          )
        })}
      </dl>
    </details>
  )
}
