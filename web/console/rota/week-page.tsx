import type { RotaWeek } from '@harbor/protocol'
import { Skeleton } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { readRegion } from '../region/region-tree.ts'
import { RegionSelect } from '../region/region-select.tsx'
import { useRegions } from '../region/use-regions.ts'
import { Failure } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { DataGrid } from '../table/data-grid.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './rota.module.css'
import { useRotaWeek } from './use-rota.ts'
import { WeekWays } from './week-ways.tsx'

/** Seven days of every station that somebody has to open, side by side: where nobody comes stands out. */
export function RotaWeekPage() {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const region = readRegion(query)
  const from = query.get('week') ?? undefined
  const asked = new URLSearchParams({ ...(region !== undefined && { region }), ...(from !== undefined && { from }) })
  const answer = useRotaWeek(asked)
  const week = answer.data
  const set = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(query)
    if (value === undefined) next.delete(name)
    else next.set(name, value)
    setQuery(next, { replace: true, preventScrollReset: true })
  }
  return (
    <Page title={say('rota.manyWeek')}>
      <p>
        <Link to="/rota" className={styles['link']}>
          <BackIcon /> {say('rota.title')}
        </Link>
      </p>
      <p className="quiet">{say('rota.manyWeekIntro')}</p>
      <RegionSelect regions={useRegions().data} region={region} onChoose={code => set('region', code)} />
      {week !== undefined && <WeekWays firstDay={week.firstDay} onWeek={day => set('week', day)} />}
      {week === undefined && answer.isError && <Failure error={answer.error} retry={() => void answer.refetch()} />}
      {week === undefined && !answer.isError && <Skeleton height={240} radius="md" aria-busy="true" />}
      {week?.stations.length === 0 && <p className="card">{say('rota.noneNeeds')}</p>}
      {week !== undefined && week.stations.length > 0 && (
        <>
          <Week week={week} />
          {week.isCut && <p className="quiet">{say('rota.weekCut', { count: week.stations.length })}</p>}
          <TakeAwayTable path="rota/week" query={asked} />
        </>
      )}
    </Page>
  )
}

function Week({ week }: { week: RotaWeek }) {
  const { say, language } = useWords()
  const { locale } = useTimeStyle()
  const dayName = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    month: 'numeric',
    day: 'numeric',
    timeZone: 'UTC',
  })
  const days = week.stations[0]?.days.map(({ day }) => day) ?? []
  return (
    <DataGrid
      label={say('rota.manyWeek')}
      rows={week.stations}
      keyOf={({ station }) => station}
      columns={[
        {
          key: 'station',
          name: say('rota.station'),
          renderCell: one => (
            <Link
              to={`/rota?station=${encodeURIComponent(one.station)}&week=${week.firstDay}`}
              className={styles['link']}
            >
              {localName(language, one)}
            </Link>
          ),
        },
        ...days.map((day, index) => ({
          key: day,
          name: dayName.format(Date.parse(day)),
          isText: true,
          renderCell: (one: RotaWeek['stations'][number]) => {
            const { shifts = 0, gapHours = 0 } = one.days[index] ?? {}
            return (
              <span className={styles['cell']} data-gap-hours={gapHours}>
                <span className="quiet">{say('rota.shiftsOf', { count: shifts })}</span>
                {gapHours > 0 && <strong>{say('rota.uncovered', { hours: gapHours })}</strong>}
              </span>
            )
          },
        })),
      ]}
    />
  )
}
