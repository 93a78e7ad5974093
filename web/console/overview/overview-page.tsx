import type { Overview } from '@harbor/protocol'
import { Skeleton } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { DataGrid, type GridColumn } from '../table/data-grid.tsx'
import { readRegion, wayTo } from '../region/region-tree.ts'
import { RegionCrumbs, useRegionName } from '../region/region-crumbs.tsx'
import { useRegions } from '../region/use-regions.ts'
import { useGapsNow } from '../rota/gap-now.tsx'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { useNow } from '../time/now.tsx'
import { localName, useWords } from '../words/words.tsx'
import { FigureList } from './figure-list.tsx'
import { freshnessOf, inTrouble, shareOf } from './freshness.ts'
import styles from './overview.module.css'
import { OverviewMap } from './overview-map.tsx'
import { chosenStations } from './station-choice.ts'
import { StationGrid } from './station-grid.tsx'
import { useFigureTexts } from './use-figure-texts.ts'
import { useOverview, useOverviewStations } from './use-overview.ts'

/** Stations listed on the page itself; the list behind the counts has all of them. */
const FIRST_STATIONS = 50

/** The address of the one screen of a region. */
export const overviewPath = (region: string | undefined) =>
  region === undefined ? '/overview' : `/overview?region=${region}`

/** The one screen: what is so now in the city, a district or a street, and the way down to each station. */
export function OverviewPage() {
  const { say } = useWords()
  const [query] = useSearchParams()
  const region = readRegion(query)
  const regions = useRegions()
  const overview = useOverview(region)
  const stations = useOverviewStations(region)
  const gaps = useGapsNow({ region })
  const nowMs = useNow()
  const nameOf = useRegionName(regions.data)
  const last = regions.data && wayTo(regions.data, region)?.at(-1)
  const isStale = overview.data !== undefined && freshnessOf(overview.data.at, nowMs) === 'stale'
  return (
    <Page
      title={last === undefined ? say('overview.title') : `${nameOf(last)} · ${say('overview.title')}`}
      aside={
        <Link to={`/wall${region === undefined ? '' : `?region=${region}`}`} className={styles['way']}>
          {say('overview.toWall')}
        </Link>
      }
    >
      <div>
        {regions.data && <RegionCrumbs regions={regions.data} region={region} toOf={overviewPath} />}
        <div role="status">
          {isStale && (
            <p className={styles['banner']} data-testid="stale-banner">
              {say('overview.staleBanner')}
            </p>
          )}
        </div>
      </div>
      {overview.data === undefined && overview.isError && (
        <Failure error={overview.error} retry={() => void overview.refetch()} />
      )}
      {overview.data === undefined && !overview.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={420} radius="md" />
        </div>
      )}
      {overview.data !== undefined && (
        <>
          <FigureList overview={overview.data} />
          <div className={styles['halves']}>
            <OverviewMap stations={stations.data?.stations ?? []} region={region} />
            <section>
              <h2>{say(overview.data.parts.length > 0 ? 'overview.parts' : 'overview.stationsOf')}</h2>
              {overview.data.parts.length > 0 ? (
                <Parts parts={overview.data.parts} />
              ) : (
                <StationGrid
                  stations={chosenStations(stations.data?.stations ?? [], 'all').slice(0, FIRST_STATIONS)}
                  gaps={gaps}
                />
              )}
              <p>
                <Link
                  to={`/overview/stations${region === undefined ? '' : `?region=${region}`}`}
                  className={styles['way']}
                >
                  {say('overview.allStations', { count: overview.data.counts.stations })}
                </Link>
              </p>
            </section>
          </div>
        </>
      )}
    </Page>
  )
}

type Part = Overview['parts'][number]

/** The regions one level down; those with the most to see to first. */
function Parts({ parts }: { parts: readonly Part[] }) {
  const { say, language } = useWords()
  const { number, percent } = useFigureTexts()
  const columns: GridColumn<Part>[] = [
    {
      key: 'name',
      name: say('region.label'),
      renderCell: part => (
        <Link to={overviewPath(part.region)} className={styles['way']}>
          {localName(language, part)}
        </Link>
      ),
    },
    { key: 'stations', name: say('overview.stations'), renderCell: part => number(part.stations) },
    { key: 'open', name: say('overview.state.open'), renderCell: part => number(part.open + part.full) },
    {
      key: 'trouble',
      name: say('overview.trouble'),
      renderCell: part => <span data-bad={inTrouble(part) > 0}>{number(inTrouble(part))}</span>,
    },
    {
      key: 'people',
      name: say('overview.peopleNow'),
      renderCell: part => (part.countedStations === 0 ? '–' : number(part.peopleNow)),
    },
    {
      key: 'working',
      name: say('overview.appliancesWorking'),
      renderCell: part => percent(shareOf(part.appliancesWorking, part.appliancesWorking + part.appliancesFaulty)),
    },
  ]
  const sorted = parts.toSorted((a, b) => inTrouble(b) - inTrouble(a) || b.stations - a.stations)
  return <DataGrid label={say('overview.parts')} columns={columns} rows={sorted} keyOf={({ region }) => region} />
}
