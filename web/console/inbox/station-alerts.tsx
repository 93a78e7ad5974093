import { Button, Skeleton } from '@mantine/core'
import { AlertActions } from '../alerts/alert-actions.tsx'
import { applyFilters } from '../alerts/alert-filters.ts'
import { AlertRow } from '../alerts/alert-row.tsx'
import { Failure } from '../shell/failure.tsx'
import { useAnnounce } from '../shell/announcer.tsx'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import type { InboxState } from './inbox-filters.ts'
import styles from './inbox.module.css'
import { useAcknowledgeAll, useStationAlerts } from './use-inbox.ts'

/** The alerts of a station that was opened in the inbox, with what can be done about each. */
export function StationAlerts({ station, state }: { station: string; state: InboxState }) {
  const { say } = useWords()
  const nowMs = useNow()
  const answer = useStationAlerts(station, state === 'suppressed' ? 'suppressed' : 'open')
  if (answer.data === undefined)
    return answer.isError ? (
      <Failure error={answer.error} retry={() => void answer.refetch()} />
    ) : (
      <Skeleton height={96} radius="md" />
    )
  const everything = { state: 'open', severities: [], kind: undefined, show: ['silenced', 'suppressed'] } as const
  const alerts = applyFilters(answer.data.alerts, { ...everything, severities: [], show: [...everything.show] }, nowMs)
  const waiting = alerts.filter(alert => alert.state === 'raised')
  return (
    <>
      {waiting.length > 1 && <AcknowledgeAll alerts={waiting} />}
      <ul className={styles['alerts']}>
        {alerts.map(alert => (
          <li key={alert.id}>
            <ul>
              <AlertRow alert={alert} withStation={false} />
            </ul>
            <details className={styles['quieten']}>
              <summary>{say('inbox.quieten')}</summary>
              <AlertActions alert={alert} />
            </details>
          </li>
        ))}
      </ul>
    </>
  )
}

function AcknowledgeAll({ alerts }: { alerts: Parameters<ReturnType<typeof useAcknowledgeAll>['mutate']>[0] }) {
  const { say } = useWords()
  const announce = useAnnounce()
  const all = useAcknowledgeAll()
  return (
    <div>
      <Button
        variant="default"
        data-act="acknowledge-all"
        aria-disabled={all.isPending}
        onClick={() =>
          all.isPending ||
          all.mutate(alerts, { onSuccess: ({ taken }) => announce(say('inbox.acknowledgedAll', { count: taken })) })
        }
      >
        {say('inbox.acknowledgeAll', { count: alerts.length })}
      </Button>
      {all.data !== undefined && all.data.failed > 0 && (
        <p role="alert" className={styles['problem']}>
          {say('inbox.someFailed', { count: all.data.failed })}
        </p>
      )}
    </div>
  )
}
