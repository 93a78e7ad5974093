import type { RolloutView } from '@harbor/protocol'
import { useWords } from '../../words/words.tsx'
import styles from '../fleet.module.css'

/** How many gateways have it and are well, and how many failed. */
export function RolloutProgress({
  rollout: { total, counts, failures, maxFailures },
}: {
  rollout: Pick<RolloutView, 'total' | 'counts' | 'failures' | 'maxFailures'>
}) {
  const { say } = useWords()
  const well = counts.well
  const text = say('rollout.progress', { count: total, well })
  return (
    <>
      <p className={styles['line']}>
        <b data-testid="progress">{text}</b>
        {failures > 0 && <span>{say('rollout.failed', { count: failures, most: maxFailures })}</span>}
      </p>
      <progress className={styles['progress']} value={well} max={Math.max(1, total)} aria-label={text} />
    </>
  )
}
