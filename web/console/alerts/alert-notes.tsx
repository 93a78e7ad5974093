import type { AlertView } from '@harbor/protocol'
import { useTimeStyle } from '../console-context.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import styles from './alert-row.module.css'

/** Why nobody is told of an alert for now: a cause above it, somebody's silence, or that it comes and goes. */
export function AlertNotes({ alert }: { alert: AlertView }) {
  const { say } = useWords()
  const nowMs = useNow()
  const style = useTimeStyle()
  const { suppression, silence, state } = alert
  const time = silence === undefined ? '' : clockText(Date.parse(silence.until), nowMs, style)
  const isQuiet = silence !== undefined && Date.parse(silence.until) > nowMs
  return (
    <>
      {state === 'suppressed' && suppression !== undefined && (
        <p className={styles['note']} data-note="suppressed">
          {say('alerts.explainedBy', { cause: say(`cause.${suppression.cause}`) })}
        </p>
      )}
      {isQuiet && (
        <p className={styles['note']} data-note={silence.isFlapping ? 'flapping' : 'silenced'}>
          {say(silence.isFlapping ? 'alerts.flapping' : 'alerts.silencedUntil', { time })}
        </p>
      )}
    </>
  )
}
