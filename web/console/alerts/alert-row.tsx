import { Button } from '@mantine/core'
import type { AlertView } from '@harbor/protocol'
import { Link } from 'react-router'
import { failureText } from '../shell/failure.tsx'
import { BellIcon, CheckIcon } from '../shell/icons.tsx'
import { Age } from '../time/age.tsx'
import { localName, useWords } from '../words/words.tsx'
import styles from './alert-row.module.css'
import { AlertNotes } from './alert-notes.tsx'
import { evidenceText, subjectText } from './alert-words.ts'
import { SeverityBadge } from './severity-badge.tsx'
import { useAcknowledge } from './use-alerts.ts'
import { useRuleText } from './use-rules.ts'

/** One alert: what, where, how sure, since when, and who has it in hand. */
export function AlertRow({ alert, withStation = true }: { alert: AlertView; withStation?: boolean }) {
  const { say, language, locale } = useWords()
  const station = localName(language, { nameZh: alert.stationNameZh, nameEn: alert.stationNameEn })
  const rule = useRuleText()(alert)
  return (
    <li
      className={`card ${styles['row']}`}
      data-alert={alert.id}
      data-rule={alert.rule}
      data-state={alert.state}
      data-severity={alert.severity}
    >
      <div className={styles['what']}>
        <div className={styles['title']}>
          <SeverityBadge severity={alert.severity} />
          <h2>
            <Link to={`/alerts/${alert.id}`} className={styles['open']}>
              {rule}
            </Link>
          </h2>
        </div>
        <p className={`${styles['evidence']} numbers`}>{evidenceText(alert, say, locale)}</p>
        <p className={styles['where']}>
          {withStation && (
            <Link to={`/stations/${alert.station}`} className={styles['station']}>
              {station}
            </Link>
          )}
          <span className="quiet">{subjectText(alert, say)}</span>
        </p>
        <AlertNotes alert={alert} />
      </div>
      <div className={styles['state']}>
        <p>
          <span className="quiet">{say('alerts.raised')} </span>
          <Age at={alert.raisedAt} />
        </p>
        <StateText alert={alert} />
      </div>
      {alert.state === 'raised' && (
        <Acknowledge alert={alert} label={say('alerts.acknowledgeNamed', { station, rule })} />
      )}
    </li>
  )
}

function StateText({ alert }: { alert: AlertView }) {
  const { say } = useWords()
  if (alert.state === 'raised')
    return (
      <p className={styles['waiting']}>
        <BellIcon /> {say('alertState.raised')}
      </p>
    )
  if (alert.state === 'suppressed') return null
  const { acknowledgedAt, acknowledgedBy, resolvedAt } = alert
  return (
    <>
      {acknowledgedAt !== undefined && (
        <p className={styles['taken']}>
          <span>
            {acknowledgedBy === undefined ? say('alerts.byNobody') : say('alerts.by', { name: acknowledgedBy })}
          </span>{' '}
          <Age at={acknowledgedAt} />
        </p>
      )}
      {alert.state === 'resolved' && (
        <p className={styles['resolved']}>
          <CheckIcon /> {say('alerts.resolvedFor')} {resolvedAt !== undefined && <Age at={resolvedAt} />}
        </p>
      )}
    </>
  )
}

/** The button by which somebody takes an alert in hand. */
export function Acknowledge({ alert, label }: { alert: AlertView; label: string }) {
  const { say } = useWords()
  const acknowledge = useAcknowledge(alert)
  return (
    <div className={styles['act']}>
      <Button
        px="sm"
        fullWidth
        aria-label={acknowledge.isPending ? undefined : label}
        aria-disabled={acknowledge.isPending}
        data-pending={acknowledge.isPending || undefined}
        onClick={() => acknowledge.isPending || acknowledge.mutate()}
      >
        {say(acknowledge.isPending ? 'alerts.acknowledging' : 'alerts.acknowledge')}
      </Button>
      {acknowledge.isError && (
        <p role="alert" className={styles['problem']}>
          {say('alerts.acknowledgeFailed', { reason: failureText(acknowledge.error, say) })}
        </p>
      )}
    </div>
  )
}
