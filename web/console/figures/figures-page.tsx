import { NativeSelect, Skeleton } from '@mantine/core'
import {
  APPLIANCE_KINDS,
  FIGURES,
  FIGURE_DEFINITIONS,
  FIGURE_GROUPS,
  type FigureGroup,
  type FigureName,
  type FigureReport,
} from '@harbor/protocol'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { useConsole } from '../console-context.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { useStations } from '../stations/use-stations.ts'
import { useNow } from '../time/now.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { localName, useWords } from '../words/words.tsx'
import { FigureChart } from './figure-chart.tsx'
import { FigureTable } from './figure-table.tsx'
import { figureText } from './figure-text.ts'
import styles from './figures.module.css'

const DAY_MS = 24 * 3_600_000
/** A report is as of a minute: each look would ask anew otherwise. */
const MINUTE_MS = 60_000
const PERIODS_DAYS = [7, 30, 90, 365] as const
/** Figures that say the most at a glance. */
const TILES: readonly FigureName[] = ['availability', 'mttaMs', 'mttrMs', 'mtbfMs', 'firstTimeFix', 'repeats']

/** How well things are looked after: figures of a period, by kind, station, week and so on, with what each means. */
export function FiguresPage() {
  const { say, language } = useWords()
  const { api } = useConsole()
  const [query, setQuery] = useSearchParams()
  const days = PERIODS_DAYS.find(one => String(one) === query.get('days')) ?? 30
  const by: FigureGroup = FIGURE_GROUPS.find(one => one === query.get('by')) ?? 'kind'
  const figure: FigureName = FIGURES.find(one => one === query.get('figure')) ?? 'availability'
  const toMs = Math.floor(useNow() / MINUTE_MS) * MINUTE_MS
  const asked = new URLSearchParams({ by })
  for (const name of ['district', 'kind', 'station']) {
    const value = query.get(name)
    if (value !== null) asked.set(name, value)
  }
  const withPeriod = new URLSearchParams(asked)
  withPeriod.set('from', new Date(toMs - days * DAY_MS).toISOString())
  withPeriod.set('to', new Date(toMs).toISOString())
  const report = useQuery({
    queryKey: ['figures', days, asked.toString()],
    queryFn: ({ signal }) => api.figures.report(withPeriod, signal),
    staleTime: MINUTE_MS,
    placeholderData: known => known,
  })
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query)
    if (value === '') next.delete(name)
    else next.set(name, value)
    setQuery(next, { replace: true, preventScrollReset: true })
  }
  const stations = useStations().data?.stations ?? []
  const districts = new Map(
    stations.map(one => [
      one.district,
      localName(language, { nameZh: one.districtNameZh, nameEn: one.districtNameEn }),
    ]),
  )
  const download = new URLSearchParams(withPeriod)
  return (
    <Page title={say('figure.title')}>
      <section className={styles['filters']} aria-label={say('figure.filters')}>
        <NativeSelect
          label={say('figure.period')}
          data={PERIODS_DAYS.map(one => ({ value: String(one), label: say('figure.days', { count: one }) }))}
          value={String(days)}
          onChange={event => set('days', event.currentTarget.value)}
        />
        <NativeSelect
          label={say('figure.by')}
          data={FIGURE_GROUPS.filter(one => one !== 'none').map(value => ({
            value,
            label: say(`figure.group.${value}`),
          }))}
          value={by}
          onChange={event => set('by', event.currentTarget.value)}
        />
        <NativeSelect
          label={say('figure.kind')}
          data={[
            { value: '', label: say('figure.all') },
            ...APPLIANCE_KINDS.map(value => ({ value, label: say(`appliance.${value}`) })),
          ]}
          value={query.get('kind') ?? ''}
          onChange={event => set('kind', event.currentTarget.value)}
        />
        <NativeSelect
          label={say('figure.district')}
          data={[
            { value: '', label: say('figure.all') },
            ...[...districts].map(([value, label]) => ({ value, label })),
          ]}
          value={query.get('district') ?? ''}
          onChange={event => set('district', event.currentTarget.value)}
        />
      </section>
      {report.data === undefined && report.isError && (
        <Failure error={report.error} retry={() => void report.refetch()} />
      )}
      {report.data === undefined && !report.isError && <Skeleton height={320} radius="md" aria-busy="true" />}
      {report.data !== undefined && (
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
              onChange={event => set('figure', event.currentTarget.value)}
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
