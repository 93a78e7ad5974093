import { useTimeStyle } from '../console-context.ts'
import { ageText, clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { WarningIcon } from '../shell/icons.tsx'
import { useWords } from '../words/words.tsx'
import { useLiveStatus } from './live-context.tsx'
import styles from './connection-bar.module.css'

/** Says that the page no longer hears of changes, and since when. The region stays, so that screen readers hear of it. */
export function ConnectionBar() {
  const { say, locale } = useWords()
  const { state, sinceMs } = useLiveStatus()
  const nowMs = useNow()
  const style = useTimeStyle()
  return (
    <div role="status" className={styles['place']}>
      {state === 'lost' && (
        <p className={styles['bar']} data-testid="connection-bar">
          <WarningIcon />
          <span>
            {say('connection.lost', {
              since: clockText(sinceMs, nowMs, style),
              age: ageText(nowMs - sinceMs, locale),
            })}
          </span>
        </p>
      )}
    </div>
  )
}
