import type { HoursChange, StationView } from '@harbor/protocol'
import { Button, Skeleton } from '@mantine/core'
import { Link, useSearchParams } from 'react-router'
import { useSession } from '../session/use-session.ts'
import { Failure, failureText } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { useStations } from '../stations/use-stations.ts'
import { localName, useWords } from '../words/words.tsx'
import { HoursForm } from './hours-form.tsx'
import styles from './hours.module.css'
import { MAY_CHANGE_HOURS, useHoursAct, useHoursChanges } from './use-hours.ts'

/** Other hours for some days: what holds or is to come, and a form for whoever may change them. */
export function HoursPage() {
  const { say, language } = useWords()
  const [query] = useSearchParams()
  const stationId = query.get('station') ?? undefined
  const stations = useStations().data?.stations ?? []
  const station = stations.find(({ id }) => id === stationId)
  const list = useHoursChanges(stationId)
  const mayChange = MAY_CHANGE_HOURS.includes(useSession().data?.role ?? '')
  const changes = list.data?.changes
  return (
    <Page title={say('hours.title')}>
      {station !== undefined && (
        <p className={styles['ways']}>
          <Link to={`/stations/${station.id}`} className={styles['way']}>
            <BackIcon /> {localName(language, station)}
          </Link>
          <Link to="/hours" className={styles['way']}>
            {say('hours.all')}
          </Link>
        </p>
      )}
      <p className="quiet">{say('hours.intro')}</p>
      {mayChange && station === undefined && <p className="quiet">{say('hours.forStation')}</p>}
      {mayChange && stations.length > 0 && (
        <HoursForm key={stationId ?? ''} station={station} districts={districtsOf(stations)} />
      )}
      {changes === undefined && list.isError && <Failure error={list.error} retry={() => void list.refetch()} />}
      {changes === undefined && !list.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={96} radius="md" />
        </div>
      )}
      {changes?.length === 0 && (
        <p className="card" data-testid="no-changes">
          {say('hours.none')}
        </p>
      )}
      {changes !== undefined && changes.length > 0 && (
        <ul className={styles['list']}>
          {changes.map(change => (
            <ChangeRow key={change.id} change={change} stations={stations} mayEnd={mayChange} />
          ))}
        </ul>
      )}
    </Page>
  )
}

interface ChangeRowProps {
  change: HoursChange
  stations: readonly StationView[]
  mayEnd: boolean
}

function ChangeRow({ change, stations, mayEnd }: ChangeRowProps) {
  const { say, language } = useWords()
  const end = useHoursAct((api, id: string) => api.end(id), say('hours.ended'))
  const { from, to, hours, kind, station, district } = change
  const known = stations.find(one => (station === undefined ? one.district === district : one.id === station))
  const name = known === undefined ? (station ?? district) : nameOf(known, station !== undefined, language)
  const where = station === undefined ? say('hours.wholeDistrict', { district: name }) : name
  return (
    <li className={`card ${styles['row']}`} data-change={change.id} data-kind={kind}>
      <h2>{where}</h2>
      <p>
        <strong>{say(`hours.kind.${kind}`)}</strong> ·{' '}
        {from === to ? say('hours.oneDay', { from }) : say('hours.days', { from, to })} · {hours ?? say('hours.closed')}
      </p>
      <p className="quiet">
        {language === 'zh' ? change.reasonZh : change.reasonEn} · {say('hours.by', { name: change.createdBy })}
      </p>
      {mayEnd && (
        <Button
          variant="default"
          className={styles['end'] ?? ''}
          aria-disabled={end.isPending}
          aria-label={say('hours.endNamed', { kind: say(`hours.kind.${kind}`), where, from })}
          onClick={() => end.isPending || end.mutate(change.id)}
        >
          {say('hours.end')}
        </Button>
      )}
      {end.isError && (
        <p role="alert" className={styles['problem']}>
          {say('hours.failed', { reason: failureText(end.error, say) })}
        </p>
      )}
    </li>
  )
}

function nameOf(view: StationView, isStation: boolean, language: 'zh' | 'en'): string {
  const { districtNameZh: nameZh, districtNameEn: nameEn } = view
  return localName(language, isStation ? view : { nameZh, nameEn })
}

/** The districts that have stations, each once, in the order of their codes. */
function districtsOf(stations: readonly StationView[]): StationView[] {
  return [...new Map(stations.map(one => [one.district, one])).values()].sort((a, b) =>
    a.district < b.district ? -1 : 1,
  )
}
