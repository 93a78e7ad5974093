import { JUDGEMENT_REASONS, type UsageFigure, type UsageRow } from '@harbor/protocol'
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { Answer } from '../measure/answer.tsx'
import { Course } from '../measure/course.tsx'
import { FigureTiles } from '../measure/figure-tiles.tsx'
import { HeatTable } from '../measure/heat-table.tsx'
import { MeasureFilters } from '../measure/measure-filters.tsx'
import styles from '../measure/measure.module.css'
import { UsageTable } from '../measure/usage-table.tsx'
import { useMeasure } from '../measure/use-measure.ts'
import { type MeasureQuery, useMeasureQuery } from '../measure/use-measure-query.ts'
import { Page } from '../shell/page.tsx'
import { DataGrid } from '../table/data-grid.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { Age } from '../time/age.tsx'
import { localName, useWords } from '../words/words.tsx'
import { EditList } from './edit-list.tsx'

/** What the page tells, in this order. */
const SHOWN: readonly UsageFigure[] = [
  'visits',
  'peopleHours',
  'peakPeople',
  'openHours',
  'microwaveStarts',
  'waterKWh',
  'fridgeOpenings',
  'checkIns',
]

/** Where a row leads: a region to what it is made of, a station to its own page, in the same period. */
export function rowPath({ by, within }: Pick<MeasureQuery, 'by' | 'within'>, page: string) {
  return ({ key }: Pick<UsageRow, 'key'>): string | undefined => {
    if (key === '') return undefined
    const period = new URLSearchParams({ period: 'custom', from: within.get('from') ?? '', to: within.get('to') ?? '' })
    if (by === 'station') return `/usage/${key}?${period}`
    if (by !== 'district' && by !== 'street') return undefined
    period.set('region', key)
    period.set('by', by === 'district' ? 'street' : 'station')
    return `${page}?${period}`
  }
}

/** How stations are used: by whom, when, how much, and what stands out. */
export function UsagePage() {
  const { say } = useWords()
  const measure = useMeasureQuery({ by: 'district', rank: 'visits' })
  const usage = useMeasure('usage', measure.asked)
  return (
    <Page title={say('usage.title')} aside={<Link to="/definitions">{say('nav.definitions')}</Link>}>
      <MeasureFilters measure={measure} ranks={SHOWN} />
      <Answer of={usage}>
        {report => (
          <>
            <p className="quiet" role="status">
              {say('measure.dates', { from: report.from, to: report.to })}
              {report.compare && ` · ${say('measure.against', report.compare)}`} ·{' '}
              {report.countedAt === undefined ? (
                say('measure.notCounted')
              ) : (
                <>
                  {say('measure.counted')} <Age at={report.countedAt} />
                </>
              )}
            </p>
            <FigureTiles row={report.total} figures={SHOWN} />
            <section className={styles['part']}>
              <Course report={report} figure={measure.rank} />
              <UsageTable report={report} figures={SHOWN} toOf={rowPath(measure, '/usage')} />
              <TakeAwayTable path="usage" query={measure.asked} />
            </section>
          </>
        )}
      </Answer>
      <Heat within={measure.within} />
      <Judgements within={measure.within} />
      <Doubts within={measure.within} />
      <EditList within={measure.within} />
    </Page>
  )
}

function Heat({ within }: { within: URLSearchParams }) {
  const { say } = useWords()
  const [shown, setShown] = useState<'visits' | 'people'>('visits')
  const heatMap = useMeasure('heatMap', within)
  return (
    <section className={styles['part']}>
      <h2>{say('measure.heatMap')}</h2>
      <SegmentedControl
        aria-label={say('measure.shown')}
        data={(['visits', 'people'] as const).map(value => ({ value, label: say(`usage.heat.${value}`) }))}
        value={shown}
        onChange={setShown}
      />
      <Answer of={heatMap}>
        {data =>
          data.days === 0 ? (
            <p className="quiet">{say('measure.nothing')}</p>
          ) : (
            <>
              <p className="quiet">{say(`usage.heatNote.${shown}`, { count: data.days })}</p>
              <HeatTable heatMap={data} shown={shown} />
              <TakeAwayTable path="usage/heat-map" query={within} />
            </>
          )
        }
      </Answer>
    </section>
  )
}

