import { Button } from '@mantine/core'
import { useCallback, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import type { SeenView } from '../../shared/map/map-types.ts'
import { KeptFrom } from '../offline/kept-from.tsx'
import { Failure } from '../shell/failure.tsx'
import { LoadingRows, NoMatch, NothingBroken } from '../shell/list-states.tsx'
import { Page } from '../shell/page.tsx'
import { useWords } from '../words/words.tsx'
import { InboxFilterBar } from './inbox-filter-bar.tsx'
import {
  type InboxFilters,
  USUAL_INBOX,
  isInboxNarrowed,
  readInboxFilters,
  sortedStations,
  writeInboxFilters,
} from './inbox-filters.ts'
import styles from './inbox.module.css'
import { StationRow } from './station-row.tsx'
import { ToDo } from './to-do.tsx'
import { TroubleMap } from './trouble-map.tsx'
import { useHere, useInbox, useInboxMap } from './use-inbox.ts'
import { ViewSwitch } from './view-switch.tsx'

/** Stations asked for at first, and more at each press. */
const ROWS = 50
/** The server's own limit. */
const MAX_ROWS = 500

/** What is broken, a row a station, live: as a list, or as a list beside a map. */
export function InboxPage() {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const [limit, setLimit] = useState(ROWS)
  const [chosen, setChosen] = useState<string>()
  const [view, setView] = useState<SeenView>()
  const navigate = useNavigate()
  const near = useHere()
  const filters = readInboxFilters(query)
  const isMap = filters.view === 'map'
  const inbox = useInbox(filters, { limit: isMap ? MAX_ROWS : limit, near: near.here })
  // The list holds the gravest; the map all of them, as clusters where there are more.
  const isBeyondList = isMap && (inbox.data?.totalStations ?? 0) > (inbox.data?.stations.length ?? 0)
  const seen = useInboxMap(filters, isBeyondList ? view : undefined)
  const stations = inbox.data && sortedStations(inbox.data.stations, near.here)
  const setFilters = (next: InboxFilters) => {
    setLimit(ROWS)
    setQuery(writeInboxFilters(next), { replace: true, preventScrollReset: true })
  }
  const choose = useCallback(
    (station: string) => {
      setChosen(station)
      const row = document.querySelector(`[data-station="${station}"]`)
      if (row === null) void navigate(`/stations/${station}`)
      else row.scrollIntoView({ block: 'nearest' })
    },
    [navigate],
  )
  return (
    <Page
      title={say('inbox.title')}
      aside={
        inbox.data !== undefined &&
        inbox.data.totalAlerts > 0 && (
          <p className="quiet" data-testid="found">
            {say('inbox.found', { stations: inbox.data.totalStations, alerts: inbox.data.totalAlerts })}
          </p>
        )
      }
    >
      <ToDo />
      <ViewSwitch shown={isMap ? 'map' : 'list'} query={query} />
      <InboxFilterBar filters={filters} districts={inbox.data?.districts ?? []} near={near} onChange={setFilters} />
      {inbox.data !== undefined && inbox.isError && <KeptFrom atMs={inbox.dataUpdatedAt} />}
      {stations === undefined && inbox.isError && <Failure error={inbox.error} retry={() => void inbox.refetch()} />}
      {stations === undefined && !inbox.isError && <LoadingRows />}
      {stations?.length === 0 && <Nothing filters={filters} onClear={setFilters} />}
      {stations !== undefined && (stations.length > 0 || isMap) && (
        <div className={isMap ? styles['beside'] : undefined}>
          {isMap && (
            <TroubleMap
              stations={stations}
              seen={isBeyondList ? seen.data : undefined}
              here={near.here}
              chosen={chosen}
              onChoose={choose}
              onMove={setView}
            />
          )}
          <ul className={styles['list']} data-testid="stations">
            {stations.map(station => (
              <StationRow
                key={station.station}
                row={station}
                state={filters.state}
                here={near.here}
                isChosen={isMap && station.station === chosen}
                onChoose={isMap ? () => setChosen(station.station) : undefined}
              />
            ))}
          </ul>
        </div>
      )}
      {!isMap && stations !== undefined && stations.length < (inbox.data?.totalStations ?? 0) && (
        <div className={styles['more']}>
          <p className="quiet">{say('inbox.shown', { count: stations.length })}</p>
          {limit < MAX_ROWS && (
            <Button variant="default" onClick={() => setLimit(Math.min(MAX_ROWS, limit + ROWS))}>
              {say('inbox.more')}
            </Button>
          )}
        </div>
      )}
    </Page>
  )
}

function Nothing({ filters, onClear }: { filters: InboxFilters; onClear: (filters: InboxFilters) => void }) {
  return isInboxNarrowed(filters) ? (
    <NoMatch onClear={() => onClear({ ...USUAL_INBOX, view: filters.view })} />
  ) : (
    <NothingBroken />
  )
}
