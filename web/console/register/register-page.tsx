import { type RegisterDetail, isPublicState } from '@harbor/protocol'
import { Button, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { doorCodePath } from '../api/assets-api.ts'
import { useTimeStyle } from '../console-context.ts'
import { Failure } from '../shell/failure.tsx'
import { Page } from '../shell/page.tsx'
import { exactText } from '../time/format.ts'
import orders from '../work-orders/orders.module.css'
import { localName, useWords } from '../words/words.tsx'
import { EditPart, useFieldName } from './edit-part.tsx'
import { LifePart } from './life-part.tsx'
import { PhotoPart } from './photo-part.tsx'
import { PickMap } from './pick-map.tsx'
import styles from './register.module.css'
import { useRegisterStation } from './use-register.ts'
import { WeekPreview } from './week-preview.tsx'

/** One station of the register: what is known, where it is in its life, who changed what. */
export function RegisterPage() {
  const { id = '' } = useParams()
  const { say } = useWords()
  const station = useRegisterStation(id)
  // A new station is a new page: nothing of the one before may stay.
  if (station.data !== undefined) return <Loaded key={id} station={station.data} />
  return (
    <Page title={say('register.title')}>
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

function Loaded({ station }: { station: RegisterDetail }) {
  const { say, language } = useWords()
  const [isEditing, setIsEditing] = useState(false)
  return (
    <Page title={localName(language, station)} aside={<p className="quiet">{station.code}</p>}>
      <Back />
      {isEditing ? (
        <EditPart station={station} onClose={() => setIsEditing(false)} />
      ) : (
        station.mayEdit && (
          <p>
            <Button data-testid="edit" onClick={() => setIsEditing(true)}>
              {say('register.edit')}
            </Button>
          </p>
        )
      )}
      <div className={styles['columns']}>
        <div className={styles['column']}>
          {!isEditing && <Facts station={station} />}
          <PhotoPart station={station} />
        </div>
        <div className={styles['column']}>
          <LifePart station={station} />
          <PublicPart station={station} />
        </div>
      </div>
      <History station={station} />
    </Page>
  )
}

function Back() {
  const { say } = useWords()
  return (
    <p>
      <Link to="/register" className={orders['link']}>
        {say('register.title')}
      </Link>
    </p>
  )
}

function Facts({ station }: { station: RegisterDetail }) {
  const { say, language } = useWords()
  const nameOf = useFieldName()
  const { nameZh, nameEn, hostKind, facilities, streetNameZh, streetNameEn, latDeg, lngDeg, plan } = station
  const isZh = language === 'zh'
  const rows: [string, string | undefined][] = [
    [nameOf(isZh ? 'nameEn' : 'nameZh'), isZh ? nameEn : nameZh],
    [say('register.district'), isZh ? station.districtNameZh : station.districtNameEn],
    [nameOf('street'), isZh ? streetNameZh : streetNameEn],
    [nameOf('addressZh'), station.addressZh],
    [nameOf('addressEn'), station.addressEn],
    [nameOf('hostKind'), hostKind && say(`register.host.${hostKind}`)],
    [nameOf('capacity'), station.capacity?.toString()],
    [nameOf('floorAreaM2'), station.floorAreaM2?.toString()],
    [nameOf('facilities'), facilities.map(facility => say(`register.facility.${facility}`)).join(isZh ? '、' : ', ')],
    [nameOf('phone'), station.phone],
    [nameOf('hintZh'), station.hintZh],
    [nameOf('hintEn'), station.hintEn],
    [nameOf('hours'), station.hours],
    [say('register.position'), `${latDeg.toFixed(5)}, ${lngDeg.toFixed(5)} (WGS-84)`],
    [say('register.staffNotes'), station.notes],
  ]
  return (
    <section className={`card ${styles['part']}`} data-part="facts">
      <PickMap at={[latDeg, lngDeg]} name={isZh ? nameZh : nameEn} />
      <dl className={styles['facts']}>
        {rows.flatMap(([name, value]) =>
          value === undefined || value === ''
            ? []
            : [
                <div key={name} className={styles['dayRow']}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>,
              ],
        )}
      </dl>
      {plan !== undefined && (
        <>
          <p>
            <b>{say('register.preview')}</b>
          </p>
          <WeekPreview plan={plan} />
        </>
      )}
      <Link to={`/hours?station=${station.id}`} className={orders['link']}>
        {say('register.closure')}
      </Link>
    </section>
  )
}

function PublicPart({ station: { id, state } }: { station: RegisterDetail }) {
  const { say } = useWords()
  return (
    <section className={`card ${styles['part']}`} data-part="public">
      <h2>{say('register.public')}</h2>
      {isPublicState(state) && (
        <>
          <img
            className={styles['qr']}
            src={`/api/v1/register/stations/${id}/qr.svg`}
            alt={say('register.qr')}
            width="136"
            height="136"
          />
          <a className={orders['link']} href={`/s/${id}`}>
            {say('register.openPublic')}
          </a>
        </>
      )}
      <Link to={`/stations/${id}`} className={orders['link']}>
        {say('register.live')}
      </Link>
      <a className={orders['link']} href={doorCodePath(id)} download>
        {say('register.sign')}
      </a>
    </section>
  )
}

function History({ station: { history } }: { station: RegisterDetail }) {
  const { say } = useWords()
  const nameOf = useFieldName()
  const time = useTimeStyle()
  return (
    <section className={`card ${styles['part']}`} data-part="history">
      <h2>{say('register.history')}</h2>
      {history.length === 0 && <p className="quiet">{say('register.nothingChanged')}</p>}
      <ol className={styles['log']}>
        {history.map(({ seq, at, by, origin, field, before, after }) => (
          <li key={seq} data-change={field}>
            <span>
              <b>{nameOf(field)}</b>: {before ?? say('register.nothing')} → {after ?? say('register.nothing')}
            </span>
            <span className="quiet">
              {exactText(Date.parse(at), time)} · {by} · {say(`register.origin.${origin}`)}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
