import type { AlertView } from '@harbor/protocol'
import { useWords } from '../words/words.tsx'
import styles from './severity-badge.module.css'

/** Grade and word; the colour only repeats them. */
export function SeverityBadge({ severity }: { severity: AlertView['severity'] }) {
  const { say } = useWords()
  return (
    <span className={styles['badge']} data-severity={severity}>
      <b>{severity}</b> {say(`severity.${severity}`)}
    </span>
  )
}
