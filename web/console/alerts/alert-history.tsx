import type { AlertTransition } from '@harbor/protocol'
import { Link } from 'react-router'
import { useTimeStyle } from '../console-context.ts'
import { clockText, exactText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import styles from './alert-page.module.css'

/** Everything that happened to an alert, newest first, with who did it. */
export function AlertHistory({ history }: { history: readonly AlertTransition[] }) {
  const { say } = useWords()
  const style = useTimeStyle()
  const nowMs = useNow()
  const clock = (at: string) => clockText(Date.parse(at), nowMs, style)
  return (
    <ol className={styles['history']}>
      {history.toReversed().map(({ seq, change, at, by, severity, reason = '', until, cause, workOrder }) => (
        <li key={seq} data-change={change}>
          <span>
            {say(`step.${change}`, {
              reason,
              severity: severity ?? '',
              until: until === undefined ? '' : clock(until),
              cause: cause === undefined ? '' : say(`cause.${cause}`),
            })}
            {workOrder !== undefined && (
              <>
                {' '}
                <Link to={`/work-orders/${workOrder}`}>{say('step.withOrder')}</Link>
              </>
            )}
          </span>
          <span className={`quiet ${styles['when']}`}>
            <time dateTime={at} title={exactText(Date.parse(at), style)}>
              {clock(at)}
            </time>{' '}
            · {by ?? say('step.bySystem')}
          </span>
        </li>
      ))}
    </ol>
  )
}
