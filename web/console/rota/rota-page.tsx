import { NativeSelect, Skeleton } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { readRegion } from '../region/region-tree.ts'
import { RegionSelect } from '../region/region-select.tsx'
import { useRegions } from '../region/use-regions.ts'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { TakeAwayTable } from '../table/take-away-table.tsx'
import { useStations } from '../stations/use-stations.ts'
import { localName, useWords } from '../words/words.tsx'
import { GapList } from './gap-list.tsx'
import styles from './rota.module.css'
import { ShiftRow } from './shift-row.tsx'
import { StationWeek } from './station-week.tsx'
import { useGaps, useMyRota } from './use-rota.ts'

/** Gaps shown at once. */
const SHOWN = 60

/** Who serves when: one's own shifts first; for whoever manages rotas the gaps, and a station's week. */
export function RotaPage() {
  const { say } = useWords()
  const [query, setQuery] = useSearchParams()
  const role = useSession().data?.role
  const isManager = role === 'manager' || role === 'administrator'
  const station = query.get('station') ?? ''
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query)
    if (value === '') next.delete(name)
    else next.set(name, value)
    setQuery(next, { replace: true, preventScrollReset: true })
  }
  return (
    <Page title={say('rota.title')}>
      {!isManager && <Mine code={query.get('code') ?? ''} />}
      {isManager && (
        <p>
          <Link to="/rota/week" className={styles['link']}>
            {say('rota.manyWeek')}
          </Link>
        </p>
      )}
      <StationChoice station={station} onChange={value => set('station', value)} />
      {station !== '' && (
        <StationWeek
          key={`${station} ${query.get('week') ?? ''}`}
          station={station}
          firstDay={query.get('week') ?? undefined}
          onWeek={day => set('week', day)}
        />
      )}
      <Gaps region={readRegion(query)} onRegion={region => set('region', region ?? '')} />
    </Page>
  )
}

/** `code`: of the door that somebody comes from. */
function Mine({ code }: { code: string }) {
  const { say } = useWords()
  const rota = useMyRota()
  if (rota.data === undefined && rota.isError) return <Failure error={rota.error} retry={() => void rota.refetch()} />
  if (rota.data === undefined) return <Skeleton height={180} radius="md" aria-busy="true" />
  const { mine, free, stations, hours } = rota.data
  return (
    <>
      <section className={styles['section']} data-testid="my-shifts">
        <div className={styles['head']}>
          <h2>{say('rota.mine')}</h2>
          {hours > 0 && <p className="quiet">{say('rota.hours', { hours })}</p>}
        </div>
        {mine.length === 0 && (
          <p className="quiet">{say(stations.length === 0 ? 'rota.noStations' : 'rota.noShifts')}</p>
        )}
        {mine.length > 0 && (
          <ul className={styles['list']}>
            {mine.map(shift => (
              <ShiftRow key={shift.id} shift={shift} doorCode={code} />
            ))}
          </ul>
        )}
      </section>
      {stations.length > 0 && (
        <section className={styles['section']} data-testid="free-shifts">
          <h2>{say('rota.free')}</h2>
          {free.length === 0 && <p className="quiet">{say('rota.noFree')}</p>}
          {free.length > 0 && (
            <ul className={styles['list']}>
              {free.map(shift => (
                <ShiftRow key={shift.id} shift={shift} />
              ))}
            </ul>
          )}
        </section>
      )}
    </>
  )
}

function StationChoice({ station, onChange }: { station: string; onChange: (station: string) => void }) {
  const { say, language } = useWords()
  const stations = useStations().data?.stations ?? []
  return (
    <NativeSelect
      label={say('rota.station')}
      name="station"
      data={[
        { value: '', label: say('rota.chooseStation') },
        ...stations.map(one => ({ value: one.id, label: localName(language, one) })),
      ]}
      value={station}
      onChange={event => onChange(event.currentTarget.value)}
    />
  )
}

function Gaps({ region, onRegion }: { region: string | undefined; onRegion: (region: string | undefined) => void }) {
  const { say } = useWords()
  const list = useGaps({ region })
  const regions = useRegions().data
  const { gaps, stations } = list.data ?? {}
  const hasMany = (regions?.districts.length ?? 0) > 1 || (regions?.districts[0]?.streets.length ?? 0) > 0
  return (
    <section className={styles['section']} data-testid="gaps">
      <h2>{say('rota.gaps')}</h2>
      <p className="quiet">
        {say('rota.gapsIntro')} {stations !== undefined && stations > 0 && say('rota.needing', { count: stations })}
      </p>
      {hasMany && <RegionSelect regions={regions} region={region} onChoose={onRegion} />}
      {gaps === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {gaps === undefined && !list.isError && <Skeleton height={96} radius="md" aria-busy="true" />}
      {gaps?.length === 0 && <p className="card">{say(stations === 0 ? 'rota.noneNeeds' : 'rota.noGaps')}</p>}
      {gaps !== undefined && gaps.length > 0 && (
        <>
          <GapList gaps={gaps.slice(0, SHOWN)} />
          <TakeAwayTable path="rota/gaps" query={new URLSearchParams(region === undefined ? {} : { region })} />
        </>
      )}
    </section>
  )
}
