import { Skeleton } from '@mantine/core'
import type { AlertDetail, AlertView } from '@harbor/protocol'
import { Link, useParams } from 'react-router'
import { RequestError } from '../api/request-error.ts'
import { useTimeStyle } from '../console-context.ts'
import { Failure } from '../shell/failure.tsx'
import { Repairs } from '../inbox/repairs.tsx'
import { BackIcon, CheckIcon } from '../shell/icons.tsx'
import { Page } from '../shell/page.tsx'
import { Column, Part, Parts } from '../shell/part.tsx'
import { useStation } from '../stations/use-stations.ts'
import { Age } from '../time/age.tsx'
import { ageText, clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { localName, useWords } from '../words/words.tsx'
import { AlertActions } from './alert-actions.tsx'
import { AlertHistory } from './alert-history.tsx'
import { AlertOrder } from './alert-order.tsx'
import styles from './alert-page.module.css'
import { Acknowledge } from './alert-row.tsx'
import { AlertTrace } from './alert-trace.tsx'
import { evidenceText, evidenceValue, subjectText } from './alert-words.ts'
import { SeverityBadge } from './severity-badge.tsx'
import { useAlert } from './use-alerts.ts'
import { useRuleText, useRules } from './use-rules.ts'

/** One alert: what was seen, what to check first, what was done, and what can be done. */
export function AlertPage() {
  const { id = '' } = useParams()
  // A new alert is a new page: a half-written reason must not move over to another.
  return <AlertById key={id} id={id} />
}

function AlertById({ id }: { id: string }) {
  const { say } = useWords()
  const alert = useAlert(id)
  if (alert.data !== undefined) return <Loaded alert={alert.data} />
  const isGone = alert.error instanceof RequestError && alert.error.code === 'API_NOT_FOUND'
  return (
    <Page title={say('nav.alerts')}>
      <Back />
      {isGone && <p data-testid="gone">{say('alertPage.gone')}</p>}
      {alert.isError && !isGone && <Failure error={alert.error} retry={() => void alert.refetch()} />}
      {!alert.isError && (
        <div aria-busy="true">
          <p className="for-screen-readers">{say('loading')}</p>
          <Skeleton height={320} radius="md" />
        </div>
      )}
    </Page>
  )
}

function Loaded({ alert }: { alert: AlertDetail }) {
  const { say, locale } = useWords()
  const ruleText = useRuleText()
  const station = useStation(alert.station).data
  return (
    <Page title={ruleText(alert)}>
      <Head alert={alert} />
      <Parts>
        <Column>
          <Part name="what" title={say('alertPage.what')}>
            <p className={`${styles['fact']} numbers`} data-testid="evidence">
              {evidenceText(alert, say, locale)}
            </p>
            <Facts alert={alert} />
          </Part>
          <Part name="trace" title={say('alertPage.trace')}>
            <AlertTrace alert={alert} station={station} />
          </Part>
          {alert.explains.length > 0 && (
            <Part name="explains" title={say('alertPage.explains')}>
              <AlertLinks alerts={alert.explains} />
            </Part>
          )}
        </Column>
        <Column>
          <Part name="check" title={say('alertPage.checkFirst')}>
            <CheckFirst alert={alert} />
          </Part>
          <Part name="act" title={say('alertPage.act')}>
            <AlertOrder alert={alert} />
            <AlertActions alert={alert} />
          </Part>
          <Part name="repairs" title={say('inbox.repairs')}>
            <Repairs alert={alert.id} />
          </Part>
          <Part name="history" title={say('alertPage.history')}>
            <AlertHistory history={alert.history} />
          </Part>
          <Part name="earlier" title={say('alertPage.earlier')}>
            {alert.earlier.length === 0 ? (
              <p className="quiet">{say('alertPage.noEarlier')}</p>
            ) : (
              <AlertLinks alerts={alert.earlier} />
            )}
          </Part>
        </Column>
      </Parts>
    </Page>
  )
}

function Head({ alert }: { alert: AlertDetail }) {
  const { say, language } = useWords()
  const rule = useRuleText()(alert)
  const station = localName(language, { nameZh: alert.stationNameZh, nameEn: alert.stationNameEn })
  return (
    <div className={styles['head']}>
      <Back />
      <p className={styles['line']}>
        <SeverityBadge severity={alert.severity} />
        <span className={styles['state']} data-testid="state" data-state={alert.state}>
          {alert.state === 'resolved' && <CheckIcon />}
          {say(`alertState.${alert.state}`)}
          {alert.acknowledgedBy !== undefined && ` · ${say('alerts.by', { name: alert.acknowledgedBy })}`}
        </span>
      </p>
      <p className={styles['line']}>
        <Link to={`/stations/${alert.station}`} className={styles['station']}>
          {station}
        </Link>
        <span className="quiet">{subjectText(alert, say)}</span>
        <span>
          <span className="quiet">{say('alerts.raised')} </span>
          <Age at={alert.raisedAt} />
        </span>
      </p>
      {alert.state === 'raised' && (
        <div className={styles['take']}>
          <Acknowledge alert={alert} label={say('alerts.acknowledgeNamed', { station, rule })} />
        </div>
      )}
      <Explained alert={alert} />
    </div>
  )
}

/** The evidence number by number: observed, usual, limit, when, and by which device. */
function Facts({ alert }: { alert: AlertDetail }) {
  const { say, locale } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const { evidence } = alert
  const value = (number: number) => evidenceValue(evidence, number, { say, locale })
  const clock = (at: string) => clockText(Date.parse(at), nowMs, style)
  const { norm, device, devices } = evidence
  return (
    <dl className={`${styles['facts']} numbers`}>
      <dt>{say('alertPage.observed')}</dt>
      <dd>{value(evidence.observed)}</dd>
      {norm !== undefined && (
        <>
          <dt>{say('alertPage.norm')}</dt>
          <dd data-testid="norm">{value(norm)}</dd>
        </>
      )}
      <dt>{say('alertPage.threshold')}</dt>
      <dd>{value(evidence.threshold)}</dd>
      <dt>{say('alertPage.span')}</dt>
      <dd>{say('alertPage.spanText', { from: clock(evidence.from), to: clock(evidence.to) })}</dd>
      {device !== undefined && (
        <>
          <dt>{say('alertPage.device')}</dt>
          <dd>{device}</dd>
        </>
      )}
      {devices !== undefined && (
        <>
          <dt>{say('alertPage.devices')}</dt>
          <dd>{devices.join(', ')}</dd>
        </>
      )}
    </dl>
  )
}

function Explained({ alert: { state, suppression } }: { alert: AlertDetail }) {
  const { say, locale } = useWords()
  const nowMs = useNow()
  if (state !== 'suppressed' || suppression === undefined) return null
  const age = ageText(nowMs - Date.parse(suppression.since), locale)
  return (
    <div className={`card ${styles['explained']}`} data-testid="explained">
      <p>{say('alertPage.explained', { cause: say(`cause.${suppression.cause}`), age })}</p>
      {suppression.alert !== undefined && (
        <p>
          <Link to={`/alerts/${suppression.alert}`}>{say('alertPage.toCause')}</Link>
        </p>
      )}
    </div>
  )
}

function CheckFirst({ alert }: { alert: AlertDetail }) {
  const { say, language } = useWords()
  const rule = useRules().get(alert.rule)
  return (
    <>
      {rule === undefined || rule.checkFirst.length === 0 ? (
        <p className="quiet">{say('alertPage.noCheckFirst')}</p>
      ) : (
        <ol className={styles['checks']}>
          {rule.checkFirst.map(sentence => (
            <li key={sentence.en}>{sentence[language]}</li>
          ))}
        </ol>
      )}
      <p className={`quiet ${styles['source']}`}>
        {say('alertPage.ruleVersion', { rule: alert.rule, version: alert.ruleVersion })}
        {rule !== undefined && <span lang="en"> {say('alertPage.source', { source: rule.source })}</span>}
      </p>
    </>
  )
}

function AlertLinks({ alerts }: { alerts: readonly AlertView[] }) {
  const { say, locale } = useWords()
  const ruleText = useRuleText()
  return (
    <ul className={styles['links']}>
      {alerts.map(alert => (
        <li key={alert.id} data-alert={alert.id}>
          <Link to={`/alerts/${alert.id}`}>
            {ruleText(alert)} · {subjectText(alert, say)}
          </Link>
          <span className="quiet">{say(`alertState.${alert.state}`)}</span>
          <span className="quiet numbers">{evidenceText(alert, say, locale)}</span>
          <Age at={alert.raisedAt} />
        </li>
      ))}
    </ul>
  )
}

function Back() {
  const { say } = useWords()
  return (
    <Link to="/alerts" className={styles['back']}>
      <BackIcon /> {say('alertPage.back')}
    </Link>
  )
}
