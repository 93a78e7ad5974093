import { Skeleton } from '@mantine/core'
import type { StationDetail } from '@harbor/protocol'
import { Link, useParams } from 'react-router'
import { AlertRow } from '../alerts/alert-row.tsx'
import { USUAL_FILTERS, applyFilters } from '../alerts/alert-filters.ts'
import { useAlerts } from '../alerts/use-alerts.ts'
import { StationChart } from '../chart/station-chart.tsx'
import { useWatchedStation } from '../live/live-context.tsx'
import { DisplayLink } from '../notices/display-link.tsx'
import { useSession } from '../session/use-session.ts'
import { Failure } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { useNow } from '../time/now.tsx'
import { localName, useWords } from '../words/words.tsx'
import { Appliances } from './appliances.tsx'
import { Readings } from './readings.tsx'
import { StationNow } from './station-now.tsx'
import styles from './station-page.module.css'
import { useStation } from './use-stations.ts'

/** One station: what is wrong, how it is now, and how it was. */
export function StationPage() {
  const { id = '' } = useParams()
  // A new station is a new page: nothing of the one before may stay.
  return <StationById key={id} id={id} />
}

function StationById({ id }: { id: string }) {
  const { say } = useWords()
  const station = useStation(id)
  useWatchedStation(id)
  if (station.data !== undefined) return <Loaded station={station.data} />
  return (
    <Page title={say('nav.stations')}>
      <Back />
      {station.isError ? (
        <Failure error={station.error} retry={() => void station.refetch()} />
      ) : (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={320} radius="md" />
        </div>
      )}
    </Page>
  )
}

function Loaded({ station }: { station: StationDetail }) {
  const { say, language } = useWords()
  const role = useSession().data?.role
  const open = useAlerts('open').data?.alerts.filter(alert => alert.station === station.id) ?? []
  const alerts = applyFilters(open, { ...USUAL_FILTERS, show: ['silenced'] }, useNow())
  const otherLanguage = language === 'zh' ? 'en' : 'zh'
  const address = language === 'zh' ? station.addressZh : station.addressEn
  const district = localName(language, { nameZh: station.districtNameZh, nameEn: station.districtNameEn })
  return (
    <Page title={localName(language, station)}>
      <div className={styles['head']}>
        <Back />
        <p className="quiet" lang={otherLanguage === 'zh' ? 'zh-CN' : 'en'}>
          {localName(otherLanguage, station)}
        </p>
        <p className="quiet">{address === undefined ? district : `${district} · ${address}`}</p>
        <Link to={`/hours?station=${station.id}`} className={styles['back']}>
          {say('hours.ofStation')}
        </Link>
        {role !== undefined && role !== 'hardware' && (
          <Link to={`/work-orders/new?station=${station.id}`} className={styles['back']}>
            {say('order.new.open')}
          </Link>
        )}
        <Link to={`/checklists?station=${station.id}`} className={styles['back']}>
          {say('checklist.ofStation')}
        </Link>
        <DisplayLink station={station.id} />
      </div>
      {alerts.length > 0 && (
        <section aria-label={say('station.openAlerts')}>
          <ul className={styles['alerts']}>
            {alerts.map(alert => (
              <AlertRow key={alert.id} alert={alert} withStation={false} />
            ))}
          </ul>
        </section>
      )}
      <div className={styles['parts']}>
        <section className={`card ${styles['part']}`} data-part="now">
          <h2>{say('station.now')}</h2>
          <StationNow station={station} />
        </section>
        <section className={`card ${styles['part']}`} data-part="chart">
          <h2>{say('chart.title')}</h2>
          <StationChart station={station} alerts={alerts} />
        </section>
        <section className={`card ${styles['part']}`} data-part="appliances">
          <h2>{say('station.appliances')}</h2>
          <Appliances appliances={station.appliances} />
        </section>
        <section className={`card ${styles['part']}`} data-part="readings">
          <h2>{say('station.readings')}</h2>
          <Readings station={station} />
        </section>
      </div>
    </Page>
  )
}

function Back() {
  const { say } = useWords()
  return (
    <Link to="/stations" className={styles['back']}>
      <BackIcon /> {say('nav.stations')}
    </Link>
  )
}
