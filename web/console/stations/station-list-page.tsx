import { Button, Skeleton, TextInput } from '@mantine/core'
import type { StationView } from '@harbor/protocol'
import { useDeferredValue, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useAlerts } from '../alerts/use-alerts.ts'
import { Failure } from '../shell/failure.tsx'
import { SearchIcon, WarningIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './station-list-page.module.css'
import { searchStations } from './station-search.ts'
import { OpeningText, SpaceText } from './status-text.tsx'
import { useStations } from './use-stations.ts'

/** Rows drawn at first, and more at each press. */
const ROWS = 100

/** All stations of the person's districts, to be found by name. */
export function StationListPage() {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const text = query.get('q') ?? ''
  const wanted = useDeferredValue(text)
  const stations = useStations()
  const shown = stations.data && searchStations(stations.data.stations, wanted)
  return (
    <Page
      title={say('stations.title')}
      aside={
        shown && (
          <p className="quiet" role="status">
            {say('stations.count', { count: shown.length })} · <Link to="/hours">{say('hours.title')}</Link>
          </p>
        )
      }
    >
      <TextInput
        type="search"
        className={styles['search'] ?? ''}
        aria-label={say('stations.search')}
        placeholder={say('stations.search')}
        leftSection={<SearchIcon />}
        value={text}
        onChange={event => {
          const { value } = event.currentTarget
          setQuery(value === '' ? {} : { q: value }, { replace: true, preventScrollReset: true })
        }}
      />
      {shown === undefined && stations.isError && (
        <Failure error={stations.error} retry={() => void stations.refetch()} />
      )}
      {shown === undefined && !stations.isError && (
        <div className={styles['list']} aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          {[0, 1, 2, 3].map(row => (
            <Skeleton key={row} height={76} radius="md" />
          ))}
        </div>
      )}
      {shown !== undefined && shown.length === 0 && (
        <p className={`card ${styles['none']}`}>{say(wanted.trim() === '' ? 'stations.noneAtAll' : 'stations.none')}</p>
      )}
      {shown !== undefined && shown.length > 0 && <Rows stations={shown} />}
    </Page>
  )
}

function Rows({ stations }: { stations: readonly StationView[] }) {
  const { say } = useWords()
  const [limit, setLimit] = useState(ROWS)
  const alerts = useAlerts('open').data?.alerts ?? []
  const counts = new Map<string, number>()
  for (const { station } of alerts) counts.set(station, (counts.get(station) ?? 0) + 1)
  const left = stations.length - limit
  return (
    <>
      <ul className={styles['list']}>
        {stations.slice(0, limit).map(station => (
          <StationRow key={station.id} station={station} alertCount={counts.get(station.id) ?? 0} />
        ))}
      </ul>
      {left > 0 && (
        <Button variant="default" onClick={() => setLimit(limit + ROWS)}>
          {say('alerts.more', { count: Math.min(left, ROWS) })}
        </Button>
      )}
    </>
  )
}

function StationRow({ station, alertCount }: { station: StationView; alertCount: number }) {
  const { say, language } = useWords()
  const { districtNameZh, districtNameEn, opening, space } = station
  return (
    <li className={`card ${styles['row']}`} data-station={station.id}>
      <div>
        <Link to={`/stations/${station.id}`} className={styles['name']}>
          {localName(language, station)}
        </Link>
        <p className="quiet">{localName(language, { nameZh: districtNameZh, nameEn: districtNameEn })}</p>
      </div>
      <p className={styles['status']}>
        <span data-opening={opening.state}>
          <OpeningText opening={opening} />
        </span>
        <span className="quiet">
          <SpaceText space={space} />
        </span>
        {alertCount > 0 && (
          <span className={styles['alerts']}>
            <WarningIcon /> {say('stations.openAlerts', { count: alertCount })}
          </span>
        )}
      </p>
    </li>
  )
}
