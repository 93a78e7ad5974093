import { OPENING_TRUTHS, type OpeningTruthReport, type OpeningTruthRow, type UsageGroup } from '@harbor/protocol'
import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'react-router'
import { Answer } from '../measure/answer.tsx'
import { MeasureFilters } from '../measure/measure-filters.tsx'
import styles from '../measure/measure.module.css'
import { useMeasure } from '../measure/use-measure.ts'
import { useMeasureQuery } from '../measure/use-measure-query.ts'
import { shareOf } from '../overview/freshness.ts'
import { useFigureTexts } from '../overview/use-figure-texts.ts'
import { Page } from '../shell/page.tsx'
import { DataGrid, type GridColumn } from '../table/data-grid.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { localName, useWords } from '../words/words.tsx'
import { rowPath } from '../usage/usage-page.tsx'
import { minuteText } from './minute-text.ts'

const GROUPS: readonly UsageGroup[] = ['district', 'street', 'station', 'none']
/** What of a day one looks for. */
const STATES = OPENING_TRUTHS.filter(one => one !== 'as_posted' && one !== 'not_posted')

/** Posted hours against what was seen: who kept them, and who did not open. */
export function OpeningPage() {
  const { say } = useWords()
  const measure = useMeasureQuery({ by: 'district', rank: 'openHours', groups: GROUPS })
  const asked = new URLSearchParams(measure.within)
  asked.set('by', measure.by)
  const truth = useMeasure('openingTruth', asked)
  return (
    <Page title={say('nav.opening')}>
      <p className="quiet">{say('truth.note')}</p>
      <MeasureFilters measure={measure} groups={GROUPS} />
      <Answer of={truth}>
        {report => (
          <>
            <p className="quiet" role="status">
              {say('measure.dates', { from: report.from, to: report.to })}
            </p>
            <Total row={report.total} />
            <section className={styles['part']}>
              <Rows report={report} toOf={rowPath(measure, '/opening')} />
              <TakeAwayTable path="opening-truth" query={asked} />
            </section>
          </>
        )}
      </Answer>
      <NeverOpened within={measure.within} />
      <Days within={measure.within} />
    </Page>
  )
}

function Total({ row }: { row: OpeningTruthRow }) {
  const { say } = useWords()
  const { number, percent } = useFigureTexts()
  const days = (count: number) => `${number(count)}`
  const figures = [
    ['kept', percent(shareOf(row.asPosted, row.observedDays)), say('truth.ofObserved', { count: row.observedDays })],
    ['didNotOpen', days(row.didNotOpen), say('truth.stationDays')],
    ['openedLate', days(row.openedLate), say('truth.stationDays')],
    ['closedEarly', days(row.closedEarly), say('truth.stationDays')],
    ['neverOpened', number(row.neverOpened), say('truth.in14')],
    ['observed', percent(shareOf(row.observedDays, row.postedDays)), say('truth.ofPosted', { count: row.postedDays })],
  ] as const
  return (
    <dl className={styles['tiles']}>
      {figures.map(([name, value, note]) => (
        <div key={name} className={`card ${styles['tile']}`} data-figure={name}>
          <dt className="quiet">{say(`truth.figure.${name}`)}</dt>
          <dd className={styles['value']}>{value}</dd>
          <dd className="quiet">{note}</dd>
        </div>
      ))}
    </dl>
  )
}

interface RowsProps {
  report: OpeningTruthReport
  toOf: (row: { key: string }) => string | undefined
}