function Judgements({ within }: { within: URLSearchParams }) {
  const { say, language, locale } = useWords()
  const judgements = useMeasure('judgements', within)
  const number = (value: number | undefined) =>
    value === undefined ? '–' : value.toLocaleString(locale, { maximumFractionDigits: 1 })
  return (
    <section className={styles['part']}>
      <h2>{say('usage.judgements')}</h2>
      <Answer of={judgements}>
        {data => (
          <>
            <p className="quiet">
              {language === 'zh' ? data.ruleZh : data.ruleEn} {say('usage.judged', { count: data.judged })}
            </p>
            {data.stations.length === 0 ? (
              <p>{say('usage.noneJudged')}</p>
            ) : (
              <DataGrid
                label={say('usage.judgements')}
                rows={data.stations}
                keyOf={({ station, judgement }) => `${station} ${judgement}`}
                columns={[
                  {
                    key: 'station',
                    name: say('overview.station'),
                    renderCell: row => <Link to={`/usage/${row.station}?${within}`}>{localName(language, row)}</Link>,
                  },
                  {
                    key: 'judgement',
                    name: say('usage.finding'),
                    isText: true,
                    renderCell: ({ judgement }) => say(`usage.judgement.${judgement}`),
                  },
                  { key: 'visits', name: say('usage.visitsPerDay'), renderCell: row => number(row.visitsPerDay) },
                  {
                    key: 'peak',
                    name: say('usage.peakOf'),
                    renderCell: row => `${number(row.peakPeople)} / ${number(row.capacity)}`,
                  },
                  {
                    key: 'reasons',
                    name: say('usage.why'),
                    isText: true,
                    renderCell: ({ reasons }) =>
                      JUDGEMENT_REASONS.filter(one => reasons.includes(one))
                        .map(one => say(`usage.reason.${one === 'near_other' ? 'nearby' : one}`))
                        .join(language === 'zh' ? '；' : '; '),
                  },
                ]}
              />
            )}
            {data.stations.length > 0 && <TakeAwayTable path="usage/judgements" query={within} />}
          </>
        )}
      </Answer>
    </section>
  )
}

function Doubts({ within }: { within: URLSearchParams }) {
  const { say, language, locale } = useWords()
  const doubts = useMeasure('doubts', within)
  const number = (value: number | undefined) =>
    value === undefined ? '–' : value.toLocaleString(locale, { maximumFractionDigits: 0 })
  return (
    <section className={styles['part']}>
      <h2>{say('usage.doubts')}</h2>
      <p className="quiet">{say('usage.doubtsNote')}</p>
      <Answer of={doubts}>
        {({ days }) =>
          days.length === 0 ? (
            <p>{say('usage.noDoubts')}</p>
          ) : (
            <>
              <DataGrid
                label={say('usage.doubts')}
                rows={days}
                keyOf={({ station, date }) => `${station} ${date}`}
                columns={[
                  {
                    key: 'station',
                    name: say('overview.station'),
                    renderCell: row => (
                      <Link to={`/usage/${row.station}?period=custom&from=${row.date}&to=${row.date}`}>
                        {localName(language, row)}
                      </Link>
                    ),
                  },
                  { key: 'date', name: say('usage.date'), renderCell: ({ date }) => date },
                  {
                    key: 'why',
                    name: say('usage.why'),
                    isText: true,
                    renderCell: row =>
                      `${row.doubts.map(one => say(`usage.doubt.${one}`)).join(language === 'zh' ? '；' : '; ')}${row.edited ? ` · ${say('usage.edited')}` : ''}`,
                  },
                  { key: 'visits', name: say('usage.visits'), renderCell: row => number(row.visits) },
                  { key: 'median', name: say('usage.median'), renderCell: row => number(row.medianVisits) },
                  {
                    key: 'inOut',
                    name: say('usage.inOut'),
                    renderCell: row => `${number(row.in)} / ${number(row.out)}`,
                  },
                ]}
              />
              <TakeAwayTable path="usage/doubts" query={within} />
            </>
          )
        }
      </Answer>
    </section>
  )
}
