import { useTimeStyle } from '../console-context.ts'
import { clockText } from '../time/format.ts'
import { useNow } from '../time/now.tsx'
import { useWords } from '../words/words.tsx'
import styles from './offline.module.css'

/** Says that what is shown is not from now: there is no network, and the phone kept it. */
export function KeptFrom({ atMs }: { atMs: number }) {
  const { say } = useWords()
  const nowMs = useNow()
  const style = useTimeStyle()
  return (
    <p className={styles['why']} data-testid="kept-from">
      {say('offline.keptFrom', { time: clockText(atMs, nowMs, style) })}
    </p>
  )
}
