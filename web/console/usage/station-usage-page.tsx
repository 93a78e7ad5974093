import { EDITABLE_FIGURES, type StationUsage, type UsageFigure, type UsageRow } from '@harbor/protocol'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { queryKeys } from '../api/query-keys.ts'
import { useConsole } from '../console-context.ts'
import { Answer } from '../measure/answer.tsx'
import { FigureTiles } from '../measure/figure-tiles.tsx'
import { HeatTable } from '../measure/heat-table.tsx'
import styles from '../measure/measure.module.css'
import { figureName, usageText } from '../measure/usage-text.ts'
import { useMeasure } from '../measure/use-measure.ts'
import { periodChanges, useMeasureQuery } from '../measure/use-measure-query.ts'
import { PeriodBar } from '../period/period-bar.tsx'
import { Page } from '../shell/page.tsx'
import { DataGrid } from '../table/data-grid.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { localName, useWords } from '../words/words.tsx'
import { EditForm } from './edit-form.tsx'
import { Edits } from './edit-list.tsx'

const SHOWN: readonly UsageFigure[] = [
  'visits',
  'peopleHours',
  'peakPeople',
  'openHours',
  'microwaveStarts',
  'waterKWh',
  'energyKWh',
]

/** One station's use day by day, with what is doubted, what was set by hand, and the form to do so. */
export function StationUsagePage() {
  const { say, language } = useWords()
  const { api } = useConsole()
  const { id = '' } = useParams()
  const { within, period, set } = useMeasureQuery({ by: 'day', rank: 'visits' })
  const usage = useQuery({
    queryKey: queryKeys.measure(`station ${id}`, within.toString()),
    queryFn: ({ signal }) => api.management.stationUsage(id, within, signal),
    placeholderData: keepPreviousData,
  })
  const heatQuery = new URLSearchParams(within)
  heatQuery.set('station', id)
  const heatMap = useMeasure('heatMap', heatQuery)
  return (
    <Page
      title={
        usage.data === undefined ? say('usage.title') : `${localName(language, usage.data)} · ${say('usage.title')}`
      }
      aside={<Link to={`/stations/${id}`}>{say('usage.toStation')}</Link>}
    >
      <section className={styles['filters']} aria-label={say('measure.filters')}>
        <PeriodBar period={period} onChoose={next => set(periodChanges(next))} />
      </section>
      <Answer of={usage}>
        {data => (
          <>
            <p className="quiet">
              {say('measure.dates', { from: data.from, to: data.to })} · {say(`usage.method.${data.method}`)}
            </p>
            <FigureTiles row={rowOf(data)} figures={SHOWN} />
            <Days usage={data} />
            <TakeAwayTable path="usage/station-days" query={heatQuery} />
            <EditForm station={id} usual={data.to} />
            <section className={styles['part']}>
              <h2>{say('usage.edits')}</h2>
              <Edits edits={data.edits} />
            </section>
          </>
        )}
      </Answer>
      <section className={styles['part']}>
        <h2>{say('measure.heatMap')}</h2>
        <Answer of={heatMap}>
          {data =>
            data.days === 0 ? (
              <p className="quiet">{say('measure.nothing')}</p>
            ) : (
              <HeatTable heatMap={data} shown="visits" />
            )
          }
        </Answer>
      </section>
    </Page>
  )
}

/** The station as one row of a report. */
function rowOf({ station, nameZh, nameEn, total }: StationUsage): UsageRow {
  return { key: station, nameZh, nameEn, stations: 1, figures: total, doubtfulDays: 0, editedDays: 0 }
}

function Days({ usage }: { usage: StationUsage }) {
  const { say, language, locale } = useWords()
  if (usage.days.length === 0) return <p className="quiet">{say('measure.nothing')}</p>
  const isEditable = (figure: UsageFigure): figure is (typeof EDITABLE_FIGURES)[number] =>
    EDITABLE_FIGURES.some(one => one === figure)
  return (
    <DataGrid
      label={say('usage.days')}
      rows={usage.days.toReversed()}
      keyOf={({ date }) => date}
      columns={[
        { key: 'date', name: say('usage.date'), renderCell: ({ date }) => date },
        ...SHOWN.map(figure => ({
          key: figure,
          name: figureName(figure, language),
          renderCell: ({ figures, measured }: StationUsage['days'][number]) => (
            <>
              {usageText(figure, figures[figure]?.value, { say, locale })}
              {isEditable(figure) && measured[figure] !== undefined && (
                <span className={styles['aside']}>
                  {say('usage.wasMeasured', { value: usageText(figure, measured[figure], { say, locale }) })}
                </span>
              )}
            </>
          ),
        })),
        {
          key: 'opening',
          name: say('nav.opening'),
          isText: true,
          renderCell: day => say(`truth.truth.${day.opening}`),
        },
        {
          key: 'notes',
          name: say('usage.notes'),
          isText: true,
          renderCell: ({ doubts, weather }) => (
            <>
              {doubts.length > 0 && (
                <span data-bad="true">{doubts.map(one => say(`usage.doubt.${one}`)).join(' · ')}</span>
              )}{' '}
              {weather && say('measure.hottest', { degrees: weather.maxTemperatureC.toLocaleString(locale) })}
            </>
          ),
        },
      ]}
    />
  )
}