function Rows({ report, toOf }: RowsProps) {
  const { say, language } = useWords()
  const { number, percent } = useFigureTexts()
  const columns: GridColumn<OpeningTruthRow>[] = [
    {
      key: 'name',
      name: say(`measure.group.${report.by}`),
      renderCell: row => {
        const name = localName(language, row)
        const to = toOf(row)
        return to === undefined ? name === '' ? say('measure.ofNone') : name : <Link to={to}>{name}</Link>
      },
    },
    { key: 'stations', name: say('overview.stations'), renderCell: row => number(row.stations) },
    { key: 'posted', name: say('truth.postedDays'), renderCell: row => number(row.postedDays) },
    { key: 'observed', name: say('truth.observedDays'), renderCell: row => number(row.observedDays) },
    {
      key: 'kept',
      name: say('truth.figure.kept'),
      renderCell: row => percent(shareOf(row.asPosted, row.observedDays)),
    },
    {
      key: 'didNotOpen',
      name: say('truth.figure.didNotOpen'),
      renderCell: row => <span data-bad={row.didNotOpen > 0}>{number(row.didNotOpen)}</span>,
    },
    { key: 'late', name: say('truth.figure.openedLate'), renderCell: row => number(row.openedLate) },
    { key: 'early', name: say('truth.figure.closedEarly'), renderCell: row => number(row.closedEarly) },
    {
      key: 'never',
      name: say('truth.figure.neverOpened'),
      renderCell: row => <span data-bad={row.neverOpened > 0}>{number(row.neverOpened)}</span>,
    },
    {
      key: 'hours',
      name: say('truth.hours'),
      renderCell: row => `${number(row.openHours, 0)} / ${number(row.postedHours, 0)}`,
    },
  ]
  return (
    <DataGrid
      label={say('measure.table')}
      columns={columns}
      rows={report.rows}
      keyOf={({ key }) => key}
      total={{ ...report.total, key: '', nameZh: '合计', nameEn: 'Total' }}
    />
  )
}

/** Stations that were observed, should have opened, and did not once in the last fourteen days. */
function NeverOpened({ within }: { within: URLSearchParams }) {
  const { say, language } = useWords()
  const truth = useMeasure('openingTruth', within)
  return (
    <section className={styles['part']}>
      <h2>{say('truth.never')}</h2>
      <Answer of={truth}>
        {({ never }) =>
          never.length === 0 ? (
            <p>{say('truth.noneNever')}</p>
          ) : (
            <ul className={styles['plainList']}>
              {never.map(row => (
                <li key={row.station}>
                  <Link to={`/stations/${row.station}`}>{localName(language, row)}</Link>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </section>
  )
}

function Days({ within }: { within: URLSearchParams }) {
  const { say, language } = useWords()
  const [state, setState] = useState<(typeof STATES)[number]>('did_not_open')
  const asked = new URLSearchParams(within)
  asked.set('state', state)
  const days = useMeasure('openingDays', asked)
  const hours = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined ? '–' : `${minuteText(from)}–${minuteText(to)}`
  return (
    <section className={styles['part']}>
      <h2>{say('truth.days')}</h2>
      <div className={styles['filters']}>
        <NativeSelect
          label={say('truth.state')}
          data={STATES.map(value => ({ value, label: say(`truth.truth.${value}`) }))}
          value={state}
          onChange={event => setState(STATES.find(one => one === event.currentTarget.value) ?? 'did_not_open')}
        />
      </div>
      <Answer of={days}>
        {data =>
          data.days.length === 0 ? (
            <p>{say('truth.noDays')}</p>
          ) : (
            <>
              <DataGrid
                label={say('truth.days')}
                rows={data.days}
                keyOf={({ station, date }) => `${station} ${date}`}
                columns={[
                  {
                    key: 'station',
                    name: say('overview.station'),
                    renderCell: row => <Link to={`/stations/${row.station}`}>{localName(language, row)}</Link>,
                  },
                  { key: 'date', name: say('usage.date'), renderCell: ({ date }) => date },
                  { key: 'posted', name: say('truth.posted'), renderCell: row => hours(row.postedFrom, row.postedTo) },
                  { key: 'seen', name: say('truth.seen'), renderCell: row => hours(row.firstSign, row.lastSign) },
                  {
                    key: 'absence',
                    name: say('truth.rota'),
                    isText: true,
                    renderCell: ({ absence }) => (absence === undefined ? '' : say(`truth.absence.${absence}`)),
                  },
                ]}
              />
              <TakeAwayTable path="opening-truth/days" query={asked} />
            </>
          )
        }
      </Answer>
    </section>
  )
}
