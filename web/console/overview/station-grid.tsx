import type { OverviewStation } from '@harbor/protocol'
import { Link } from 'react-router'
import { DataGrid } from '../table/data-grid.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './overview.module.css'
import { isTrouble } from './station-clusters.ts'
import { useFigureTexts } from './use-figure-texts.ts'

/** Stations as they now are, each leading to its page. */
export function StationGrid({ stations }: { stations: readonly OverviewStation[] }) {
  const { say, language } = useWords()
  const { number } = useFigureTexts()
  if (stations.length === 0) return <p className="quiet">{say('overview.noStations')}</p>
  return (
    <DataGrid
      label={say('overview.stationsOf')}
      rows={stations}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'name',
          name: say('overview.station'),
          renderCell: station => (
            <Link to={`/stations/${station.id}`} className={styles['way']}>
              {localName(language, station)}
            </Link>
          ),
        },
        {
          key: 'state',
          name: say('overview.now'),
          isText: true,
          renderCell: station => (
            <span data-bad={isTrouble(station)}>
              {say(`overview.state.${station.state}`)}
              {station.heatDanger && ` · ${say('overview.heat')}`}
            </span>
          ),
        },
        {
          key: 'people',
          name: say('overview.peopleNow'),
          renderCell: ({ people, capacity }) =>
            people === undefined
              ? '–'
              : capacity === undefined
                ? number(people)
                : `${number(people)} / ${number(capacity)}`,
        },
        { key: 'faulty', name: say('overview.faulty'), renderCell: ({ faulty }) => number(faulty) },
      ]}
    />
  )
}
