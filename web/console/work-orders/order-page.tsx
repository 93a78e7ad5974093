import { Skeleton } from '@mantine/core'
import type { WorkOrderDetail } from '@harbor/protocol'
import { Link, useParams } from 'react-router'
import { SeverityBadge } from '../alerts/severity-badge.tsx'
import { useRules } from '../alerts/use-rules.ts'
import { RequestError } from '../api/request-error.ts'
import { OrderChecklists } from '../checklists/order-checklists.tsx'
import { useTimeStyle } from '../console-context.ts'
import { Failure } from '../shell/failure.tsx'
import { BackIcon } from '../shell/icons.tsx'
import { OnSite, isAtWork } from '../on-site/on-site.tsx'
import { KeptFrom } from '../offline/kept-from.tsx'
import { useProjected } from '../offline/use-offline.ts'
import { Page } from '../shell/page.tsx'
import { Column, Part, Parts } from '../shell/part.tsx'
import { Age } from '../time/age.tsx'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { WayThere } from '../way/way-there.tsx'
import { localName, useWords } from '../words/words.tsx'
import { OrderActs } from './order-acts.tsx'
import { OrderHistory } from './order-history.tsx'
import { Due } from './order-row.tsx'
import { costText, orderTitle, reasonText, stationName } from './order-words.ts'
import styles from './orders.module.css'
import { useOrder } from './use-orders.ts'

/** One work order: what to do next, where, and what happened. */
export function OrderPage() {
  const { id = '' } = useParams()
  // Another order is a new page: a half-written note must not move over to it.
  return <OrderById key={id} id={id} />
}

function OrderById({ id }: { id: string }) {
  const { say, language } = useWords()
  const order = useOrder(id)
  const isGone = order.error instanceof RequestError && order.error.code === 'API_NOT_FOUND'
  if (order.data !== undefined && !isGone)
    return (
      <Page title={orderTitle(order.data, language)}>
        {order.isError && <KeptFrom atMs={order.dataUpdatedAt} />}
        <Loaded order={order.data} />
      </Page>
    )
  return (
    <Page title={say('order.title')}>
      <Back />
      {isGone && <p data-testid="gone">{say('order.gone')}</p>}
      {order.isError && !isGone && <Failure error={order.error} retry={() => void order.refetch()} />}
      {!order.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={320} radius="md" />
        </div>
      )}
    </Page>
  )
}

function Loaded({ order: known }: { order: WorkOrderDetail }) {
  const order = useProjected(known)
  const { say } = useWords()
  return (
    <>
      <Head order={order} />
      <Parts>
        <Column>
          <Part name="next" title={say('order.next')}>
            <OrderActs order={order} />
          </Part>
          {isAtWork(order) && (
            <Part name="on-site" title={say('inbox.site')}>
              <OnSite order={order} />
            </Part>
          )}
          <OrderChecklists order={order} />
          {order.photos.length > 0 && (
            <Part name="photos" title={say('order.photos')}>
              <ul className={styles['photos']}>
                {order.photos.map((photo, index) => (
                  <Photo key={photo} order={order} index={index} />
                ))}
              </ul>
            </Part>
          )}
        </Column>
        <Column>
          <Part name="where" title={say('order.where')}>
            <Where order={order} />
          </Part>
          {order.alerts.length > 0 && (
            <Part name="alerts" title={say('order.alerts')}>
              <Alerts order={order} />
            </Part>
          )}
          <Part name="history" title={say('order.history')}>
            <OrderHistory history={order.history} />
          </Part>
        </Column>
      </Parts>
    </>
  )
}

function Photo({ order, index }: { order: WorkOrderDetail; index: number }) {
  const { say } = useWords()
  const photo = order.photos[index]
  const moment = order.history.find(step => step.photo === photo)?.moment
  return (
    <li>
      <a href={photo}>
        <img src={photo} alt={say('order.photoOf', { n: index + 1 })} loading="lazy" />
      </a>
      {moment !== undefined && <span className="quiet">{say(`order.photoMoment.${moment}`)}</span>}
    </li>
  )
}

function Head({ order }: { order: WorkOrderDetail }) {
  const { say, locale } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const { assigneeName, assignedBecause, promisedAt, repeats, reports, costFen } = order
  return (
    <div className={styles['head']}>
      <Back />
      <p className={styles['line']}>
        <SeverityBadge severity={order.severity} />
        <span className={styles['stateName']} data-testid="state" data-state={order.state}>
          {say(`order.state.${order.state}`)}
        </span>
        <Due order={order} />
      </p>
      <p className={styles['line']}>
        <span>
          {assigneeName === undefined ? say('order.nobody') : say('order.assignedTo', { name: assigneeName })}
        </span>
        {order.faultStands !== undefined && (
          <span data-testid="fault" data-stands={order.faultStands}>
            {say(order.faultStands ? 'order.faultStands' : 'order.faultGone')}
          </span>
        )}
        {promisedAt !== undefined && (
          <span>{say('order.promised', { time: clockText(Date.parse(promisedAt), nowMs, style) })}</span>
        )}
        {repeats > 0 && <span>{say('order.repeat', { count: repeats })}</span>}
        {reports > 0 && <span>{say('order.reports', { count: reports })}</span>}
        {costFen !== 0 && <span>{say('order.cost', { cost: costText(costFen, locale) })}</span>}
      </p>
      {assignedBecause !== undefined && (
        <p className="quiet" data-testid="because">
          {say('order.assignedBecause', { reasons: reasonText(assignedBecause, { say, locale }) })}
        </p>
      )}
    </div>
  )
}

function Where({ order }: { order: WorkOrderDetail }) {
  const { say, language } = useWords()
  const { applianceKind, assetTag, latDeg, lngDeg, district, districtNameZh } = order
  // The apps know the streets of China by their Chinese names.
  const to = { name: order.stationNameZh, latDeg, lngDeg, district, districtNameZh }
  const address = language === 'zh' ? order.addressZh : order.addressEn
  return (
    <>
      <p className={styles['line']}>
        <Link to={`/stations/${order.station}`} className={styles['link']}>
          {stationName(order, language)}
        </Link>
        {applianceKind === undefined || order.appliance === undefined ? (
          <span className="quiet">{say('order.wholeStation')}</span>
        ) : (
          <Link to={`/assets/${encodeURIComponent(assetTag ?? order.appliance)}`} className={styles['link']}>
            {say(`appliance.${applianceKind}`)} {assetTag}
          </Link>
        )}
      </p>
      {address !== undefined && <p>{address}</p>}
      <WayThere to={to} />
    </>
  )
}

function Alerts({ order }: { order: WorkOrderDetail }) {
  const { say, language } = useWords()
  const rules = useRules()
  const nameOf = (rule: string) => {
    const names = rules.get(rule)
    return names === undefined ? rule : localName(language, names)
  }
  return (
    <ul>
      {order.alerts.map(({ id, rule, state, raisedAt }) => (
        <li key={id} className={styles['line']} data-alert={id}>
          <Link to={`/alerts/${id}`} className={styles['link']}>
            {nameOf(rule)}
          </Link>
          <span className="quiet">{say(`alertState.${state}`)}</span>
          <Age at={raisedAt} />
        </li>
      ))}
    </ul>
  )
}

function Back() {
  const { say } = useWords()
  return (
    <Link to="/work-orders" className={styles['link']}>
      <BackIcon /> {say('order.back')}
    </Link>
  )
}
