import { Button, NativeSelect, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { readRegion } from '../region/region-tree.ts'
import { RegionCrumbs } from '../region/region-crumbs.tsx'
import { useRegions } from '../region/use-regions.ts'
import { useGapsNow } from '../rota/gap-now.tsx'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { Age } from '../time/age.tsx'
import { useWords } from '../words/words.tsx'
import styles from './overview.module.css'
import { overviewPath } from './overview-page.tsx'
import { STATION_CHOICES, type StationChoice, chosenStations, readChoice } from './station-choice.ts'
import { StationGrid } from './station-grid.tsx'
import { useOverviewStations } from './use-overview.ts'

/** Rows drawn at first, and more at each press. */
const ROWS = 100

/** The stations behind a count of the one screen. */
export function StateListPage() {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const [rows, setRows] = useState(ROWS)
  const region = readRegion(query)
  const choice = readChoice(query)
  const regions = useRegions().data
  const stations = useOverviewStations(region)
  const gaps = useGapsNow({ region })
  const shown = stations.data && chosenStations(stations.data.stations, choice)
  const nameOf = (one: StationChoice) =>
    one === 'all' || one === 'people' || one === 'faulty' || one === 'heat'
      ? say(`overview.choice.${one}`)
      : say(`overview.state.${one}`)
  return (
    <Page title={`${say('overview.stationsOf')} · ${nameOf(choice)}`}>
      {regions && <RegionCrumbs regions={regions} region={region} toOf={overviewPath} />}
      <div className={styles['filters']}>
        <NativeSelect
          label={say('overview.show')}
          data={STATION_CHOICES.map(value => ({ value, label: nameOf(value) }))}
          value={choice}
          onChange={event => {
            const next = new URLSearchParams(query)
            next.set('state', event.currentTarget.value)
            setRows(ROWS)
            setQuery(next, { replace: true, preventScrollReset: true })
          }}
        />
      </div>
      {shown === undefined && stations.isError && (
        <Failure error={stations.error} retry={() => void stations.refetch()} />
      )}
      {shown === undefined && !stations.isError && <Skeleton height={320} radius="md" aria-busy="true" />}
      {shown !== undefined && stations.data !== undefined && (
        <>
          <p className="quiet" role="status">
            {say('stations.count', { count: shown.length })} · <Age at={stations.data.at} />
          </p>
          <StationGrid stations={shown.slice(0, rows)} gaps={gaps} />
          <TakeAwayTable path="overview/stations" query={new URLSearchParams(region === undefined ? {} : { region })} />
          {shown.length > rows && (
            <div>
              <Button variant="default" onClick={() => setRows(rows + ROWS)}>
                {say('overview.more', { count: shown.length - rows })}
              </Button>
            </div>
          )}
        </>
      )}
    </Page>
  )
}
