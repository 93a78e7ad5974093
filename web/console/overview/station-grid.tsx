import type { OverviewStation, RotaGap } from '@harbor/protocol'
import { Link } from 'react-router'
import { GapNow } from '../rota/gap-now.tsx'
import { DataGrid } from '../table/data-grid.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './overview.module.css'
import { isTrouble } from './station-clusters.ts'
import { useFigureTexts } from './use-figure-texts.ts'

interface StationGridProps {
  stations: readonly OverviewStation[]
  /** Of those that nobody covers now though they should be open. */
  gaps: ReadonlyMap<string, RotaGap>
}

/** Stations as they now are, each leading to its page. */
export function StationGrid({ stations, gaps }: StationGridProps) {
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
          renderCell: station => {
            const gap = gaps.get(station.id)
            return (
              <>
                <span data-bad={isTrouble(station)}>
                  {say(`overview.state.${station.state}`)}
                  {station.heatDanger && ` · ${say('overview.heat')}`}
                </span>
                {gap !== undefined && isShut(station) && (
                  <>
                    {' · '}
                    <GapNow gap={gap} />
                  </>
                )}
              </>
            )
          },
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

/** Somebody who looks for a reason asks the rota: of an open station it explains nothing. */
function isShut({ state }: OverviewStation): boolean {
  return state !== 'open' && state !== 'full'
}
